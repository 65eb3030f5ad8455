"""From a wish to a size: quantity on the venue's steps, leverage, levels, and the four numbers of every size.

A size is never cut to fit a limit: what is too large is refused, and the wish can be said anew.
"""

from __future__ import annotations

from decimal import Decimal

from vibex.domain import QuantityKind
from vibex.domain.money import price_on_tick, quantity_in_lots
from vibex.domain.protection import resolve
from vibex.risk.exposure import ZERO, other_cross_profit, unseen_entries
from vibex.risk.liquidation import bracket_of, liquidation_price
from vibex.risk.policy import EntryType
from vibex.risk.verdict import Refused, Rule, SizeInNumbers, short
from vibex.risk.wish import Proposal, Wish
from vibex.venues.reports import MarginMode

HUNDRED = Decimal(100)


def propose(wish: Wish) -> Proposal:
    """`wish` with its size, at the least leverage whose margin is free.

    Raises Refused under `price`, `stop`, `size` or `leverage` when there is no size at all; whether the size is
    within the limits is the rules' question.
    """
    band = price_band(wish)
    stop = _stop(wish)
    leverages = _leverages(wish)
    found = _proposal(wish, leverages[0], band, stop)
    for leverage in leverages[1:]:
        if found.size.margin + entry_fee(found) <= capital_free(wish):
            break
        bracket = bracket_of(wish.market.brackets, _notional_after(wish, found.quantity))
        if bracket is None or leverage > bracket.max_leverage:
            break
        found = _proposal(wish, leverage, band, stop)
    return found


def price_band(wish: Wish) -> tuple[Decimal, Decimal]:
    """Where the order may fill: the decision's band within the policy's drift, on the tick and never wider."""
    drift = wish.price * wish.policy.max_price_drift_pct / HUNDRED
    low = max(wish.price - drift, wish.decision.min_price or ZERO)
    high = min(wish.price + drift, wish.decision.max_price or wish.price + drift)
    tick = wish.market.instrument.tick
    low, high = price_on_tick(low, tick, up=True), price_on_tick(high, tick, up=False)
    if not 0 < low <= high:
        raise Refused(
            Rule.PRICE,
            f"no price on the tick {short(tick)} lies in the allowed band around {short(wish.price)}",
            {"price": wish.price, "tick": tick},
        )
    return low, high


def entry_price(proposal: Proposal) -> Decimal:
    """The price of a limit entry: the judged one on the tick, to the account's side, inside the band."""
    up = proposal.wish.side.direction < 0
    price = price_on_tick(proposal.wish.price, proposal.wish.market.instrument.tick, up=up)
    return min(max(price, proposal.min_price), proposal.max_price)


def capital_free(wish: Wish) -> Decimal:
    """Free margin less what is on its way and less the policy's reserve; below 0 when the reserve is used."""
    underway = sum((one.quantity * one.max_price / one.leverage for one in unseen_entries(wish.account)), ZERO)
    reserve = wish.account.equity * wish.policy.free_margin_reserve_pct / HUNDRED
    return wish.account.free_margin - underway - reserve


def entry_fee(proposal: Proposal) -> Decimal:
    return proposal.size.notional * max(proposal.wish.market.taker_fee, ZERO)


def _stop(wish: Wish) -> Decimal:
    rule = wish.decision.protection.stop
    if rule is None:
        raise Refused(Rule.STOP, "an entry needs a stop and this one has none")
    level = resolve(rule, fill=wish.price, side=wish.side, in_favour=False)
    if level is None or level <= 0:
        raise Refused(Rule.STOP, f"its stop lies on no price that loses at {short(wish.price)}", {"price": wish.price})
    target = wish.decision.protection.target
    if target is not None:
        reached = resolve(target, fill=wish.price, side=wish.side, in_favour=True, stop=level)
        if reached is None or reached <= 0:
            raise Refused(
                Rule.STOP, f"its target lies on no price that wins at {short(wish.price)}", {"price": wish.price}
            )
    return level


def _leverages(wish: Wish) -> list[int]:
    """What may be tried, least first. A position keeps its leverage, and a share of equity as margin its size."""
    policy = wish.policy
    if wish.held is not None:
        leverage = wish.held.leverage
        if leverage is None or leverage != int(leverage) or not policy.min_leverage <= leverage <= policy.max_leverage:
            raise Refused(
                Rule.LEVERAGE,
                f"the open position has leverage {leverage} and an entry may have {policy.min_leverage} to "
                f"{policy.max_leverage}",
                {"least": Decimal(policy.min_leverage), "most": Decimal(policy.max_leverage)},
            )
        return [int(leverage)]
    if wish.quantity_rule.kind is QuantityKind.EQUITY_PERCENT:
        return [policy.min_leverage]
    return list(range(policy.min_leverage, policy.max_leverage + 1))


def _quantity(wish: Wish, leverage: int) -> Decimal:
    """Base units, cut down to the venue's step. Raises Refused when the venue takes no such order."""
    rule, instrument = wish.quantity_rule, wish.market.instrument
    match rule.kind:
        case QuantityKind.NOTIONAL:
            wanted = rule.value / wish.price
        case QuantityKind.BASE:
            wanted = rule.value
        case QuantityKind.EQUITY_PERCENT:
            wanted = wish.account.equity * rule.value / HUNDRED * leverage / wish.price
        case QuantityKind.EXPOSURE_PERCENT:
            wanted = wish.account.equity * rule.value / HUNDRED / wish.price
        case QuantityKind.POSITION_FRACTION:
            wanted = abs(wish.held.quantity) * rule.value if wish.held is not None else ZERO
    market = wish.policy.entry_type is EntryType.MARKET
    step = (instrument.market_lot if market else ZERO) or instrument.lot
    least = (instrument.market_min_quantity if market else ZERO) or instrument.min_quantity
    most = (instrument.market_max_quantity if market else ZERO) or instrument.max_quantity
    quantity = quantity_in_lots(wanted, step)
    if quantity <= 0 or quantity < least:
        raise Refused(
            Rule.SIZE,
            f"{short(wanted)} {instrument.base} is less than the venue's least order of {short(max(least, step))}",
            {"wanted": wanted, "least": max(least, step)},
        )
    if most > 0 and quantity > most:
        raise Refused(
            Rule.SIZE,
            f"{short(quantity)} {instrument.base} is more than the venue's largest order of {short(most)}",
            {"wanted": quantity, "most": most},
        )
    notional = quantity * wish.price
    if notional < instrument.min_notional:
        raise Refused(
            Rule.SIZE,
            f"a notional of {short(notional)} is less than the venue's least of {short(instrument.min_notional)}",
            {"notional": notional, "least": instrument.min_notional},
        )
    return quantity


def _proposal(wish: Wish, leverage: int, band: tuple[Decimal, Decimal], stop: Decimal) -> Proposal:
    quantity = _quantity(wish, leverage)
    notional = quantity * wish.price
    liquidation = _liquidation(wish, quantity, leverage)
    away = None if liquidation is None else (wish.price - liquidation) * wish.side.direction / wish.price * HUNDRED
    return Proposal(
        wish=wish,
        quantity=quantity,
        leverage=leverage,
        min_price=band[0],
        max_price=band[1],
        stop=stop,
        liquidation=liquidation,
        size=SizeInNumbers(
            notional=notional,
            margin=notional / leverage,
            loss_at_stop=_loss_at_stop(wish, quantity, stop),
            liquidation_pct=away,
        ),
    )


def _loss_at_stop(wish: Wish, quantity: Decimal, stop: Decimal) -> Decimal:
    """What the entry loses when its stop fills with the assumed slippage; both fees are taker fees."""
    fee = max(wish.market.taker_fee, ZERO)
    slipped = quantity * stop * wish.policy.slippage_pct / HUNDRED
    return quantity * abs(wish.price - stop) + slipped + quantity * (wish.price + stop) * fee


def _notional_after(wish: Wish, quantity: Decimal) -> Decimal:
    return (abs(wish.held.quantity) if wish.held is not None else ZERO) * wish.price + quantity * wish.price


def _liquidation(wish: Wish, quantity: Decimal, leverage: int) -> Decimal | None:
    """Where the position would be liquidated once the entry has filled at the present price."""
    signed = quantity * wish.side.direction
    cost = signed * wish.price
    margin = quantity * wish.price / leverage
    if wish.held is not None:
        signed += wish.held.quantity
        cost += wish.held.quantity * (wish.held.entry_price or wish.price)
        margin += wish.held.isolated_margin or ZERO
    if wish.policy.margin_mode is MarginMode.CROSS:
        fee = quantity * wish.price * max(wish.market.taker_fee, ZERO)
        margin = (
            wish.account.cross_wallet
            - fee
            + other_cross_profit(wish.account, wish.symbol, wish.prices)
            - wish.other_maintenance
        )
    return liquidation_price(quantity=signed, entry_price=cost / signed, behind=margin, brackets=wish.market.brackets)

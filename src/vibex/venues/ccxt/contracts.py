"""Contracts out of ccxt's markets: rules in Decimal, our spelling of the symbol, the grid that orders keep to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from vibex.domain import ApprovedEntry, OrderType
from vibex.venues.ccxt.dialect import Contract, Dialect
from vibex.venues.ccxt.documents import decimal, inside, text
from vibex.venues.outcome import Refused
from vibex.venues.profile import Request
from vibex.venues.reports import VenueInstrument

_ZERO = Decimal(0)
_READ_RULES = "read the instrument's rules again and round"


def our_symbol(ccxt_symbol: str) -> str:
    """`BTC/USDT:USDT` → `BTC/USDT`."""
    return ccxt_symbol.partition(":")[0]


def contract_of(market: Mapping[str, object], dialect: Dialect) -> Contract | None:
    """The contract, None for a market that is no linear perpetual settled in an asset of `dialect`."""
    if market.get("swap") is not True or market.get("linear") is not True or market.get("settle") not in dialect.settle:
        return None
    size = decimal(market, "contractSize") or Decimal(1)
    tick, lot = _tick(market), _step(market, "amount") * size
    least, most = _bound(market, "amount", "min") * size, _bound(market, "amount", "max") * size
    instrument = VenueInstrument(
        symbol=our_symbol(text(market, "symbol") or ""),
        # Hyperliquid's id is a number; its answers name the coin.
        venue_symbol=text(market, "info", "name") or text(market, "id") or "",
        base=text(market, "base") or "",
        quote=text(market, "quote") or "",
        margin_asset=text(market, "settle") or "",
        is_trading=market.get("active") is not False,
        status=_status(market),
        tick=tick,
        min_price=_bound(market, "price", "min"),
        max_price=_bound(market, "price", "max"),
        lot=lot,
        min_quantity=least,
        max_quantity=most,
        market_lot=lot,
        market_min_quantity=least,
        market_max_quantity=_bound(market, "market", "max") * size or most,
        min_notional=_bound(market, "cost", "min"),
        price_up=None,
        price_down=None,
        max_open_orders=None,
        max_stop_orders=None,
        order_types=frozenset(kind.value for kind in dialect.profile.entry_types | dialect.profile.exit_types),
        times_in_force=frozenset(force.value for force in dialect.profile.times_in_force),
    )
    number = text(market, "baseId")
    return Contract(
        instrument=instrument,
        ccxt_symbol=text(market, "symbol") or "",
        size=size,
        asset=int(number) if number is not None and number.isdecimal() else None,
    )


def check_grid(request: Request, contract: Contract) -> Refused | None:
    """None when tick, lot and bounds let `request` pass. It is never rounded: that would be another order."""
    rules = contract.instrument
    if not rules.is_trading:
        return _refused("not-trading", f"{rules.symbol} is {rules.status}", "hold the symbol")
    for price in (request.price, request.trigger_price):
        if price is None:
            continue
        if rules.tick and price % rules.tick:
            return _refused("off-grid", f"price {price} with a tick of {rules.tick}", _READ_RULES)
        if price < rules.min_price or 0 < rules.max_price < price:
            return _refused("out-of-bounds", f"price {price} outside {rules.min_price}..{rules.max_price}", _READ_RULES)
    return _check_quantity(request, rules)


def _check_quantity(request: Request, rules: VenueInstrument) -> Refused | None:
    quantity = request.quantity
    if quantity is None:
        return None
    if rules.lot and quantity % rules.lot:
        return _refused("off-grid", f"quantity {quantity} with a lot of {rules.lot}", _READ_RULES)
    if quantity < rules.min_quantity:
        return _refused("too-small", f"quantity {quantity} below {rules.min_quantity}", "raise it or leave it out")
    most = rules.market_max_quantity if request.type is OrderType.MARKET else rules.max_quantity
    if 0 < most < quantity:
        return _refused("too-large", f"quantity {quantity} above {most}", "split it")
    # Exits are exempt, as reduce-only orders are at the venues.
    if isinstance(request, ApprovedEntry) and request.price is not None:
        notional = request.price * quantity
        if notional < rules.min_notional:
            return _refused("too-small", f"notional {notional} below {rules.min_notional}", "raise the quantity")
    return None


def _status(market: Mapping[str, object]) -> str:
    for name in ("status", "state", "contractStatus"):
        told = text(market, "info", name)
        if told is not None:
            return told
    return "trading" if market.get("active") is not False else "not trading"


def _tick(market: Mapping[str, object]) -> Decimal:
    """Hyperliquid has no tick but a number of digits (`Hyperliquid.check`) and at most 6 − szDecimals places; what ccxt
    shows as its tick holds for the present price alone."""
    places = decimal(market, "info", "szDecimals")
    return _step(market, "price") if places is None else Decimal(1).scaleb(int(places) - 6)


def _step(market: Mapping[str, object], what: str) -> Decimal:
    return decimal(market, "precision", what) or _ZERO


def _bound(market: Mapping[str, object], what: str, end: str) -> Decimal:
    """0 where the venue names no bound: no such rule."""
    return decimal(inside(market, "limits", what), end) or _ZERO


def _refused(code: str, words: str, remedy: str) -> Refused:
    return Refused(code=code, words=words, remedy=remedy)

"""Messages of the user stream in the venue's own shape; numbers are strings, times ms."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.simulator.exchange.account import Account, Position
from vibex.venues.simulator.exchange.floor import Floor, Json, UserEvent
from vibex.venues.simulator.exchange.margin import cross_wallet, maintenance
from vibex.venues.simulator.exchange.order import Fill, Order
from vibex.venues.simulator.exchange.words import ZERO, Execution, PositionSide, Reason, Side, plain


def tell_order(
    floor: Floor, account: Account, order: Order, execution: Execution, *, fill: Fill | None = None, status: str = ""
) -> None:
    """ORDER_TRADE_UPDATE. `status` overrides the order's own (NEW_ADL, NEW_INSURANCE)."""
    if account.house:
        return
    told: dict[str, Json] = {
        "s": order.symbol,
        "c": order.client_id,
        "S": order.side.value,
        "o": order.type.value,
        "f": order.time_in_force.value,
        "q": plain(order.quantity),
        "p": plain(order.price),
        "ap": plain(order.average_price),
        "sp": plain(order.stop_price),
        "x": execution.value,
        "X": status or order.status.value,
        "i": order.order_id,
        "l": plain(fill.quantity) if fill else "0",
        "z": plain(order.filled),
        "L": plain(fill.price) if fill else "0",
        "T": floor.now,
        "t": fill.trade_id if fill else 0,
        "b": plain(_resting(account, order, Side.BUY)),
        "a": plain(_resting(account, order, Side.SELL)),
        "m": fill.maker if fill else False,
        "R": order.reduce_only,
        "wt": order.working_type.value,
        "ot": order.orig_type.value,
        "ps": order.position_side.value,
        "cp": order.close_position,
        "rp": plain(fill.realised) if fill else "0",
    }
    if fill:
        told |= {"N": "USDT", "n": plain(fill.fee)}
    if order.callback_rate:
        told |= {"AP": plain(order.activation_price), "cr": plain(order.callback_rate)}
    _send(floor, account, {"e": "ORDER_TRADE_UPDATE", "E": floor.now, "T": floor.now, "o": told})


def tell_accounts(floor: Floor, reason: Reason) -> None:
    """One ACCOUNT_UPDATE for each account that a position or balance changed in since the last call."""
    if not floor.touched:
        return
    touched, floor.touched = floor.touched, {}
    for name, keys in touched.items():
        account = floor.accounts[name]
        tell_account(floor, account, reason, [account.position(symbol, side) for symbol, side in keys])


def tell_account(
    floor: Floor, account: Account, reason: Reason, positions: list[Position], *, change: Decimal = ZERO
) -> None:
    """ACCOUNT_UPDATE with the balance and `positions`; `change` is what came neither from profit nor from fees."""
    if account.house:
        return
    body: dict[str, Json] = {
        "m": reason.value,
        "B": [
            {
                "a": "USDT",
                "wb": plain(account.wallet),
                "cw": plain(cross_wallet(account)),
                "bc": plain(change),
            }
        ],
        "P": [_position(floor, account, position) for position in positions],
    }
    _send(floor, account, {"e": "ACCOUNT_UPDATE", "E": floor.now, "T": floor.now, "a": body})


def tell_margin_call(floor: Floor, account: Account, positions: list[Position]) -> None:
    """MARGIN_CALL for positions near liquidation; guidance only, as at the venue."""
    rows: list[Json] = []
    for position in positions:
        market = floor.markets[position.symbol]
        rows.append(
            {
                "s": position.symbol,
                "ps": position.side.value,
                "pa": plain(position.amount),
                "mt": "ISOLATED" if account.settings_for(position.symbol).isolated else "CROSSED",
                "iw": plain(position.isolated_wallet),
                "mp": plain(market.mark),
                "up": plain(position.unrealised(market.mark)),
                "mm": plain(maintenance(market.rules, abs(position.amount) * market.mark)),
            }
        )
    body: dict[str, Json] = {"e": "MARGIN_CALL", "E": floor.now, "cw": plain(cross_wallet(account)), "p": rows}
    _send(floor, account, body)


def tell_leverage(floor: Floor, account: Account, symbol: str, leverage: int) -> None:
    body: dict[str, Json] = {"s": symbol, "l": leverage}
    _send(floor, account, {"e": "ACCOUNT_CONFIG_UPDATE", "E": floor.now, "T": floor.now, "ac": body})


def tell_modes(floor: Floor, account: Account) -> None:
    body: dict[str, Json] = {"j": account.multi_assets, "f": False, "d": account.hedge}
    _send(floor, account, {"e": "ACCOUNT_CONFIG_UPDATE", "E": floor.now, "T": floor.now, "ai": body})


def _position(floor: Floor, account: Account, position: Position) -> dict[str, Json]:
    isolated = account.settings_for(position.symbol).isolated
    return {
        "s": position.symbol,
        "pa": plain(position.amount),
        "ep": plain(position.entry_price),
        "cr": plain(position.realised),
        "up": plain(position.unrealised(floor.markets[position.symbol].mark)),
        "mt": "isolated" if isolated else "cross",
        "iw": plain(position.isolated_wallet),
        "ps": position.side.value,
    }


def _resting(account: Account, order: Order, side: Side) -> Decimal:
    sides = (PositionSide.BOTH, PositionSide.LONG, PositionSide.SHORT)
    return sum((account.resting.get((order.symbol, position, side), ZERO) for position in sides), ZERO)


def _send(floor: Floor, account: Account, payload: dict[str, Json]) -> None:
    if not account.house:
        floor.outbox.append(UserEvent(account=account.name, payload=payload))

"""The account of a paper venue in one JSON file: written whole and at once, read back to the last digit."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from vibex.domain import InvalidInput
from vibex.domain.json_text import is_nested_too_deeply
from vibex.venues.simulator.exchange import Exchange, Fill, Order
from vibex.venues.simulator.exchange.account import Account, IncomeRow, Position

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolState:
    """`symbol` is ours. Prices are the last ones seen; `next_funding` in ms."""

    symbol: str
    leverage: int
    isolated: bool
    mark: Decimal
    last: Decimal
    next_funding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperState:
    """Everything that a restart must know. `now` (ms) is when the market was last looked at; `venue` is whose terms
    and prices the account trades under."""

    version: int
    venue: str
    currency: str
    now: int
    wallet: Decimal
    deposited: Decimal
    symbols: list[SymbolState] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    income: list[IncomeRow] = field(default_factory=list)
    last_order_id: int = 0
    last_trade_id: int = 0
    last_tran_id: int = 0


_CODEC = TypeAdapter(PaperState)


def load(path: Path) -> PaperState | None:
    """None where there is no file. Raises InvalidInput for one that is no state of this version."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    if is_nested_too_deeply(text):
        raise _unreadable(path, "it is nested too deeply")
    try:
        state = _CODEC.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise _unreadable(path, f"{'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}") from None
    if state.version != VERSION:
        raise _unreadable(path, f"version {state.version}, this vibex writes {VERSION}")
    return state


def save(state: PaperState, path: Path) -> None:
    """The old file or the new one is there at every moment, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_CODEC.dump_json(state))
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def capture(exchange: Exchange, account: Account, symbols: Sequence[str], *, venue: str, currency: str) -> PaperState:
    """Everything of `account`; `symbols` are those that the exchange lists, in our spelling."""
    floor = exchange.floor
    markets = {symbol: floor.markets[symbol.replace("/", "")] for symbol in symbols}
    return PaperState(
        version=VERSION,
        venue=venue,
        currency=currency,
        now=floor.now,
        wallet=account.wallet,
        deposited=account.deposited,
        symbols=[
            SymbolState(
                symbol=symbol,
                leverage=account.settings_for(market.symbol).leverage,
                isolated=account.settings_for(market.symbol).isolated,
                mark=market.mark,
                last=market.last,
                next_funding=market.next_funding,
            )
            for symbol, market in markets.items()
        ],
        positions=list(account.positions.values()),
        orders=list(account.orders.values()),
        fills=account.fills,
        income=account.income,
        last_order_id=floor.last_order_id,
        last_trade_id=floor.last_trade_id,
        last_tran_id=floor.last_tran_id,
    )


def restore(exchange: Exchange, account: Account, state: PaperState) -> None:
    """Put `state` into an exchange that lists its symbols; resting orders stand last in their queues."""
    floor = exchange.floor
    account.wallet, account.deposited = state.wallet, state.deposited
    account.fills, account.income = list(state.fills), list(state.income)
    account.positions = {(one.symbol, one.side): one for one in state.positions}
    for symbol in state.symbols:
        market = floor.markets[symbol.symbol.replace("/", "")]
        settings = account.settings_for(market.symbol)
        settings.leverage, settings.isolated = symbol.leverage, symbol.isolated
        market.mark = market.index = symbol.mark
        market.last, market.next_funding = symbol.last, symbol.next_funding
    for order in state.orders:
        account.orders[order.order_id] = order
        account.client_ids[order.client_id] = order.order_id
        if not order.status.open:
            continue
        account.open_orders[order.order_id] = order
        market = floor.markets[order.symbol]
        if order.waiting:
            market.waiting[order.order_id] = order
        else:
            market.book.add(order)
            account.rest(order, order.remaining)
    floor.last_order_id = max(floor.last_order_id, state.last_order_id)
    floor.last_trade_id = max(floor.last_trade_id, state.last_trade_id)
    floor.last_tran_id = max(floor.last_tran_id, state.last_tran_id)


def _unreadable(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"{path} is no paper account: {why}", field="state", remedy="restore it, or give the path of a new file"
    )

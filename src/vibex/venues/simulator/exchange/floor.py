"""The state of the whole venue at one moment, and the notes that every operation leaves on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from vibex.venues.simulator.exchange.account import Account, IncomeRow
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.rules import Habits
from vibex.venues.simulator.exchange.words import ZERO, Income, PositionSide

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEvent:
    """One message of the user stream of `account`, as the venue sends it."""

    account: str
    payload: dict[str, Json]


@dataclass(slots=True, kw_only=True)
class Floor:
    """`now` in ms is the only time there is. `revenue` are fees taken, `insurance` the fund's balance (may go
    below 0). `touched` collects what the next ACCOUNT_UPDATE of an account must list."""

    now: int
    habits: Habits = field(default_factory=Habits)
    markets: dict[str, Market] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    outbox: list[UserEvent] = field(default_factory=list)
    touched: dict[str, dict[tuple[str, PositionSide], None]] = field(default_factory=dict)
    revenue: Decimal = ZERO
    insurance: Decimal = ZERO
    last_order_id: int = 1_000_000
    last_trade_id: int = 0
    last_tran_id: int = 0

    def market(self, symbol: str) -> Market:
        found = self.markets.get(symbol)
        if found is None:
            raise Refusal(-1121)
        return found

    def account(self, name: str) -> Account:
        return self.accounts[name]

    def next_order_id(self) -> int:
        self.last_order_id += 1
        return self.last_order_id

    def next_trade_id(self) -> int:
        self.last_trade_id += 1
        return self.last_trade_id

    def touch(self, account: Account, symbol: str, side: PositionSide) -> None:
        if not account.house:
            self.touched.setdefault(account.name, {})[symbol, side] = None

    def pay(self, account: Account, kind: Income, amount: Decimal, *, symbol: str, trade_id: str = "") -> None:
        """Move `amount` into the wallet (below 0: out of it) and write the income row."""
        account.wallet += amount
        if account.house or amount == 0:
            return
        self.last_tran_id += 1
        account.income.append(
            IncomeRow(
                tran_id=self.last_tran_id,
                kind=kind,
                symbol=symbol,
                amount=amount,
                asset="USDT",
                info=trade_id or str(kind),
                time=self.now,
                trade_id=trade_id,
            )
        )

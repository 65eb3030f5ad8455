"""The venue as one object: orders in, prices in, time in; everything else follows and is the same every time."""

from __future__ import annotations

from decimal import Decimal

from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange.account import Account
from vibex.venues.simulator.exchange.admission import admit, check_margin
from vibex.venues.simulator.exchange.events import tell_account, tell_accounts, tell_order
from vibex.venues.simulator.exchange.floor import Floor, UserEvent
from vibex.venues.simulator.exchange.funding import settle_funding
from vibex.venues.simulator.exchange.liquidation import close_out, liquidate_the_exhausted
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.matching import enter, finish, print_through
from vibex.venues.simulator.exchange.order import Order, OrderRequest, house_order
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.rules import Habits, SymbolRules
from vibex.venues.simulator.exchange.triggers import fire
from vibex.venues.simulator.exchange.words import ZERO, Execution, Income, OrderType, Reason, Side, Status


class Exchange:
    """Every method acts at the exchange's own time; `advance` moves it. Raises Refusal when the venue says no."""

    def __init__(self, *, now_ms: int, habits: Habits | None = None) -> None:
        self.floor = Floor(now=now_ms, habits=habits or Habits())

    def list_symbol(self, rules: SymbolRules) -> Market:
        market = Market(rules=rules)
        market.next_funding = market.funding_boundary(self.floor.now)
        self.floor.markets[rules.symbol] = market
        for account in self.floor.accounts.values():
            account.bound_leverage(rules.symbol, rules.brackets[0].leverage)
        return market

    def open_account(self, name: str, balance: Decimal, *, house: bool = False) -> Account:
        """A new account with `balance` USDT. InvalidInput when the name is taken."""
        if name in self.floor.accounts:
            raise InvalidInput(f"account {name} is there already", field="account", remedy="give each its own name")
        account = Account(name=name, deposited=balance, house=house)
        self.floor.accounts[name] = account
        for market in self.floor.markets.values():
            account.bound_leverage(market.symbol, market.rules.brackets[0].leverage)
        self.floor.pay(account, Income.TRANSFER, balance, symbol="")
        tell_account(self.floor, account, Reason.DEPOSIT, [], change=balance)
        return account

    def set_price(self, symbol: str, mark: Decimal, *, index: Decimal | None = None) -> None:
        """A new mark: fires what waits for it, liquidates whom it exhausts."""
        market = self.floor.market(symbol)
        market.set_mark(mark, mark if index is None else index, self.floor.now)
        self._follow(market)

    def advance(self, now_ms: int) -> None:
        """Move time on: countdowns and funding boundaries on the way happen at their own times."""
        floor = self.floor
        while True:
            moment = min((at for at in self.deadlines() if at <= now_ms), default=None)
            if moment is None:
                break
            floor.now = max(floor.now, moment)
            self._countdowns()
            for market in floor.markets.values():
                if market.mark and market.next_funding <= floor.now:
                    settle_funding(floor, market)
            liquidate_the_exhausted(floor)
            tell_accounts(floor, Reason.ORDER)
        floor.now = max(floor.now, now_ms)

    def deadlines(self) -> list[int]:
        """When something happens by itself: funding boundaries and countdowns."""
        due = [market.next_funding for market in self.floor.markets.values() if market.mark]
        return due + [at for account in self.floor.accounts.values() for at in account.countdowns.values()]

    def place(self, account_name: str, request: OrderRequest) -> Order:
        """Take an order in: admitted, announced, matched; what it sets off has happened on return."""
        floor = self.floor
        account = floor.account(account_name)
        order = admit(floor, account, request)
        market = floor.markets[order.symbol]
        floor.next_order_id()
        account.open_order(order)
        tell_order(floor, account, order, Execution.NEW)
        if order.waiting:
            market.waiting[order.order_id] = order
        else:
            before = floor.last_trade_id
            enter(floor, market, order)
            if floor.last_trade_id != before:
                self._follow(market)
        tell_accounts(floor, Reason.ORDER)
        return order

    def enter_house(self, order: Order) -> Order:
        """Bring a house order to the book without the filters, which recorded levels need not obey."""
        account, market = self.floor.account(order.account), self.floor.market(order.symbol)
        if not account.house:
            raise InvalidInput(f"{account.name} is not a house account", field="account")
        account.open_order(order)
        before = self.floor.last_trade_id
        enter(self.floor, market, order)
        if self.floor.last_trade_id != before:
            self._follow(market)
        return order

    def print_trade(self, symbol: str, side: Side, price: Decimal, quantity: Decimal) -> None:
        """A public trade that somebody else made, `side` the taker's: it fills what accounts have resting before it,
        and the rest of it goes to the tape alone."""
        market, name = self.floor.market(symbol), f"tape:{symbol}"
        if name not in self.floor.accounts:
            self.open_account(name, ZERO, house=True)
        print_through(
            self.floor,
            market,
            house_order(self.floor.next_order_id(), name, symbol, side, price, quantity, self.floor.now),
        )
        self._follow(market)

    def liquidate(self, account_name: str, symbol: str) -> None:
        """Close what the account holds of `symbol` as if its margin were gone."""
        account, market = self.floor.account(account_name), self.floor.market(symbol)
        for position in list(account.positions.values()):
            if position.symbol == symbol and position.amount:
                close_out(self.floor, account, position)
        self._follow(market)

    def cancel(self, account_name: str, symbol: str, *, order_id: int | None = None, client_id: str = "") -> Order:
        """Refusal −2011 when the order is unknown or final."""
        account = self.floor.account(account_name)
        market = self.floor.market(symbol)
        order = self._open(account, symbol, order_id, client_id)
        if order is None:
            raise Refusal(-2011)
        finish(self.floor, market, order, Status.CANCELED)
        return order

    def cancel_all(self, account_name: str, symbol: str, *, conditional: bool = True) -> int:
        """Cancel every open order of one symbol; how many there were."""
        account = self.floor.account(account_name)
        market = self.floor.market(symbol)
        mine = [
            one for one in account.open_orders.values() if one.symbol == symbol and (conditional or not one.waiting)
        ]
        for order in mine:
            finish(self.floor, market, order, Status.CANCELED)
        return len(mine)

    def modify(
        self,
        account_name: str,
        symbol: str,
        quantity: Decimal,
        price: Decimal,
        *,
        order_id: int | None = None,
        client_id: str = "",
    ) -> Order:
        """New price and quantity for an open LIMIT order under the same id; on refusal it stays as it was."""
        floor = self.floor
        account, market = floor.account(account_name), floor.market(symbol)
        order = self._open(account, symbol, order_id, client_id)
        if order is None:
            raise Refusal(-2013)
        if order.type is not OrderType.LIMIT:
            raise Refusal(-1116)
        market.rules.check_quantity(quantity, market=False)
        market.rules.check_price(price)
        market.rules.check_band(price, order.side, market.mark)
        if quantity <= order.filled or order.changes >= 10_000:
            raise Refusal(-1130, "quantity")
        if not order.reduce_only and quantity * price < market.rules.min_notional:
            raise Refusal(-4164, market.rules.min_notional)
        self._requote(account, market, order, quantity, price)
        tell_accounts(floor, Reason.ORDER)
        return order

    def find(self, account_name: str, symbol: str, *, order_id: int | None = None, client_id: str = "") -> Order:
        """The order, open or final. Refusal −2013 when there is none (final ones without a fill go after 7 days)."""
        account = self.floor.account(account_name)
        self.floor.market(symbol)
        number = order_id if order_id is not None else account.client_ids.get(client_id)
        order = account.orders.get(number) if number is not None else None
        if order is None or order.symbol != symbol:
            raise Refusal(-2013)
        week = 7 * 24 * 3_600_000
        if not order.status.open and not order.filled and self.floor.now - order.updated > week:
            raise Refusal(-2013)
        return order

    def take_events(self) -> list[UserEvent]:
        """What user streams have to hear since the last call, in order."""
        events, self.floor.outbox = self.floor.outbox, []
        return events

    def _open(self, account: Account, symbol: str, order_id: int | None, client_id: str) -> Order | None:
        number = order_id if order_id is not None else account.client_ids.get(client_id)
        order = account.open_orders.get(number) if number is not None else None
        return order if order is not None and order.symbol == symbol else None

    def _requote(self, account: Account, market: Market, order: Order, quantity: Decimal, price: Decimal) -> None:
        """Swap price and quantity; the place in the queue is kept only where the habit and the change allow."""
        floor, old = self.floor, (order.quantity, order.price)
        keeps = floor.habits.modify_keeps_priority and price == order.price and quantity <= order.quantity
        account.rest(order, -order.remaining)
        if keeps:
            order.quantity = quantity
            market.book.touch(order)
            account.rest(order, order.remaining)
        else:
            market.book.remove(order)
            order.quantity, order.price = quantity, price
            try:
                check_margin(floor, account, market, order)
            except Refusal:
                order.quantity, order.price = old
                market.book.add(order)
                account.rest(order, order.remaining)
                raise
        order.changes += 1
        order.updated = floor.now
        tell_order(floor, account, order, Execution.NEW)
        if not keeps:
            before = floor.last_trade_id
            enter(floor, market, order)
            if floor.last_trade_id != before:
                self._follow(market)

    def _follow(self, market: Market) -> None:
        """What a new price sets off: waiting orders, then liquidations, then whatever those set off."""
        while True:
            before = self.floor.last_trade_id
            fire(self.floor, market)
            liquidate_the_exhausted(self.floor)
            if self.floor.last_trade_id == before:
                break
        tell_accounts(self.floor, Reason.ORDER)

    def _countdowns(self) -> None:
        for account in self.floor.accounts.values():
            for symbol, deadline in list(account.countdowns.items()):
                if deadline <= self.floor.now:
                    del account.countdowns[symbol]
                    self.cancel_all(account.name, symbol, conditional=self.floor.habits.countdown_cancels_conditional)

"""Faults of the venue's own state: clock steps, a frozen feed, changed rules, shocks, trades by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange import OrderRequest, Refusal
from vibex.venues.simulator.exchange.account import Account
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.modes import set_countdown, set_hedge
from vibex.venues.simulator.exchange.rules import decimals
from vibex.venues.simulator.exchange.words import OrderType, PositionSide, Side
from vibex.venues.simulator.faults import Fault, Script
from vibex.venues.simulator.http.listen_keys import ListenKeys
from vibex.venues.simulator.simulator import Simulator


@dataclass(slots=True, kw_only=True)
class Incidents:
    """Applies what is due. `skew_ms` is how far the clock that the server shows is off its own time."""

    simulator: Simulator
    script: Script
    listen_keys: ListenKeys
    skew_ms: int = 0
    frozen_until: int = 0
    split_until: int = 0
    _thin_until: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check(self.script.faults)
        # At the steps of the simulation, so that they do not depend on who asks when.
        self.simulator.before_step = self.apply_due
        self.apply_due()

    def add(self, faults: Sequence[Fault]) -> None:
        """More faults while the venue runs. InvalidInput, and none of them is taken, for a name that is not here."""
        self._check(faults)
        self.script.faults.extend(faults)
        self.apply_due()

    def clear(self) -> None:
        """No faults from now on; a feed that was frozen moves again."""
        self.script.faults.clear()
        self.frozen_until = self.split_until = 0
        self._thin_until = dict.fromkeys(self._thin_until, 0)
        self.apply_due()

    def _check(self, faults: Sequence[Fault]) -> None:
        floor = self.simulator.exchange.floor
        for fault in faults:
            for option, known in (("symbol", floor.markets), ("account", floor.accounts)):
                name = fault.options.get(option)
                if name is not None and name not in known:
                    raise InvalidInput(f"line {fault.line}: no {option} {name} here", field="scenario")

    @property
    def elapsed_ms(self) -> int:
        return self.simulator.now_ms - self.simulator.start_ms

    @property
    def split_ms(self) -> int:
        """How long nothing will come through yet; 0 when the venue can be reached."""
        return max(0, self.split_until - self.simulator.now_ms)

    def apply_due(self) -> None:
        for fault in self.script.due(self.elapsed_ms):
            self._apply(fault)
        now = self.simulator.now_ms
        self.simulator.frozen = now < self.frozen_until
        for symbol in [symbol for symbol, until in self._thin_until.items() if until <= now]:
            del self._thin_until[symbol]
            self._show(symbol, Decimal(1))

    def _apply(self, fault: Fault) -> None:
        match fault.kind:
            case "price-shock" | "wick" | "thin-book" | "tick-size":
                self._change_market(fault)
            case "manual-trade" | "hedge-switch" | "liquidation" | "countdown" | "expire-listen-key":
                self._change_account(fault)
            case "clock-step":
                self.skew_ms += fault.whole("ms")
            case "freeze-feed":
                self.frozen_until = self._end(fault)
            case _:
                self.split_until = self._end(fault)

    def _end(self, fault: Fault) -> int:
        return self.simulator.start_ms + fault.whole("at") + fault.whole("for")

    def _change_market(self, fault: Fault) -> None:
        exchange = self.simulator.exchange
        market = exchange.floor.market(fault.options["symbol"])
        if fault.kind == "tick-size":
            self._change_tick(market, fault.number("tick"))
            return
        share = 1 + fault.number("percent") / 100
        if fault.kind == "price-shock":
            exchange.set_price(market.symbol, (market.mark * share).quantize(market.rules.tick))
        elif fault.kind == "wick":
            price = max(market.rules.min_price, (market.last * share).quantize(market.rules.tick))
            side = Side.BUY if price > market.last else Side.SELL
            exchange.print_trade(market.symbol, side, price, market.rules.lot.minimum)
        else:
            self._thin_until[market.symbol] = self._end(fault)
            self._show(market.symbol, 2 - share)

    def _change_account(self, fault: Fault) -> None:
        floor, options = self.simulator.exchange.floor, fault.options
        account = floor.account(options["account"])
        match fault.kind:
            case "manual-trade":
                self._trade_by_hand(fault)
            case "hedge-switch":
                self._switch_mode(account)
            case "liquidation":
                self.simulator.exchange.liquidate(account.name, options["symbol"])
            case "countdown":
                set_countdown(floor, account, options["symbol"], fault.whole("ms"))
            case _:
                self.listen_keys.expire(account.name)

    def _switch_mode(self, account: Account) -> None:
        """As in the app, where the venue refuses it while anything is open."""
        try:
            set_hedge(self.simulator.exchange.floor, account, hedge=not account.hedge)
        except Refusal:
            return

    def _show(self, symbol: str, share: Decimal) -> None:
        """What part of its usual sizes the market maker quotes from its next step on."""
        crowd = self.simulator.crowd_of(symbol)
        if crowd is not None:
            crowd.maker.shown = share

    @staticmethod
    def _change_tick(market: Market, tick: Decimal) -> None:
        digits = max(market.rules.price_digits, decimals(tick))
        market.rules = replace(market.rules, tick=tick, min_price=tick, price_digits=digits)

    def _trade_by_hand(self, fault: Fault) -> None:
        """What the owner does in the app: a market order without any id of ours. A refusal changes nothing."""
        options, floor = fault.options, self.simulator.exchange.floor
        account = floor.account(options["account"])
        side = Side(options["side"])
        position_side = PositionSide.BOTH
        if account.hedge:
            held = account.reducible(options["symbol"], PositionSide.LONG, side)
            position_side = PositionSide.LONG if held or side is Side.BUY else PositionSide.SHORT
        request = OrderRequest(
            symbol=options["symbol"],
            side=side,
            type=OrderType.MARKET,
            position_side=position_side,
            quantity=fault.number("quantity"),
            client_id=f"web_{floor.last_order_id + 1}",
        )
        try:
            self.simulator.exchange.place(account.name, request)
        except Refusal:
            return

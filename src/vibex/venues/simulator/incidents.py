"""Faults of the venue's own state: clock steps, a frozen feed, changed rules, shocks, trades by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange import OrderRequest, Refusal
from vibex.venues.simulator.exchange.events import tell_modes
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
        self.frozen_until = 0
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

    def apply_due(self) -> None:
        for fault in self.script.due(self.elapsed_ms):
            self._apply(fault)
        self.simulator.frozen = self.simulator.now_ms < self.frozen_until

    def _apply(self, fault: Fault) -> None:
        options = fault.options
        match fault.kind:
            case "clock-step":
                self.skew_ms += fault.whole("ms")
            case "freeze-feed":
                self.frozen_until = self.simulator.start_ms + fault.whole("at") + fault.whole("for")
            case "tick-size":
                self._change_tick(fault)
            case "price-shock":
                market = self.simulator.exchange.floor.market(options["symbol"])
                price = market.mark * (1 + fault.number("percent") / 100)
                self.simulator.exchange.set_price(market.symbol, price.quantize(market.rules.tick))
            case "manual-trade":
                self._trade_by_hand(fault)
            case "hedge-switch":
                account = self.simulator.exchange.floor.account(options["account"])
                account.hedge = not account.hedge
                tell_modes(self.simulator.exchange.floor, account)
            case _:
                self.listen_keys.expire(options["account"])

    def _change_tick(self, fault: Fault) -> None:
        market = self.simulator.exchange.floor.market(fault.options["symbol"])
        tick = fault.number("tick")
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

"""From a `Plan` with parts to the market, the events and the rules of its compiled body, everything checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vibex.backtest.engine.kernel_full.checks import array, check_plan, starts
from vibex.backtest.engine.kernel_full.pack_programs import condition_programs, has_rings
from vibex.backtest.engine.kernel_full.records import BAR, BRACKET, EVENT, FULL_RULES, Events, Market
from vibex.backtest.engine.kernel_pack import pack_tape
from vibex.backtest.engine.kernel_records import Tape
from vibex.backtest.engine.parts import Tie
from vibex.backtest.engine.plan import Plan
from vibex.domain.arrays import F64, I64, U8
from vibex.domain.errors import InvalidInput


def frozen(given: NDArray[Any]) -> NDArray[Any]:
    """A read-only view: compiled code is typed by it."""
    view = given.view()
    view.flags.writeable = False
    return view


def pack_market(plan: Plan) -> tuple[Tape, Market, Events]:
    """The plain tape; the series, `adverse_…` the bars themselves without a mark; what comes with time."""
    tape = pack_tape(plan)
    check_plan(plan)
    shape = plan.flags.shape
    adverse = {"open": tape.open, "high": tape.high, "low": tape.low}
    if plan.mark is not None:
        adverse = {name: array(getattr(plan.mark, name), f"mark.{name}", shape, np.float64) for name in adverse}
    events = _events(plan)
    market = Market(
        open=tape.open,
        high=tape.high,
        low=tape.low,
        close=tape.close,
        flags=_with_events(tape.flags, events, plan),
        adverse_open=adverse["open"],
        adverse_high=adverse["high"],
        adverse_low=adverse["low"],
        volume=_no_series() if plan.volume is None else array(plan.volume.volume, "volume", shape, np.float64),
        detail_start=_starts(plan, "detail", "open", "high", "low"),
    )
    return tape, market, events


def _no_series() -> F64:
    return frozen(np.empty((0, 0)))


def _starts(plan: Plan, part: str, *names: str) -> I64:
    """The `start` of a part of the plan that fits the length of its flat arrays; empty without the part."""
    given = getattr(plan, part)
    if given is None:
        return frozen(np.empty((0, 0), np.int64))
    symbols, rows = plan.flags.shape
    total = len(getattr(given, names[0]))
    for name in names:
        array(getattr(given, name), f"{part}.{name}", (total,), np.float64)
    return starts(given.start, f"{part}.start", (symbols, rows + 1), total)


def _flat(plan: Plan, part: str, name: str) -> F64:
    given = getattr(plan, part)
    return frozen(np.empty(0)) if given is None else frozen(np.ascontiguousarray(getattr(given, name)))


def _events(plan: Plan) -> Events:
    rows = plan.flags.shape[1]
    session: I64 = np.empty(0, np.int64)
    if plan.limits is not None:
        session = array(plan.limits.session, "limits.session", (rows,), np.int64)
    return Events(
        time=array(plan.time, "time", (rows,), np.int64),
        session=frozen(session),
        funding_start=_starts(plan, "funding", "price", "rate"),
        funding_price=_flat(plan, "funding", "price"),
        funding_rate=_flat(plan, "funding", "rate"),
        carry_start=_starts(plan, "carry", "split", "cash"),
        carry_split=_flat(plan, "carry", "split"),
        carry_cash=_flat(plan, "carry", "cash"),
    )


def _with_events(flags: U8, events: Events, plan: Plan) -> U8:
    """The flags with EVENT where something comes with time, so that one look at a row tells."""
    marked = flags & np.uint8(EVENT - 1)
    for start in (events.funding_start, events.carry_start):
        if start.size:
            marked |= np.where(start[:, 1:] != start[:, :-1], np.uint8(EVENT), np.uint8(0))
    if plan.limits is not None:
        marked[:, 1:][:, events.session[1:] != events.session[:-1]] |= np.uint8(EVENT)
    return frozen(marked)


def pack_bars(plan: Plan, tape: Tape) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """What of `Bar` stays the same in every row, and the brackets that it points at."""
    symbols = len(plan.symbols)
    bars = np.zeros(symbols, BAR)
    bars["lot"], bars["tick"] = tape.lot, tape.tick
    if plan.target_through.size:
        bars["through"] = array(plan.target_through, "target_through", (symbols,), np.float64)
    rules = plan.liquidation
    if rules is None:
        return bars, frozen(np.zeros(0, BRACKET))
    total = len(rules.floor)
    brackets = np.zeros(total, BRACKET)
    for name in ("floor", "rate", "amount"):
        brackets[name] = array(getattr(rules, name), f"liquidation.{name}", (total,), np.float64)
    start = starts(rules.start, "liquidation.start", (symbols + 1,), total)
    for s in range(symbols):
        floors = rules.floor[start[s] : start[s + 1]]
        if len(floors) and (floors[0] > 0 or np.any(np.diff(floors) <= 0)):
            raise InvalidInput(f"must ascend from 0 for {plan.symbols[s]}", field="liquidation.floor")
    bars["bracket_begin"], bars["bracket_end"] = start[:-1], start[1:]
    return bars, frozen(brackets)


def pack_detail(plan: Plan) -> F64:
    """The bars inside bars (3, K)."""
    detail = plan.detail
    return frozen(np.empty((3, 0)) if detail is None else np.stack([detail.open, detail.high, detail.low]))


def pack_ticks(plan: Plan) -> F64:
    """The table of ticks (2, B)."""
    return frozen(np.stack([plan.tick_bounds, plan.tick_sizes]).astype(np.float64))


def pack_priority(plan: Plan) -> I64:
    """(P, N), (0, 0) for symbol order."""
    if not plan.priority.size:
        return frozen(np.empty((0, 0), np.int64))
    shape = (len(plan.priority), len(plan.symbols))
    return array(plan.priority, "priority", shape, np.int64)


def pack_full_rules(plan: Plan, tie: Tie) -> NDArray[np.void]:
    """The plan's numbers as one record."""
    packed = np.zeros(1, FULL_RULES)
    leverage, slip = float(plan.leverage), float(plan.slip)
    fee_rate, maker_rate = float(plan.fee_rate), float(plan.maker_rate)
    numbers: dict[str, float] = {
        "leverage": leverage,
        "fee_rate": fee_rate,
        "maker_rate": maker_rate,
        "margin": 1 / leverage + fee_rate,
        "maker_margin": 1 / leverage + maker_rate,
        "slip": slip,
        "buy": 1 + slip,
        "sell": 1 - slip,
        "min_notional": plan.min_notional,
        "reverse": plan.reverse,
        "time_stop_bars": plan.time_stop_bars,
        "tie": tie,
        "target_takes": plan.target_takes,
        "linked": plan.linked,
        "in_parts": plan.fills_in_parts,
        "by_mark": plan.mark is not None,
        "funds": plan.funding is not None,
    }
    for name, value in (numbers | _optional_numbers(plan)).items():
        packed[name] = value
    return packed


def _optional_numbers(plan: Plan) -> dict[str, float]:
    """What the parts add; 0 where a part is absent."""
    numbers: dict[str, float] = {"long_column": -1, "short_column": -1}
    if (order := plan.order) is not None:
        expires = plan.volume is not None or order.type != 0
        numbers |= {"order_type": order.type, "offset": order.offset, "expires_bars": order.expires_bars * expires}
        numbers |= {"long_column": order.long_column, "short_column": order.short_column}
    if (volume := plan.volume) is not None:
        numbers |= {"by_volume": 1, "cap": volume.cap, "impact": volume.impact}
    if (rules := plan.liquidation) is not None:
        numbers |= {"liquidates": 1, "isolated": rules.isolated, "liquidation_fee": rules.fee_rate}
    if (carry := plan.carry) is not None:
        numbers |= {"carries": 1, "borrow_per_year": carry.borrow_per_year}
    if (limits := plan.limits) is not None:
        numbers |= {"limits": 1, "max_trades": limits.max_trades, "cooldown_bars": limits.cooldown_bars}
        numbers |= {"max_daily_loss": limits.max_daily_loss, "max_drawdown": limits.max_drawdown}
    if (state := plan.state) is not None:
        given = condition_programs(state)
        numbers |= {"state": 1, "conditions": sum(program.exists << k for k, program in enumerate(given))}
        numbers |= {"levels": len(state.levels), "rings": any(has_rings(program) for program in given)}
    return numbers

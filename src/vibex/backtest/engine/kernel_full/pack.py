"""From a `Plan` with parts to the market, the events and the rules of its compiled body, everything checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vibex.backtest.engine.kernel_full.checks import check_plan, starts
from vibex.backtest.engine.kernel_full.pack_programs import condition_programs, has_rings
from vibex.backtest.engine.kernel_full.records import EVENT, Bar, Bracket
from vibex.backtest.engine.kernel_pack import array, pack_tape
from vibex.backtest.engine.kernel_records import Tape, dtype_of
from vibex.backtest.engine.parts import Tie
from vibex.backtest.engine.plan import Plan
from vibex.domain.arrays import U8
from vibex.domain.errors import InvalidInput

Lists = dict[str, NDArray[Any]]
"""Arrays of the `World` by the name of their field."""


def pack_market(plan: Plan) -> tuple[Tape, Lists]:
    """The plain tape; the series, `adverse_…` the bars themselves without a mark; what comes with time."""
    tape = pack_tape(plan)
    check_plan(plan)
    shape, rows = plan.flags.shape, plan.flags.shape[1]
    adverse = {"open": tape.open, "high": tape.high, "low": tape.low}
    if plan.mark is not None:
        adverse = {name: array(getattr(plan.mark, name), f"mark.{name}", shape, np.float64) for name in adverse}
    lists: Lists = {
        **{name: getattr(tape, name) for name in ("open", "high", "low", "close", "columns")},
        **{f"adverse_{name}": series for name, series in adverse.items()},
        "time": array(plan.time, "time", (rows,), np.int64),
    }
    if plan.volume is not None:
        lists["volume"] = array(plan.volume.volume, "volume", shape, np.float64)
    if plan.limits is not None:
        lists["session"] = array(plan.limits.session, "limits.session", (rows,), np.int64)
    if plan.funding is not None:
        lists |= _events(plan, "funding", "price", "rate")
    if plan.carry is not None:
        lists |= _events(plan, "carry", "split", "cash")
    if plan.detail is not None:
        lists |= _events(plan, "detail", "open", "high", "low")
    lists["flags"] = _with_events(tape.flags, lists)
    return tape, lists


def _events(plan: Plan, part: str, *names: str) -> Lists:
    """The `start` of a part of the plan, and its flat arrays, all of one length."""
    given, (symbols, rows) = getattr(plan, part), plan.flags.shape
    total = len(getattr(given, names[0]))
    flat = {f"{part}_{name}": array(getattr(given, name), f"{part}.{name}", (total,), np.float64) for name in names}
    return {f"{part}_start": starts(given.start, f"{part}.start", (symbols, rows + 1), total), **flat}


def _with_events(flags: U8, lists: Lists) -> U8:
    """The flags with EVENT where something comes with time, so that one look at a row tells."""
    marked: U8 = flags & np.uint8(EVENT - 1)
    for name in ("funding_start", "carry_start"):
        if name in lists and lists[name][0, 0] < lists[name][-1, -1]:
            symbols, rows = np.nonzero(lists[name][:, 1:] != lists[name][:, :-1])
            marked[symbols, rows] |= np.uint8(EVENT)
    if "session" in lists:
        marked[:, 1 + np.flatnonzero(lists["session"][1:] != lists["session"][:-1])] |= np.uint8(EVENT)
    return marked


def pack_bars(plan: Plan, tape: Tape) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """What of `Bar` stays the same in every row, and the brackets that it points at."""
    symbols = len(plan.symbols)
    bars = np.zeros(symbols, dtype_of(Bar))
    bars["lot"], bars["tick"] = tape.lot, tape.tick
    if plan.target_through.size:
        bars["through"] = array(plan.target_through, "target_through", (symbols,), np.float64)
    rules = plan.liquidation
    if rules is None:
        return bars, np.zeros(0, dtype_of(Bracket))
    total = len(rules.floor)
    brackets = np.zeros(total, dtype_of(Bracket))
    for name in ("floor", "rate", "amount"):
        brackets[name] = array(getattr(rules, name), f"liquidation.{name}", (total,), np.float64)
    start = starts(rules.start, "liquidation.start", (symbols + 1,), total)
    for s in range(symbols):
        floors = rules.floor[start[s] : start[s + 1]]
        if len(floors) and (floors[0] > 0 or np.any(np.diff(floors) <= 0)):
            raise InvalidInput(f"must ascend from 0 for {plan.symbols[s]}", field="liquidation.floor")
    bars["bracket_begin"], bars["bracket_end"] = start[:-1], start[1:]
    return bars, brackets


def pack_tables(plan: Plan) -> Lists:
    """The fee schedule, the table of ticks (2, B), the order in which entries are served (P, N)."""
    lists: Lists = {
        "schedule": np.ascontiguousarray(plan.schedule, np.float64),
        "ticks": np.stack([plan.tick_bounds, plan.tick_sizes]).astype(np.float64),
    }
    if plan.priority.size:
        shape = (len(plan.priority), len(plan.symbols))
        lists["priority"] = array(plan.priority, "priority", shape, np.int64)
    return lists


def pack_full_rules(plan: Plan, tie: Tie) -> dict[str, float]:
    """The plan's numbers by the name of their field in `FullRules`; what is absent is 0."""
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
    return numbers | _optional_numbers(plan)


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

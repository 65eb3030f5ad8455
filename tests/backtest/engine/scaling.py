"""A plan in other units of price and cash: every number that has a unit is multiplied, no other is."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from vibex.backtest.engine.outcome import Outcome
from vibex.backtest.engine.plan import LevelOp, LevelProgram, Management, Plan, SidePlan, Sizing


def scaled_program(program: LevelProgram, factor: float) -> LevelProgram:
    """The program for prices that are `factor` times as high."""
    absolute = np.isin(program.op, [LevelOp.POINTS, LevelOp.PRICE])
    return replace(program, value=np.where(absolute, program.value * factor, program.value))


def scaled_side(side: SidePlan, price: float, cash: float) -> SidePlan:
    """The side for prices `price` times and an account `cash` times as large; quantities grow by cash / price."""
    units = {
        Sizing.FIXED_QUANTITY: cash / price,
        Sizing.FIXED_NOTIONAL: cash,
        Sizing.RISK_NOTIONAL: cash,
    }.get(side.sizing, 1.0)
    return replace(
        side,
        stop=scaled_program(side.stop, price),
        target=scaled_program(side.target, price),
        yardstick=scaled_program(side.yardstick, price),
        size_value=side.size_value * units,
        management=None if side.management is None else scaled_management(side.management, price),
    )


def scaled_management(management: Management, price: float) -> Management:
    return replace(
        management,
        targets=tuple(scaled_program(target, price) for target in management.targets),
        trailing_after=scaled_program(management.trailing_after, price),
        trailing_level=scaled_program(management.trailing_level, price),
        steps=tuple(
            replace(step, after=scaled_program(step.after, price), to=scaled_program(step.to, price))
            for step in management.steps
        ),
    )


def scaled(plan: Plan, price: float, cash: float) -> Plan:
    """The same plan in other units of price and cash; without a schedule and without state programs."""
    columns = plan.columns.copy()
    columns[:, :3] *= price  # the fourth is a volatility, which has no price unit
    mark, funding, detail, carry = plan.mark, plan.funding, plan.detail, plan.carry
    volume, liquidation = plan.volume, plan.liquidation
    return replace(
        plan,
        open=plan.open * price,
        high=plan.high * price,
        low=plan.low * price,
        close=plan.close * price,
        columns=columns,
        tick=plan.tick * price,
        tick_bounds=plan.tick_bounds * price,
        tick_sizes=plan.tick_sizes * price,
        target_through=plan.target_through * price,
        long=scaled_side(plan.long, price, cash),
        short=scaled_side(plan.short, price, cash),
        capital=plan.capital * cash,
        min_notional=plan.min_notional * cash,
        mark=mark and replace(mark, open=mark.open * price, high=mark.high * price, low=mark.low * price),
        funding=funding and replace(funding, price=funding.price * price),
        detail=detail and replace(detail, open=detail.open * price, high=detail.high * price, low=detail.low * price),
        carry=carry and replace(carry, cash=carry.cash * price),
        volume=volume and replace(volume, volume=volume.volume * (cash / price)),
        liquidation=liquidation
        and replace(liquidation, floor=liquidation.floor * cash, amount=liquidation.amount * cash),
    )


def unscaled(outcome: Outcome, price: float, cash: float) -> Outcome:
    """What a scaled plan left, in the old units."""
    units = {"pnl": cash, "fees": cash, "funding": cash, "carry": cash, "quantity": cash / price}
    units |= dict.fromkeys(("entry_price", "exit_price", "lowest", "highest"), price)
    trades = replace(outcome.trades, **{name: getattr(outcome.trades, name) / unit for name, unit in units.items()})
    fills = outcome.fills
    if fills is not None:
        fills = replace(
            fills, quantity=fills.quantity / (cash / price), price=fills.price / price, fee=fills.fee / cash
        )
    return replace(outcome, equity=outcome.equity / cash, trades=trades, fills=fills)


def first_rows(plan: Plan, rows: int) -> Plan:
    """The plan as it was known after `rows` rows; the events behind them are out of reach."""
    cut = {"open", "high", "low", "close", "flags"}
    mark, volume, limits = plan.mark, plan.volume, plan.limits
    events = {name: getattr(plan, name) for name in ("funding", "detail", "carry")}
    return replace(
        plan,
        time=plan.time[:rows],
        columns=plan.columns[:, :, :rows],
        mark=mark and replace(mark, open=mark.open[:, :rows], high=mark.high[:, :rows], low=mark.low[:, :rows]),
        volume=volume and replace(volume, volume=volume.volume[:, :rows]),
        limits=limits and replace(limits, session=limits.session[:rows]),
        **{name: getattr(plan, name)[:, :rows] for name in cut},
        **{name: part and replace(part, start=part.start[:, : rows + 1]) for name, part in events.items()},
    )


def assert_equal(one: Outcome, other: Outcome) -> None:
    """Both runs are the same to the last bit."""
    assert np.array_equal(one.equity, other.equity)
    for field in fields(one.trades):
        assert np.array_equal(getattr(one.trades, field.name), getattr(other.trades, field.name)), field.name
    assert (one.fills is None) == (other.fills is None)
    if one.fills is not None:
        for field in fields(one.fills):
            assert np.array_equal(getattr(one.fills, field.name), getattr(other.fills, field.name)), field.name
    assert dict(one.skipped) == dict(other.skipped)
    assert (one.ambiguous_bars, one.unfilled_at_end, one.cash_cut) == (
        other.ambiguous_bars,
        other.unfilled_at_end,
        other.cash_cut,
    )

"""What a run left out or took a choice on: funding, liquidation, borrowed shares, mark prices, rules of exchanges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from vibex.backtest.engine.outcome import Reason, TradeColumns
from vibex.backtest.series import RunSeries
from vibex.backtest.statistics import Statistics
from vibex.backtest.warning import Warning_
from vibex.domain import Market
from vibex.domain.timeframe import HOUR_MS
from vibex.strategy.spec import StrategySpec

LIQUIDATION_MARGIN = 0.005
"""A position is gone before the whole margin is: maintenance margin and the closing fee take this share."""

NEAR_EXTREME = 0.003
"""A stop within 30 bp of its bar's extreme: on the mark price, which wicks less, it may not have fired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherOrders:
    """End equity under the choices that a run had to make; None where the choice changed nothing."""

    target_first: float
    stop_first: float
    other_entry_order: float | None


def left_out(spec: StrategySpec, series: RunSeries, statistics: Statistics, orders: OtherOrders) -> Iterator[Warning_]:
    """The disclosures, perpetuals first."""
    if spec.market is Market.CRYPTO:
        yield from _funding(spec, statistics)
        yield from _liquidation(spec, statistics)
        yield from _stops_on_last(statistics)
    else:
        yield from _borrow(spec, series, statistics)
        yield _exchange_rules(spec)
    yield from _tie(statistics, orders)
    yield from _entry_order(statistics, orders)


def _funding(spec: StrategySpec, statistics: Statistics) -> Iterator[Warning_]:
    long, short = (hours_held(statistics, direction, spec.timeframe.ms) for direction in (1, -1))
    if statistics.plan.funding is None:
        yield Warning_(
            code="funding_not_modelled",
            message=(
                f"Funding is not modelled: on a perpetual it would have been paid or received for {long:,.0f} h "
                f"held long and {short:,.0f} h held short. A spot position has none, and cannot be short."
            ),
            data={"hours_long": long, "hours_short": short},
        )
        return
    total = float(statistics.outcome.trades.funding.sum())
    verb = "received" if total > 0 else "paid"
    yield Warning_(
        code="funding",
        message=(
            f"Funding {verb}: {abs(total):,.2f} {statistics.currency} over {long:,.0f} h long, {short:,.0f} h short."
        ),
        data={"funding": total, "hours_long": long, "hours_short": short},
    )


def _liquidation(spec: StrategySpec, statistics: Statistics) -> Iterator[Warning_]:
    trades = statistics.outcome.trades
    if statistics.plan.liquidation is not None:
        count = int(np.count_nonzero(trades.reason == Reason.LIQUIDATION))
        if count:
            yield Warning_(
                code="liquidated",
                message=f"{count} positions were liquidated ({statistics.settings.margin} margin).",
                data={"liquidations": count},
            )
        return
    if spec.leverage <= 1:
        return
    reach = 1 / spec.leverage - LIQUIDATION_MARGIN
    count = int(np.count_nonzero(adverse_move(trades) >= reach))
    yield Warning_(
        code="liquidation_not_modelled",
        message=(
            f"Liquidation is not modelled. At {spec.leverage:g}x leverage {count} trades moved at least "
            f"{reach * 100:.2f} % against the position and would have been liquidated."
        ),
        data={"would_have_been_liquidated": count},
    )


def _stops_on_last(statistics: Statistics) -> Iterator[Warning_]:
    """Venues fire stops on the mark price; without it the result says so and counts the doubtful ones."""
    plan, trades = statistics.plan, statistics.outcome.trades
    stopped = np.isin(trades.reason, (Reason.STOP_LOSS, Reason.TRAILING_STOP, Reason.LIQUIDATION))
    if plan.mark is not None or not stopped.any():
        return
    symbol, row, long = trades.symbol[stopped], trades.exit_row[stopped], trades.direction[stopped] > 0
    extreme = np.where(long, plan.low[symbol, row], plan.high[symbol, row])
    level = trades.exit_price[stopped] / np.where(long, 1 - plan.slip, 1 + plan.slip)
    near = int(np.count_nonzero(np.abs(level - extreme) <= NEAR_EXTREME * extreme))
    yield Warning_(
        code="stops_on_last_price",
        message=(
            f"Stops tested on last price: {near} of {len(row)} lie within 0.3 % of their bar's extreme and might not "
            "have fired on the mark price, which venues use."
        ),
        data={"stops": len(row), "near_extreme": near},
    )


def _borrow(spec: StrategySpec, series: RunSeries, statistics: Statistics) -> Iterator[Warning_]:
    shorts = int(np.count_nonzero(statistics.outcome.trades.direction < 0))
    missing = [
        what
        for what, known in (
            ("what borrowed shares cost", statistics.settings.borrow is not None),
            ("dividends paid", bool(series.actions)),
        )
        if not known
    ]
    if shorts == 0 or not missing:
        return
    what = " and ".join(missing)
    yield Warning_(
        code="borrow_not_modelled",
        message=f"{what[0].upper()}{what[1:]} on the {shorts} short trades of {spec.market.value} are not modelled.",
        data={"short_trades": shorts},
    )


def _exchange_rules(spec: StrategySpec) -> Warning_:
    rules = ["opening and closing auctions", "settlement on a later day", "the queue in front of a limit order"]
    rules.append("price limits and halts within a bar" if spec.market is Market.US_EQUITY else "price limits")
    if spec.market is Market.HK_EQUITY:
        rules.append("the list of shares that may be sold short")
    return Warning_(code="not_modelled", message=f"Not modelled: {', '.join(rules)}.", data={"rules": list(rules)})


def _tie(statistics: Statistics, orders: OtherOrders) -> Iterator[Warning_]:
    if statistics.settings.tie == "stop" or statistics.outcome.ambiguous_bars == 0:
        return
    yield Warning_(
        code="tie_order",
        message=(
            f"In {statistics.outcome.ambiguous_bars} ambiguous bars this run does not take the stop first. With the "
            f"stop first it ends at {orders.stop_first:,.2f}, with the target first at {orders.target_first:,.2f}."
        ),
        data={"end_equity_stop_first": orders.stop_first, "end_equity_target_first": orders.target_first},
    )


def _entry_order(statistics: Statistics, orders: OtherOrders) -> Iterator[Warning_]:
    if orders.other_entry_order is None:
        return
    yield Warning_(
        code="entry_order",
        message=(
            f"Cash cut {statistics.outcome.cash_cut} entries, so who was served first mattered: in the opposite order "
            f"the run ends at {orders.other_entry_order:,.2f}."
        ),
        data={"cut": statistics.outcome.cash_cut, "end_equity_other_order": orders.other_entry_order},
    )


def adverse_move(trades: TradeColumns) -> np.ndarray:
    """How far each trade went against its entry at worst, a fraction ≥ 0."""
    worst = np.where(trades.direction > 0, trades.lowest, trades.highest)
    return np.maximum(0.0, (trades.entry_price - worst) * trades.direction / trades.entry_price)


def hours_held(statistics: Statistics, direction: int, bar_ms: int) -> float:
    """Hours in positions of one direction, summed over trades, from entry label to exit label.

    A position still open is held to the end of the run's last bar.
    """
    trades, time = statistics.outcome.trades, statistics.plan.time
    mine = trades.direction == direction
    until = np.where(statistics.closed, time[trades.exit_row], time[-1] + bar_ms)
    return float((until - time[trades.entry_row])[mine].sum()) / HOUR_MS

"""A StrategySpec as a maker of decisions: at each close the wishes that the backtest would have given as orders."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from vibex.backtest.compile import compile_plan
from vibex.backtest.settings import RunSettings
from vibex.domain import AccountId, Bars, Clock, Decision, Instrument, NotSupported
from vibex.domain.ports import BarHistory
from vibex.domain.timeframe import DAY_MS
from vibex.signals.holdings import AccountRecord, Holdings
from vibex.signals.replay import Replay
from vibex.signals.wishes import Said, Wish, WishWriter
from vibex.strategy import LiveEvaluation, StrategySpec, evaluate, refuse_unsupported
from vibex.strategy.evaluation import Evaluation

# What an account can pay for is judged when an order is sent, not here.
_NO_CEILING = RunSettings(capital=1e15, engine="reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A strategy as it was deployed: `anchors` is the open of the first bar of each symbol's history, epoch ms.

    `instruments` give ticks and lots by symbol. `max_drift_pct`: an entry is void once the price is that many percent
    away from the close that decided it; None, as in the backtest, bounds it by the strategy's fixed prices alone.
    `rests_several_targets`: the account's execution reads `Protection.parts`.
    """

    spec: StrategySpec
    anchors: Mapping[str, int]
    instruments: Mapping[str, Instrument]
    max_drift_pct: Decimal | None = None
    rests_several_targets: bool = False


class StrategyMaker:
    """Decides at closed bars; between two closes it only says again what takes off risk.

    Raises NotSupported for a strategy whose orders a decision cannot say: resting entries, pairs, and several targets
    where the account does not rest them.
    """

    def __init__(self, deployment: Deployment, bars: BarHistory, record: AccountRecord, clock: Clock) -> None:
        _refuse(deployment)
        self._deployment = deployment
        self._live = LiveEvaluation(spec=deployment.spec, anchors=deployment.anchors)
        self._bars = bars
        self._record = record
        self._clock = clock
        self._said: dict[tuple[AccountId, str], Said] = {}

    @property
    def name(self) -> str:
        return f"strategy:{self._deployment.spec.rules_digest()[:12]}"

    async def decide(self, account_id: AccountId, symbols: Sequence[str], at: datetime) -> Sequence[Decision]:
        """At most one decision for each of `symbols` that the strategy trades, at its last close by `at`.

        Raises InvalidInput when bars or holdings since the anchor are missing.
        """
        spec, anchors = self._deployment.spec, self._deployment.anchors
        since = datetime.fromtimestamp(min(anchors.values()) / 1000, UTC)
        history = {symbol: await self._bars.bars(symbol, spec.timeframe, since, at) for symbol in anchors}
        holdings = await self._record.holdings(account_id, spec.symbols, since)
        # Seconds of arithmetic on a long history; stops and fills of other accounts do not wait for it.
        wishes = await asyncio.to_thread(self._wishes, history, holdings)
        decisions = []
        for symbol, wish in wishes.items():
            said = self._said.get((account_id, symbol), Said())
            if symbol not in symbols or wish.repeats(said):
                continue
            self._said[account_id, symbol] = wish.after(said)
            decisions.append(wish.decision(said, account_id=account_id, maker=self.name, clock=self._clock))
        return decisions

    def _wishes(self, history: Mapping[str, Bars], holdings: Holdings) -> dict[str, Wish]:
        """The wish of every symbol that has one, at the last close of the history."""
        deployment = self._deployment
        spec = deployment.spec
        evaluation = evaluate(spec, self._live.since_anchors(history))
        plan = compile_plan(evaluation, _NO_CEILING, deployment.instruments)
        closes = evaluation.calendar.columns(plan.time, spec.timeframe).bar_close
        following = _next_bar(evaluation, int(plan.time[-1]))
        replay = Replay(plan, holdings, closes, following.session)
        data_at = _utc(int(closes[-1]))
        writer = WishWriter(
            replay=replay,
            opened=_utc(int(plan.time[-1])),
            data_at=data_at,
            time_to_live=max(_utc(following.closes_at) - data_at, timedelta(milliseconds=spec.timeframe.ms)),
            equity=holdings.equity_now,
            leverage=spec.leverage,
            max_drift_pct=deployment.max_drift_pct,
        )
        last = int(plan.time[-1])
        wishes = {}
        for tape, symbol in zip(replay.tapes, plan.symbols, strict=True):
            if any(max(each.opened, each.closed or 0) > last for each in holdings.episodes.get(symbol, ())):
                continue  # the last close has been acted on: there is a fill after it
            wish = writer.wish(tape, symbol)
            if wish is not None:
                wishes[symbol] = wish
        return wishes


@dataclass(frozen=True, slots=True)
class _Bar:
    session: int
    closes_at: int


def _next_bar(evaluation: Evaluation, last: int) -> _Bar:
    """The bar in which an order of the last close can fill, by the calendar."""
    calendar, timeframe = evaluation.calendar, evaluation.spec.timeframe
    # No market of the calendar closes for ten days in a row.
    following = calendar.expected_opens(last + 1, last + 10 * DAY_MS + timeframe.ms, timeframe)
    columns = calendar.columns(np.array([last, following[0]], dtype=np.int64), timeframe)
    return _Bar(int(columns.session[1]), int(columns.bar_close[1]))


def _utc(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)


def _refuse(deployment: Deployment) -> None:
    spec = deployment.spec
    refuse_unsupported(spec)
    if spec.order.type != "market":
        raise NotSupported(
            f"{spec.order.type} entries of a strategy are not traded live",
            field="order.type",
            remedy="deploy it with market entries",
        )
    if spec.archetype == "pairs":
        raise NotSupported(
            "a pair is not traded live: both legs cannot be promised at one open",
            field="archetype",
            remedy="deploy each leg as a strategy of its own",
        )
    several = any(isinstance(getattr(spec.take_profit, side, None), tuple) for side in ("long", "short"))
    if several and not deployment.rests_several_targets:
        raise NotSupported(
            "this account rests one target, and the strategy has several",
            field="take_profit",
            remedy="deploy it with one target",
        )

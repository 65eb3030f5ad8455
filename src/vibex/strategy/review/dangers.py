"""What can cost far more than it seems: leverage, positions without a stop, stops behind the liquidation, shorts."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.strategy.draft import Issue
from vibex.strategy.review.moves import distance_percent
from vibex.strategy.review.sided import exits_of, has_stop
from vibex.strategy.review.subject import Subject
from vibex.strategy.spec import FixedPercent, PercentExit, PerSide, RiskPercent
from vibex.strategy.spec.check_exits import sides

LEVERAGE_POLICY = 5.0
RISK_POLICY_PERCENT = 5.0
NEAR_LIQUIDATION = 0.8


def leverage(about: Subject) -> Iterator[Issue]:
    """Leverage beyond policy, and stops that the liquidation comes before (about 100 / leverage percent away)."""
    spec = about.spec
    liquidation = 100 / spec.leverage
    parts = {"leverage": f"{spec.leverage:g}", "move": f"{liquidation:.2g}"}
    if spec.leverage > LEVERAGE_POLICY:
        yield about.finding("warning", "leverage", "leverage", policy=f"{LEVERAGE_POLICY:g}", **parts)
    if spec.leverage == 1:
        return
    for side in sides(spec):
        for path, stop in [*exits_of(spec, "stop_loss", side), *exits_of(spec, "trailing_stop", side)]:
            distance = distance_percent(stop, about.evidence)
            if distance is None or distance < NEAR_LIQUIDATION * liquidation:
                continue
            # A distance in ATRs changes with the market, so it is never certain.
            beyond = distance >= liquidation
            yield about.finding(
                "error" if beyond and isinstance(stop, PercentExit) else "warning",
                "stop_beyond_liquidation" if beyond else "stop_near_liquidation",
                path,
                stop=f"{distance:.2g}",
                **parts,
            )


def missing_stops(about: Subject) -> Iterator[Issue]:
    """Sides that nothing protects."""
    spec = about.spec
    for side in sides(spec):
        if not has_stop(spec, side):
            field = f"stop_loss.{side}" if isinstance(spec.stop_loss, PerSide) else "stop_loss"
            bound = about.say(f"no_stop.{side}")
            yield about.finding("warning", "no_stop", field, side=about.side(side), bound=bound)


def sizes(about: Subject) -> Iterator[Issue]:
    """Positions larger than the account, and percentages that add up to more than the margin there is."""
    spec = about.spec
    for side in sides(spec):
        sizing = getattr(spec.sizing, side)
        field = f"sizing.{side}" if isinstance(spec.sizing, PerSide) else "sizing"
        if isinstance(sizing, FixedPercent):
            yield from _shares(sizing.value, field, about)
        if isinstance(sizing, RiskPercent) and sizing.value > RISK_POLICY_PERCENT:
            left = f"{100 * (1 - sizing.value / 100) ** 10:.0f}"
            yield about.finding("warning", "large_risk", field, percent=f"{sizing.value:g}", left=left)


def _shares(percent: float, field: str, about: Subject) -> Iterator[Issue]:
    """`percent` of equity as margin of each entry."""
    spec = about.spec
    notional = percent * spec.leverage
    if notional > 100:
        yield about.finding(
            "warning",
            "large_position",
            field,
            percent=f"{percent:g}",
            leverage=f"{spec.leverage:g}",
            notional=f"{notional:g}",
            fall=f"{100 * 100 / notional:.2g}",
        )
    count = len(spec.symbols)
    total = percent * count
    if count > 1 and spec.archetype != "pairs" and total > 100:
        parts = {"percent": f"{percent:g}", "total": f"{total:g}", "most": f"{100 / count:.3g}"}
        yield about.finding("warning", "sum_of_sizes", field, count=str(count), **parts)


def shorts(about: Subject) -> Iterator[Issue]:
    """Shorts of equities, which not every share and not every account allows."""
    spec = about.spec
    if not spec.trades_short or not spec.market.is_equity:
        return
    rule = about.say(f"equity_short.{spec.market.value}")
    yield about.finding("warning", "equity_short", "entry.short", symbols=", ".join(spec.symbols), rule=rule)

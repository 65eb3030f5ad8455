"""What can cost far more than it seems: leverage, positions without a stop, stops behind the liquidation, shorts."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.domain import Market
from vibex.strategy.draft import Issue
from vibex.strategy.review.evidence import Evidence
from vibex.strategy.review.moves import distance_percent
from vibex.strategy.review.sided import exits_of, has_stop
from vibex.strategy.spec import FixedPercent, PercentExit, PerSide, RiskPercent, StrategySpec
from vibex.strategy.spec.check_exits import sides

LEVERAGE_POLICY = 5.0
RISK_POLICY_PERCENT = 5.0
NEAR_LIQUIDATION = 0.8


def leverage(spec: StrategySpec, evidence: Evidence | None) -> Iterator[Issue]:
    """Leverage beyond policy, and stops that the liquidation comes before (about 100 / leverage percent away)."""
    liquidation = 100 / spec.leverage
    if spec.leverage > LEVERAGE_POLICY:
        yield Issue(
            severity="warning",
            field="leverage",
            message=f"leverage {spec.leverage:g}× is beyond the policy of {LEVERAGE_POLICY:g}×: a move of about "
            f"{liquidation:.2g} % against the position wipes out its margin; lower it",
        )
    if spec.leverage == 1:
        return
    for side in sides(spec):
        for path, stop in [*exits_of(spec, "stop_loss", side), *exits_of(spec, "trailing_stop", side)]:
            distance = distance_percent(stop, evidence)
            if distance is None or distance < NEAR_LIQUIDATION * liquidation:
                continue
            # A distance in ATRs changes with the market, so it is never certain.
            beyond = distance >= liquidation
            yield Issue(
                severity="error" if beyond and isinstance(stop, PercentExit) else "warning",
                field=path,
                message=(
                    f"at leverage {spec.leverage:g}× the position is liquidated about {liquidation:.2g} % away, "
                    f"{'before' if beyond else 'close to'} the stop at about {distance:.2g} %; "
                    "bring the stop nearer or lower the leverage"
                ),
            )


def missing_stops(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Sides that nothing protects."""
    for side in sides(spec):
        if not has_stop(spec, side):
            bound = (
                "nothing limits the loss of a long but a price of 0"
                if side == "long"
                else ("the loss of a short has no bound at all")
            )
            yield Issue(
                severity="warning",
                field=f"stop_loss.{side}" if isinstance(spec.stop_loss, PerSide) else "stop_loss",
                message=f"the {side} side has no stop: {bound}; a stop of 2 × ATR(14) is a common choice",
            )


def sizes(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Positions larger than the account, and percentages that add up to more than the margin there is."""
    for side in sides(spec):
        sizing = getattr(spec.sizing, side)
        field = f"sizing.{side}" if isinstance(spec.sizing, PerSide) else "sizing"
        if isinstance(sizing, FixedPercent):
            notional = sizing.value * spec.leverage
            if notional > 100:
                yield Issue(
                    severity="warning",
                    field=field,
                    message=f"{sizing.value:g} % of equity at leverage {spec.leverage:g}× is a position of "
                    f"{notional:g} % of equity; a fall of {100 * 100 / notional:.2g} % takes all of it",
                )
            total = sizing.value * len(spec.symbols)
            if len(spec.symbols) > 1 and spec.archetype != "pairs" and total > 100:
                yield Issue(
                    severity="warning",
                    field=field,
                    message=f"{len(spec.symbols)} symbols at {sizing.value:g} % each add up to {total:g} % of equity: "
                    "entries beyond 100 % are cut or skipped, in the order of the symbols' names; use at most "
                    f"{100 / len(spec.symbols):.3g} % each",
                )
        if isinstance(sizing, RiskPercent) and sizing.value > RISK_POLICY_PERCENT:
            yield Issue(
                severity="warning",
                field=field,
                message=f"{sizing.value:g} % of equity at risk in each trade: ten losses in a row leave "
                f"{100 * (1 - sizing.value / 100) ** 10:.0f} % of the account; 1 or 2 % is usual",
            )


def shorts(spec: StrategySpec, _: Evidence | None) -> Iterator[Issue]:
    """Shorts of equities, which not every share and not every account allows."""
    if not spec.trades_short or not spec.market.is_equity:
        return
    rule = (
        "in Hong Kong only shares on the exchange's list of designated securities may be sold short, and only covered"
        if spec.market is Market.HK_EQUITY
        else "in the US shares must be located and borrowed first, and the borrow costs interest that is not modelled"
    )
    yield Issue(
        severity="warning",
        field="entry.short",
        message=f"this sells {', '.join(spec.symbols)} short: {rule}; leave the short side out if that is not possible",
    )

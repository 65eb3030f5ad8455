"""What a well-typed strategy may still get wrong: names, sides, timeframes, ranges that depend on each other."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.analysis.indicators import IndicatorDefinition, InputKind, complete, find
from vibex.domain import InvalidInput, SpecIssue
from vibex.strategy.spec.check_conditions import form_issues, zone_issue
from vibex.strategy.spec.check_exits import exit_issues, sides
from vibex.strategy.spec.indicator import Indicator
from vibex.strategy.spec.references import RESERVED, Names, Place, reference_issues
from vibex.strategy.spec.strategy import StrategySpec

WHEN_KINDS = (InputKind.WHEN, InputKind.SERIES_WHEN)


def find_issues(spec: StrategySpec) -> tuple[SpecIssue, ...]:
    """Everything wrong with `spec`, each issue once; empty for a strategy that makes sense."""
    names = Names(outputs=_outputs(spec.indicators), timeframe=spec.timeframe)
    found = [
        *_strategy_issues(spec),
        *_indicator_issues(spec),
        *_rule_issues(spec, names),
        *exit_issues(spec, names),
        *_order_issues(spec, names),
        *form_issues(spec, "spec"),
    ]
    shortened = [SpecIssue(issue.field.removeprefix("spec."), issue.message) for issue in found]
    return tuple(dict.fromkeys(shortened))


def _strategy_issues(spec: StrategySpec) -> Iterator[SpecIssue]:
    for index, symbol in enumerate(spec.symbols):
        if symbol in spec.symbols[:index]:
            yield SpecIssue(f"symbols[{index}]", f"{symbol} is listed twice; leave one out")
    if spec.archetype == "pairs" and len(spec.symbols) != 2:
        yield SpecIssue(
            "symbols", f"a pairs strategy has exactly two symbols, long leg and short leg, not {len(spec.symbols)}"
        )
    if spec.session_exit_minutes is not None and not spec.timeframe.is_intraday:
        yield SpecIssue(
            "session_exit_minutes",
            f"session_exit_minutes needs bars inside the session, not {spec.timeframe}; use null or 1m … 4h",
        )
    if spec.session is not None:
        yield from zone_issue(spec.session.zone, "session.zone")
        if spec.session.open == "24:00":
            yield SpecIssue("session.open", "open cannot be 24:00; write 00:00")
        elif spec.session.open == spec.session.close:
            yield SpecIssue("session.close", "the session opens and closes at the same time; for a full day use 24:00")


def _rule_issues(spec: StrategySpec, names: Names) -> Iterator[SpecIssue]:
    if not sides(spec):
        yield SpecIssue("entry", "entry has no condition, so nothing would ever trade; give entry.long or entry.short")
    for side, entry, exit_ in (
        ("long", spec.entry.long, spec.exit.long),
        ("short", spec.entry.short, spec.exit.short),
    ):
        if entry is not None:
            yield from reference_issues(entry, f"entry.{side}", names, Place.ENTRY)
        if exit_ is not None:
            yield from reference_issues(exit_, f"exit.{side}", names, Place.EXIT)
            if entry is None and sides(spec):
                yield SpecIssue(
                    f"exit.{side}", f"there is an exit but no entry for the {side} side; add entry.{side} or use null"
                )


def _order_issues(spec: StrategySpec, names: Names) -> Iterator[SpecIssue]:
    order = spec.order
    if order.type == "market" and order.offset_bps:
        yield SpecIssue("order.offset_bps", "a market order has no offset; use 0, or type limit or stop")
    if order.price is None:
        return
    if order.type == "market":
        yield SpecIssue("order.price", "a market order has no price; leave it out, or use type limit or stop")
    if order.offset_bps:
        yield SpecIssue("order.offset_bps", "offset_bps and price exclude each other; use one of them")
    for side, price in (("long", order.price.long), ("short", order.price.short)):
        if price is not None:
            yield from reference_issues(price, f"order.price.{side}", names, Place.FIXED_LEVEL)
        elif side in sides(spec):
            yield SpecIssue("order.price", f"the {side} side enters at a price but has none; add order.price.{side}")


def _indicator_issues(spec: StrategySpec) -> Iterator[SpecIssue]:
    ids = [indicator.id for indicator in spec.indicators]
    outputs = _outputs(spec.indicators)
    for index, indicator in enumerate(spec.indicators):
        path = f"indicators[{index}]"
        if indicator.id in RESERVED:
            yield SpecIssue(f"{path}.id", f"{indicator.id} is the name of a built-in series; choose another id")
        if indicator.id in ids[:index]:
            yield SpecIssue(f"{path}.id", f"id {indicator.id} is used twice; rename one of the indicators")
        if indicator.timeframe is not None and indicator.timeframe.ms <= spec.timeframe.ms:
            yield SpecIssue(
                f"{path}.timeframe",
                f"an indicator's timeframe must be higher than the strategy's {spec.timeframe}, "
                f"not {indicator.timeframe}; use null for the strategy's own",
            )
        earlier = Names(
            outputs={each: outputs[each] for each in ids[:index]},
            later=frozenset(ids[index:]),
            timeframe=indicator.timeframe or spec.timeframe,
        )
        for key, node in indicator.children():
            yield from reference_issues(node, f"{path}.{key}", earlier, Place.SERIES)
        yield from _catalogue_issues(indicator, path, spec)


def _catalogue_issues(indicator: Indicator, path: str, spec: StrategySpec) -> Iterator[SpecIssue]:
    """What the catalogue says against name, parameters and inputs."""
    try:
        definition = find(indicator.name)
    except InvalidInput as error:
        yield SpecIssue(f"{path}.name", _in_words(error))
        return
    try:
        complete(definition, indicator.params)
    except InvalidInput as error:
        at = f"{path}.params.{error.field}" if error.field else f"{path}.params"
        yield SpecIssue(at, _in_words(error))
    yield from _input_issues(indicator, definition, path)
    if definition.kind is InputKind.PAIR and spec.archetype != "pairs":
        yield SpecIssue(
            f"{path}.name", f"{indicator.name} compares the two legs of a pair; set archetype to pairs with two symbols"
        )
    if definition.name == "OPENING_RANGE" and not (indicator.timeframe or spec.timeframe).is_intraday:
        yield SpecIssue(f"{path}.name", "OPENING_RANGE needs bars inside the session; use an intraday timeframe")


def _input_issues(indicator: Indicator, definition: IndicatorDefinition, path: str) -> Iterator[SpecIssue]:
    name, kind = indicator.name, definition.kind
    if kind in WHEN_KINDS and indicator.when is None:
        yield SpecIssue(f"{path}.when", f'{name} needs a condition: add "when"')
    if kind not in WHEN_KINDS and indicator.when is not None:
        yield SpecIssue(f"{path}.when", f"{name} takes no condition; leave when out, or use BARS_SINCE or VALUE_WHEN")
    if kind is InputKind.TWO_SERIES and indicator.input2 is None:
        yield SpecIssue(f"{path}.input2", f'{name} compares two series: add "input2"')
    if kind is not InputKind.TWO_SERIES and indicator.input2 is not None:
        yield SpecIssue(f"{path}.input2", f"{name} reads one series; leave input2 out")
    if name == "EXPR" and indicator.input is None:
        yield SpecIssue(f"{path}.input", 'EXPR is its input: add "input" with an operand')


def _outputs(indicators: tuple[Indicator, ...]) -> dict[str, tuple[str, ...] | None]:
    found: dict[str, tuple[str, ...] | None] = {}
    for indicator in indicators:
        try:
            found[indicator.id] = find(indicator.name).outputs
        except InvalidInput:
            found[indicator.id] = None
    return found


def _in_words(error: InvalidInput) -> str:
    return f"{error.message}; {error.remedy}" if error.remedy else error.message

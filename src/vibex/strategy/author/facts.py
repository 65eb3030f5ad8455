"""Compares a model's strategy with what was said: nothing that was named may be lost, nothing may be invented.

The offline reader's numbers and assets are the ground truth; its reading of the rules counts where it read them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vibex.domain import InvalidInput, JsonValue, Market
from vibex.strategy.draft import Fact, Issue, Severity
from vibex.strategy.drafting.figures import Carried, Json, digits_in, numbers_in, said_as, timeframe_of
from vibex.strategy.drafting.parts import value_at

_SIDES = ("entry.long", "entry.short")
_ERROR: Severity = "error"
_WARNING: Severity = "warning"
_NEVER_ASSUMED = ("exit.long", "exit.short", "take_profit")
_ASSUMABLE: Mapping[str, JsonValue] = {  # field: the value that it has when nothing is said
    "timeframe": None, "stop_loss": None, "sizing": None, "trailing_stop": None, "time_stop_bars": None,
    "session": None, "session_exit_minutes": None, "limits": None, "stop_steps": None, "on_opposite": "reverse",
    "leverage": 1, "benchmark": "buy_and_hold",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What was said. `partial` is the offline reader's strategy as far as it goes (None: nothing was read, or a change
    that only a model reads), `is_complete` whether it placed every word, `doubts` the fields that it inferred;
    `current` is the strategy to be changed."""

    facts: Sequence[Fact]
    partial: Json | None = None
    is_complete: bool = False
    doubts: frozenset[str] = frozenset()
    current: Json | None = None
    text: str = ""

    @property
    def numbers(self) -> tuple[float, ...]:
        """Every number that was named; digits too, for a text in a language that the reader does not know."""
        read = (float(fact.value) for fact in self.facts if fact.kind == "number")
        return (*read, *digits_in(self.text))


def compare(spec: Json, ground: Ground, assumed: Sequence[str]) -> tuple[Issue, ...]:
    """What `spec` (JSON, valid or not) lost or invents; `assumed` are the paths that it owns up to."""
    return (
        *lost(spec, ground),
        *_invented_numbers(spec, ground, assumed),
        *_invented_assets(spec, ground),
        *_invented_rules(spec, ground),
        *_unsaid(spec, ground, assumed),
    )


def lost(spec: Json, ground: Ground) -> tuple[Issue, ...]:
    """What was said and `spec` does not hold."""
    return (*_lost_numbers(spec, ground), *_lost_assets(spec, ground), *_lost_timeframe(spec, ground))


def covers(assumed: str, path: str) -> bool:
    """Whether an assumption about the path `assumed` speaks of `path`: the same, or a part of it."""
    return path == assumed or path.startswith((f"{assumed}.", f"{assumed}["))


def _lost_numbers(spec: Json, ground: Ground) -> Iterator[Issue]:
    """A number that the offline reader has a place for must stand there: a stop of 2 % is not carried by a target of
    2 %. Where the reader left words out, its place is only a doubt; a number without a place may stand anywhere."""
    carried, frame = numbers_in(spec), timeframe_of(spec)
    placed = numbers_in(ground.partial) if ground.partial is not None else ()
    for value in dict.fromkeys(float(fact.value) for fact in ground.facts if fact.kind == "number"):
        found = [each for each in carried if said_as(value, each, frame)]
        where = [each for each in placed if said_as(value, each, timeframe_of(ground.partial or {}))]
        exact = [each for each in where if each.value == value]
        if not found:
            field, severity = (_head(where[0].path), _ERROR) if where else ("text", _WARNING)
            yield _issue(severity, field, f"the request names {value:g}, and the model's strategy does not carry it")
            continue
        for place in dict.fromkeys(_place(each.path) for each in exact or where):
            if not any(_serves(each, place, value) for each in found):
                severity = _ERROR if ground.is_complete else _WARNING
                yield _issue(severity, place, f"the request names {value:g} for {place}, where it does not stand")


def _place(path: str) -> str:
    """The field of a number; rules by their side."""
    head = _head(path)
    return ".".join(path.replace("[", ".").split(".")[:2]) if head in ("entry", "exit") else head


def _serves(carried: Carried, place: str, value: float) -> bool:
    """Numbers of rules may be written into the indicators that the rules compare, and the other way round; but the
    same number then, not one in another unit of time."""
    if _place(carried.path) == place:
        return True
    heads = {_head(carried.path), _head(place)}
    same = said_as(value, replace(carried, is_count=False), None)
    return same and heads in ({"entry", "indicators"}, {"exit", "indicators"})


def _lost_assets(spec: Json, ground: Ground) -> Iterator[Issue]:
    carried = _assets(spec)
    placed = set() if ground.partial is None else _assets(ground.partial)
    for asset in dict.fromkeys(str(fact.value) for fact in ground.facts if fact.kind == "asset"):
        if _canonical(asset, spec) not in carried and asset not in carried and not _is_ratio(asset, carried):
            severity: Severity = "error" if asset in placed else "warning"
            yield _issue(severity, "symbols", f"the request names {asset}, and the model's strategy does not use it")


def _is_ratio(asset: str, carried: set[str]) -> bool:
    """Whether `BTC/ETH` means both coins, which the strategy has."""
    bases = {each.partition("/")[0] for each in carried}
    return "/" in asset and set(asset.split("/")) <= bases


def _lost_timeframe(spec: Json, ground: Ground) -> Iterator[Issue]:
    said = timeframe_of(ground.partial or {})
    if said is not None and spec.get("timeframe") != said and "timeframe" not in ground.doubts:
        severity = _ERROR if ground.is_complete else _WARNING
        yield _issue(severity, "timeframe", f"the request says {said}, the model's strategy {spec.get('timeframe')}")


def _invented_numbers(spec: Json, ground: Ground, assumed: Sequence[str]) -> Iterator[Issue]:
    said = ground.numbers
    before = numbers_in(ground.current) if ground.current is not None else ()
    customary = numbers_in(ground.partial) if ground.partial is not None else ()
    frame, reported = timeframe_of(spec), set[tuple[str, float]]()
    for each in numbers_in(spec):
        key = (_head(each.path), each.value)
        if each.is_usual or key in reported or any(covers(path, each.path) for path in assumed):
            continue
        if any(said_as(value, each, frame) for value in said) or _is_among(each, before) or _is_pattern(spec, each):
            continue
        reported.add(key)
        if _is_among(each, customary):
            yield _issue("info", each.path, f"{each.value:g} is the customary value of a term; nobody named it")
        else:
            yield _issue(_WARNING, each.path, f"nobody named {each.value:g}, and no assumption says why it is there")


def _is_among(each: Carried, known: Sequence[Carried]) -> bool:
    """Whether the same number stands in the same field there."""
    return any(other.value == each.value and _head(other.path) == _head(each.path) for other in known)


def _is_pattern(spec: Json, each: Carried) -> bool:
    """±100 is the only value of a candlestick pattern."""
    return abs(each.value) == 100 and '"CDL' in repr(spec).replace("'", '"') and _head(each.path) in ("entry", "exit")


def _invented_assets(spec: Json, ground: Ground) -> Iterator[Issue]:
    known = {_canonical(str(fact.value), spec) for fact in ground.facts if fact.kind == "asset"}
    for source in (ground.partial, ground.current):
        known |= set() if source is None else _assets(source)
    traded = spec.get("symbols")
    for symbol in traded if isinstance(traded, list) else []:
        if known and isinstance(symbol, str) and _canonical(symbol, spec) not in known:
            yield _issue("error", "symbols", f"nobody named {symbol}, and the model's strategy trades it")


def _invented_rules(spec: Json, ground: Ground) -> Iterator[Issue]:
    """Sides, exits and targets that the offline reader did not find. Where it did not place every word, only a
    side is worth a warning: the rest may stand in the words that it left out."""
    if ground.partial is None:
        return
    severity: Severity = "error" if ground.is_complete else "warning"
    for path in _SIDES if not ground.is_complete else (*_SIDES, *_NEVER_ASSUMED):
        if value_at(spec, path) is not None and value_at(ground.partial, path) is None:
            yield _issue(severity, path, f"the request does not say {path}, and the model's strategy has it")


def _unsaid(spec: Json, ground: Ground, assumed: Sequence[str]) -> Iterator[Issue]:
    """Fields that were filled in without saying so. Numbers of theirs that were named speak for them."""
    known = (ground.partial if ground.current is None else ground.current) or {}
    said = ground.numbers
    for field, silent in _ASSUMABLE.items():
        value = spec.get(field)
        if value in (None, silent) or known.get(field) is not None:
            continue
        if any(covers(path, field) or covers(field, path) for path in assumed):
            continue
        numbers = numbers_in({field: value})
        if ground.current is not None and (field == "timeframe" or not numbers):
            continue
        if not any(said_as(number, each, timeframe_of(spec)) for number in said for each in numbers):
            yield _issue(
                "warning", field, f"without the model no {field} is found in the request; nor is it an assumption"
            )


def _assets(spec: Json) -> set[str]:
    """Every symbol that a strategy trades or reads, in its one spelling."""
    traded, indicators = spec.get("symbols"), spec.get("indicators")
    named = list(traded) if isinstance(traded, list) else []
    named += [
        each.get("symbol") for each in (indicators if isinstance(indicators, list) else []) if isinstance(each, dict)
    ]
    named.append(spec.get("benchmark"))
    return {_canonical(symbol, spec) for symbol in named if isinstance(symbol, str) and symbol != "buy_and_hold"}


def _canonical(symbol: str, spec: Json) -> str:
    from vibex.market.symbols import canonical_symbol

    try:
        return canonical_symbol(symbol, Market(str(spec.get("market") or market_of(spec))))
    except (InvalidInput, ValueError):
        return symbol


def market_of(spec: Json) -> str:
    """The market that the symbols look like, as the table of defaults sees it."""
    from vibex.strategy.drafting import fill

    filled, _ = fill({"symbols": spec.get("symbols")})
    return str(filled.get("market") or Market.CRYPTO.value)


def _head(path: str) -> str:
    return path.replace("[", ".").split(".")[0]


def _issue(severity: Severity, field: str, message: str) -> Issue:
    return Issue(severity=severity, field=field, message=message)

"""Faults by script: one line each, `<fault> [option=value …]`, refused with its line number when not understood.

Options of every fault: `at=<ms>` after the start of the simulation (default 0). Options of faults of requests:
`method=` and `path=` (`order`, without version) choose requests, `nth=<n>` the first one hit (from 1), `count=<n>`
how many (default 1), `for=<ms>` a stretch of time in which all are hit instead.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from vibex.domain.errors import InvalidInput

_SELECTORS = frozenset(("at", "for", "method", "path", "nth", "count"))

REQUEST_FAULTS: dict[str, frozenset[str]] = {
    # name: its own options. `ms` is how long, `status` an HTTP status, `html=yes` answers with a page.
    "delay": frozenset(("ms",)),
    "lose-answer": frozenset(("ms",)),
    "error-before": frozenset(("status", "html")),
    "error-after": frozenset(("status", "html")),
    "timeout": frozenset(("code", "effect")),
    "order-lag": frozenset(("ms",)),
    "rate-limit": frozenset(),
    "ban": frozenset(("ms",)),
    "maintenance": frozenset(),
    "truncate": frozenset(),
    "stale-answer": frozenset(),
    "duplicate-request": frozenset(),
}
STATE_FAULTS: dict[str, frozenset[str]] = {
    "clock-step": frozenset(("ms",)),
    "freeze-feed": frozenset(("for",)),
    "tick-size": frozenset(("symbol", "tick")),
    "price-shock": frozenset(("symbol", "percent")),
    "manual-trade": frozenset(("account", "symbol", "side", "quantity")),
    "hedge-switch": frozenset(("account",)),
    "expire-listen-key": frozenset(("account",)),
    "split": frozenset(("for",)),
    "thin-book": frozenset(("symbol", "percent", "for")),
    "wick": frozenset(("symbol", "percent")),
    "liquidation": frozenset(("account", "symbol")),
    "countdown": frozenset(("account", "symbol", "ms")),
}
STREAM_FAULTS: dict[str, frozenset[str]] = {
    "drop-events": frozenset(("count",)),
    "duplicate-events": frozenset(("count",)),
    "reorder-events": frozenset(("count",)),
    "depth-gap": frozenset(("symbol",)),
}
_NEEDED = {
    "delay": ("ms",),
    "order-lag": ("ms",),
    "clock-step": ("ms",),
    "freeze-feed": ("for",),
    "tick-size": ("symbol", "tick"),
    "price-shock": ("symbol", "percent"),
    "manual-trade": ("account", "symbol", "side", "quantity"),
    "hedge-switch": ("account",),
    "expire-listen-key": ("account",),
    "depth-gap": ("symbol",),
    "split": ("for",),
    "thin-book": ("symbol", "percent", "for"),
    "wick": ("symbol", "percent"),
    "liquidation": ("account", "symbol"),
    "countdown": ("account", "symbol", "ms"),
}
_WHOLE = frozenset(("at", "for", "nth", "count", "ms", "status", "code"))
_NUMBERS = frozenset(("tick", "percent", "quantity"))
_CHOICES = {
    "effect": ("yes", "no"),
    "html": ("yes", "no"),
    "side": ("BUY", "SELL"),
    "code": ("-1006", "-1007"),
    "method": ("GET", "POST", "PUT", "DELETE"),
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """One line of a scenario, and how often it has been looked at and used."""

    kind: str
    line: int
    options: dict[str, str]
    seen: int = 0
    used: int = 0

    def whole(self, name: str, default: int = 0) -> int:
        return int(self.options.get(name, default))

    def number(self, name: str) -> Decimal:
        return Decimal(self.options[name])

    def hits(self, method: str, path: str, elapsed_ms: int) -> bool:
        """Whether this request is one of those chosen; counts it."""
        options = self.options
        if options.get("method", method) != method or options.get("path", path) != path:
            return False
        start = self.whole("at")
        if elapsed_ms < start:
            return False
        if "for" in options:
            return elapsed_ms < start + self.whole("for")
        self.seen += 1
        if self.seen < self.whole("nth", 1) or self.used >= self.whole("count", 1):
            return False
        self.used += 1
        return True


@dataclass(slots=True)
class Script:
    """All faults of a scenario."""

    faults: list[Fault] = field(default_factory=list)

    def for_request(self, method: str, path: str, elapsed_ms: int) -> dict[str, Fault]:
        """The faults that hit this request, by kind."""
        return {
            fault.kind: fault
            for fault in self.faults
            if fault.kind in REQUEST_FAULTS and fault.hits(method, path, elapsed_ms)
        }

    def due(self, elapsed_ms: int) -> list[Fault]:
        """Faults of the venue's state whose time has come, each once, in the order of their times."""
        found = [
            fault
            for fault in self.faults
            if fault.kind in STATE_FAULTS and not fault.used and fault.whole("at") <= elapsed_ms
        ]
        for fault in found:
            fault.used += 1
        return sorted(found, key=lambda fault: fault.whole("at"))

    def next_for_stream(self, kinds: Iterable[str], elapsed_ms: int, *, symbol: str | None = None) -> Fault | None:
        """A stream fault that applies to the next event (of `symbol`, where it names one); counts it."""
        for fault in self.faults:
            ready = fault.whole("at") <= elapsed_ms and fault.used < fault.whole("count", 1)
            if fault.kind in kinds and ready and fault.options.get("symbol", symbol) == symbol:
                fault.used += 1
                return fault
        return None


def read_script(path: Path) -> Script:
    """The scenario file at `path`. Raises InvalidInput (field "scenario") naming the line."""
    try:
        return parse_script(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"cannot read {path}: {error}", field="scenario") from None


def parse_script(text: str) -> Script:
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            raise _wrong(number, str(error)) from None
        if words:
            faults.append(_fault(number, words))
    return Script(faults)


def _fault(number: int, words: list[str]) -> Fault:
    kind, known = words[0], {**REQUEST_FAULTS, **STATE_FAULTS, **STREAM_FAULTS}
    if kind not in known:
        raise _wrong(number, f"unknown fault {kind!r}", f"one of {', '.join(sorted(known))}")
    allowed = known[kind] | (_SELECTORS if kind in REQUEST_FAULTS else frozenset(("at",)))
    options: dict[str, str] = {}
    for word in words[1:]:
        name, found, value = word.partition("=")
        if not found or name not in allowed:
            raise _wrong(number, f"{kind} has no option {name!r}", f"one of {', '.join(sorted(allowed))}")
        _check_value(number, name, value)
        options[name] = value
    missing = [name for name in _NEEDED.get(kind, ()) if name not in options]
    if missing:
        raise _wrong(number, f"{kind} needs {missing[0]}=", f"{kind} {missing[0]}=…")
    return Fault(kind=kind, line=number, options=options)


def _check_value(number: int, name: str, value: str) -> None:
    if name in _CHOICES and value not in _CHOICES[name]:
        raise _wrong(number, f"{name}={value}", f"{name} is one of {', '.join(_CHOICES[name])}")
    try:
        if name in _WHOLE:
            int(value)
        elif name in _NUMBERS and not Decimal(value).is_finite():
            raise _wrong(number, f"{name}={value} is not a number")
    except (ValueError, InvalidOperation):
        raise _wrong(number, f"{name}={value} is not a number") from None


def _wrong(number: int, message: str, remedy: str | None = None) -> InvalidInput:
    return InvalidInput(f"line {number}: {message}", field="scenario", remedy=remedy)

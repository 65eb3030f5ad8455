"""One decision as it was written: each field read or its fault in words. Nothing is judged against the account here."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from vibex.agent.sanitize.broken_json import Members, NotFinite, Value
from vibex.agent.sanitize.redaction import redact
from vibex.agent.sanitize.unwrapping import folded

FIELDS = ("asset", "action", "allocation_usd", "tp_price", "sl_price", "exit_plan", "rationale")
ACTIONS = ("buy", "sell", "hold")
LONGEST_TEXT = 8_000
"""Characters of a free text that are kept."""

# Dollars and thousands as English writes them; anything else with a comma, a unit or a suffix has two readings.
_AMOUNT = re.compile(r"(-?)\$?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)", re.ASCII)
_TICKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,19}", re.ASCII)


class Fault(str):
    """Why a field cannot be used, as a clause."""

    __slots__ = ()


Number = Decimal | Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A decision as written. `asset` is the text before it is matched, `action` None when it is none of the three."""

    asset: str | None
    action: str | None
    amount: Number
    target: Number | None
    stop: Number | None
    exit_plan: str
    rationale: str
    repeated: tuple[str, ...]
    repairs: tuple[str, ...]


def read_form(item: Members, secrets: Iterable[str] = ()) -> Form:
    """The fields of one object; what is not among the seven is dropped."""
    repairs: dict[str, None] = {}
    known: dict[str, Value] = {}
    repeated: dict[str, None] = {}
    seen: set[str] = set()
    for (written, _), (key, value) in zip(item.pairs, folded(item), strict=True):
        if key in seen:
            repeated.setdefault(key if key in FIELDS else "an unknown field")
        seen.add(key)
        if key not in FIELDS:
            repairs.setdefault("unknown fields dropped")
            continue
        if written != key:
            repairs.setdefault(f"letter case of {key}")
        known.setdefault(key, value)
    reader = _Fields(known, repairs, tuple(secrets))
    return Form(
        asset=reader.asset(),
        action=reader.action(),
        amount=reader.amount(),
        target=reader.level("tp_price"),
        stop=reader.level("sl_price"),
        exit_plan=reader.text("exit_plan"),
        rationale=reader.text("rationale"),
        repeated=tuple(repeated),
        repairs=tuple(repairs),
    )


class _Fields:
    """Reads fields of one object and notes what it had to repair."""

    def __init__(self, known: dict[str, Value], repairs: dict[str, None], secrets: tuple[str, ...]) -> None:
        self._known = known
        self._repairs = repairs
        self._secrets = secrets

    def asset(self) -> str | None:
        value = self._known.get("asset")
        if not isinstance(value, str) or not _TICKER.fullmatch(value.strip()) or redact(value) != value:
            return None
        return value.strip()

    def action(self) -> str | None:
        value = self._known.get("action")
        if not isinstance(value, str) or value.strip().lower() not in ACTIONS:
            return None
        if value not in ACTIONS:
            self._repairs.setdefault("letter case of the action")
        return value.strip().lower()

    def amount(self) -> Number:
        if "allocation_usd" not in self._known:
            return Fault("allocation_usd is missing")
        read = self._number("allocation_usd", self._known["allocation_usd"])
        if not isinstance(read, Fault) and read < 0:
            return Fault("allocation_usd is below 0")
        return read

    def level(self, name: str) -> Number | None:
        if name not in self._known:
            return Fault(f"{name} is missing")
        value = self._known[name]
        if value is None:
            return None
        read = self._number(name, value)
        if isinstance(read, Fault):
            return read
        if not (math.isfinite(float(read)) and float(read) > 0):
            return Fault(f"{name} is not a price above 0")
        return read

    def text(self, name: str) -> str:
        value = self._known.get(name)
        if not isinstance(value, str):
            self._repairs.setdefault(f"{name} read as empty")
            return ""
        # Cut a little behind the end first: a secret that lies across the end is still recognised.
        text = redact(value[: LONGEST_TEXT + 500], self._secrets)
        if text != value[: LONGEST_TEXT + 500]:
            self._repairs.setdefault(f"a secret in {name} redacted")
        if len(text) > LONGEST_TEXT:
            self._repairs.setdefault(f"{name} cut")
            text = text[:LONGEST_TEXT]
        return text

    def _number(self, name: str, value: Value) -> Number:
        match value:
            case None:
                return Fault(f"{name} is null")
            case bool():
                return Fault(f"{name} is true or false, not a number")
            case NotFinite():
                return Fault(f"{name} is not finite")
            case Decimal():
                return (
                    value if name != "allocation_usd" or math.isfinite(float(value)) else Fault(f"{name} is not finite")
                )
            case str():
                found = _AMOUNT.fullmatch(value.strip()) if len(value) < 100 else None
                if found is None:
                    return Fault(f"{name} is text with a unit or more than one reading")
                self._repairs.setdefault(f"{name} read from text")
                return Decimal(found[1] + found[2].replace(",", ""))
            case _:
                return Fault(f"{name} is not a number")

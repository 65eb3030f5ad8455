"""A reading as a whole strategy: what the text left open is filled in with something harmless and called assumed."""

from __future__ import annotations

from typing import Any

from vibex.domain import InvalidSpec
from vibex.strategy.draft import Reading
from vibex.strategy.spec import parse_spec

Json = Any


def filled_in(reading: Reading) -> tuple[Json | None, list[Json]]:
    """The spec (None when the reading has an error or breaks the contract) and all issues, as JSON."""
    issues = [issue.to_json() for issue in reading.issues]
    if reading.partial is None or any(issue["severity"] == "error" for issue in issues):
        return None, issues
    spec: Json = {"version": 1, **reading.partial}
    defaults: Json = {
        "timeframe": "1h" if spec["market"] == "crypto" else "1d",
        "sizing": {"type": "fixed_percent", "value": 100},
    }
    if "stop_loss" not in reading.refused and not spec.get("trailing_stop") and spec.get("archetype") != "pairs":
        defaults["stop_loss"] = {"type": "atr", "value": 2}
    assumed = {field: value for field, value in defaults.items() if spec.get(field) is None}
    spec |= assumed
    spec["assumptions"] = [{"field": field, "value": value, "reason": "not said"} for field, value in assumed.items()]
    try:
        return parse_spec(spec).to_json_dict(), issues
    except InvalidSpec as error:
        return None, [*issues, *({"severity": "error", "field": i.field, "message": i.message} for i in error.issues)]

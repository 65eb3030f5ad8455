"""The JSON Schema of a strategy, for editors and for models that write strategies."""

from __future__ import annotations

from vibex.strategy.spec.strategy import StrategySpec


def json_schema() -> dict[str, object]:
    """JSON Schema 2020-12. It knows forms and ranges; what depends on other fields only `parse_spec` knows."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **StrategySpec.model_json_schema(by_alias=True, mode="validation"),
        "title": "StrategySpec, version 1",
    }

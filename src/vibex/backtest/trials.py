"""How many tries a result is the outcome of: the best of many looks good by luck alone."""

from __future__ import annotations

from dataclasses import dataclass

from vibex.domain import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCount:
    """Runs of one idea (`lineage`, all its versions) on the same data, this one included.

    `runs` counts every run, `distinct` those with different rules: repeating a run teaches nothing new.
    """

    lineage: str
    runs: int
    distinct: int

    def to_json(self) -> dict[str, JsonValue]:
        return {"lineage": self.lineage, "runs": self.runs, "distinct": self.distinct}

"""How often has this idea been tried on these data? The number that a result must be judged with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """Runs per lineage (one idea and all its versions) and digest of the data it was run on."""

    counts: Mapping[tuple[str, str], int] = field(default_factory=lambda: MappingProxyType({}))

    def counted(self, lineage: str, data_digest: str) -> Trials:
        """These trials and one more. Every run counts, the repetition of an unchanged version too."""
        key = (lineage, data_digest)
        return Trials(counts=MappingProxyType({**self.counts, key: self.counts.get(key, 0) + 1}))

    def of(self, lineage: str, data_digest: str) -> int:
        """How many runs of that lineage there were on those data."""
        return self.counts.get((lineage, data_digest), 0)

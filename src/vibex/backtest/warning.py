"""One thing that must be said beside the figures of a run."""

from __future__ import annotations

from dataclasses import dataclass

from vibex.domain import JsonValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning_:  # noqa: N801 - `Warning` is Python's own
    """`code` for programs, `message` for people, `data` the numbers in it."""

    code: str
    message: str
    data: dict[str, JsonValue]

    def to_json(self) -> dict[str, JsonValue]:
        return {"code": self.code, "message": self.message, **self.data}

"""Words of others as typed data: cleaned of what hides or disguises, bounded, without secrets, escaped.

JSON strings cannot break out of their object; angle brackets are escaped as well, so that no text can look like a tag
that ends an envelope or opens a role.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import datetime
from typing import Literal

from vibex.agent.context.readings import stamp
from vibex.agent.sanitize import redact
from vibex.domain import JsonValue

Kind = Literal["exit_plan", "rationale", "lesson", "news", "notes"]
LONGEST = 2_000
"""Characters of one text."""


def untrusted(kind: Kind, text: str, *, source: str, at: datetime | None) -> dict[str, JsonValue]:
    """`text` in its envelope. Control characters become spaces, invisible ones (also those that turn the direction
    of writing) are left out, and what exceeds `LONGEST` is cut and marked."""
    visible = (_visible(letter) for letter in text[: LONGEST * 2].encode("utf-8", "replace").decode())
    clean = " ".join(redact("".join(visible)).split())
    if len(clean) > LONGEST or len(text) > LONGEST * 2:
        clean = clean[: LONGEST - 1] + "…"
    return {"untrusted": kind, "source": source, "at": None if at is None else stamp(at), "text": clean}


def to_text(value: JsonValue) -> str:
    """JSON in which no angle bracket stands unescaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")


def _visible(letter: str) -> str:
    category = unicodedata.category(letter)
    if category == "Cf":
        return ""
    return " " if category[0] in "CZ" else letter

"""Words of a model on their way to people: one line of bounded plain text, without code marks or markup."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"<[^<>]{0,200}>|[<>`{}\\]|\$\(")
LONGEST = 300


def whole(text: str) -> str:
    """`text` without half characters, which cannot be sent as UTF-8."""
    return text.encode("utf-8", "replace").decode()


def plain(text: str, most: int = LONGEST) -> str:
    """`text` as one line of at most `most` characters; control characters, tags, braces and backticks are left out."""
    kept = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in _MARKS.sub(" ", text))
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"

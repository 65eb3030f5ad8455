"""Takes secrets out of a model's words: those that are known, and whatever has the shape of one."""

from __future__ import annotations

import re
from collections.abc import Iterable

MARK = "[redacted]"
_SHORTEST_KNOWN = 6
"""A known secret of fewer characters would blot out common words."""

_SHAPES = re.compile(
    r"""
    -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \b[a-z]{2,4}-[A-Za-z0-9_-]{0,100}[0-9][A-Za-z0-9_-]{15,}      # keys of model providers and their kind
    | \b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-)[A-Za-z0-9_-]{10,}
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?   # JSON web tokens
    | \b(?:0x)?[0-9a-fA-F]{40,}\b                                  # private keys, signatures, addresses
    | (?<=bearer[ ])[^\s"',;]{8,}
    | \b(?=[A-Za-z0-9+/_=-]{0,200}[0-9])(?=[A-Za-z0-9+/_=-]{0,200}[A-Za-z])[A-Za-z0-9+/_-]{32,}={0,2}
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_NAMED = re.compile(
    r"(?P<name>\b(?:api[ _-]?key|api[ _-]?secret|secret(?:[ _-]?key)?|private[ _-]?key|password|passphrase"
    r"|listen[ _-]?key|access[ _-]?token|signature)\b[\"']?\s*(?:[:=]|\bis\b)\s*)(?P<value>[\"']?[^\s\"',;}]{4,})",
    re.IGNORECASE,
)


def redact(text: str, known: Iterable[str] = ()) -> str:
    """`text` with each secret replaced by a mark.

    `known` are the secrets themselves; words of a key phrase are only recognised as a whole and when known.
    """
    for secret in sorted((each for each in known if len(each) >= _SHORTEST_KNOWN), key=len, reverse=True):
        text = text.replace(secret, MARK)
    text = _NAMED.sub(lambda found: found["name"] + MARK, text)
    return _SHAPES.sub(MARK, text)

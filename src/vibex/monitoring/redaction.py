"""Takes secrets out of what is logged: by the name of the field, by the shape of the text, and those it was told of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pydantic import SecretStr
from structlog.typing import EventDict, WrappedLogger

MARK = "[redacted]"
_SHORTEST = 6
"""A known secret of fewer characters would blot out common words."""
_DEEPEST = 20

_NAMES = (
    r"api[ _-]?key|api[ _-]?secret|secret(?:[ _-]?key)?|private[ _-]?key|mnemonic|seed[ _-]?phrase|pass(?:word|phrase)"
    r"|(?:access|refresh|setup|session)[ _-]?token|listen[ _-]?key|signature|authorization|cookie"
)
_SECRET_FIELD = re.compile(rf"(?:.*[ _-])?(?:{_NAMES}|token|x-mbx-apikey)(?:_[a-z0-9_]+)?", re.IGNORECASE)
_NAMED = re.compile(
    rf"(?P<name>(?:{_NAMES})[\"']?\s*(?:[:=]|\bis\b)\s*[\"']?(?:bearer\s+)?)(?P<value>[^\s\"',;&}}]{{4,}})",
    re.IGNORECASE,
)
_SHAPES = re.compile(
    r"""
    -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}                              # keys of model providers
    | \b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-)[A-Za-z0-9_-]{10,}
    | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?  # JSON web tokens
    | \b(?:0x)?[0-9a-fA-F]{64,}\b                                    # private keys, signatures
    | (?<=[Bb]earer[ ])[^\s"',;]{8,}
    | \b(?!0x[0-9a-fA-F]{40}\b)(?=[A-Za-z0-9]{0,200}[0-9])(?=[A-Za-z0-9]{0,200}[A-Za-z])[A-Za-z0-9]{40,}\b
    | \b(?:[a-z]{3,8}[ ]){11,23}[a-z]{3,8}\b                         # the words of a wallet
    """,
    re.VERBOSE | re.DOTALL,
)
_SELF_CHOSEN = re.compile(r"digest|checksum")
"""Fields whose long hexadecimal values this product made itself of public things."""


class Redactor:
    """What is secret in this process. `learn` it as soon as it is read; what has a secret's shape needs no telling."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: list[str] = []
        self.learn(known)

    def learn(self, secrets: Iterable[str | SecretStr | None]) -> None:
        """Never let these through again, whatever their shape; those of fewer than six characters are not told apart
        from common words."""
        found = {one.get_secret_value() if isinstance(one, SecretStr) else one for one in secrets if one is not None}
        longest_first = {*self._known, *(secret for secret in found if len(secret) >= _SHORTEST)}
        self._known = sorted(longest_first, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` with every secret replaced by a mark."""
        for secret in self._known:
            text = text.replace(secret, MARK)
        text = _NAMED.sub(lambda found: found["name"] + MARK, text)
        return _SHAPES.sub(MARK, text)

    def value(self, value: object, name: str = "", depth: int = 0) -> object:
        """`value` of a field called `name`, however deep its own values lie; what is no JSON becomes text first."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if name and _SECRET_FIELD.fullmatch(name):
            return MARK
        if isinstance(value, str):
            return self._known_only(value) if _SELF_CHOSEN.search(name) else self.text(value)
        if depth >= _DEEPEST:
            return MARK
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(one, str(key), depth + 1) for key, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(one, name, depth + 1) for one in value]
        return self.text(str(value))

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """As a processor of structlog, after exceptions became text and before anything is written."""
        return {name: self.value(value, name) for name, value in event.items()}

    def _known_only(self, text: str) -> str:
        for secret in self._known:
            text = text.replace(secret, MARK)
        return text

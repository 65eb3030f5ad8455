"""What a venue's refusal of an exit asks for. Codes are those of AsterDEX and its family; any other is OTHER."""

from __future__ import annotations

from enum import Enum

from vibex.venues import Refused


class Meaning(Enum):
    BREACHED = "the trigger is already passed"
    FLAT = "there is nothing to reduce"
    TOO_MANY = "too many orders rest already"
    STALE_RULES = "the contract's rules have changed"
    WRONG_MODE = "the position mode is another"
    MISSING = "there is no such order any more"
    OTHER = "something else"


_CODES = {
    "-2021": Meaning.BREACHED,
    "-4142": Meaning.BREACHED,
    "-2022": Meaning.FLAT,
    "-4118": Meaning.FLAT,
    "-4045": Meaning.TOO_MANY,
    "-2025": Meaning.TOO_MANY,
    "-1111": Meaning.STALE_RULES,
    "-4014": Meaning.STALE_RULES,
    "-4023": Meaning.STALE_RULES,
    "-4060": Meaning.WRONG_MODE,
    "-4061": Meaning.WRONG_MODE,
    "-2011": Meaning.MISSING,
    "-2013": Meaning.MISSING,
}


def meaning_of(refused: Refused) -> Meaning:
    return _CODES.get(refused.code, Meaning.OTHER)

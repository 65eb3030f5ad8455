"""Judges licences: what a dependency declares about itself, against what may be imported into vibex.

GPL and AGPL are refused, LGPL only passes for names in `LGPL_ALLOWED`. Where a package offers a choice ("A OR B") the
better one counts; where it combines ("A AND B") the worst does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from importlib import metadata

# Dynamically imported, unmodified, replaceable by the user: the LGPL's own condition. Name each with its reason.
LGPL_ALLOWED: dict[str, str] = {}

# Packages whose metadata names no licence; the licence file that they ship was read.
READ_BY_HAND: dict[str, str] = {"peewee": "MIT", "ta-lib": "BSD-2-Clause"}

_PERMISSIVE = re.compile(
    r"\b(0?bsd|mit(-cmu)?|apache|isc|zlib|mpl|mozilla public|psf|python software foundation|python-2\.0|hpnd|unlicense|"
    r"cnri-python|public domain|cc0|bsl-1\.0|boost|ncsa|mulan)",
    re.IGNORECASE,
)
_LINKING_EXCEPTION = re.compile(r"\bwith\b.*\bexception\b|gcc.exception", re.IGNORECASE)
_AGPL = re.compile(r"agpl|affero", re.IGNORECASE)
_LGPL = re.compile(r"lgpl|lesser general public|library general public", re.IGNORECASE)
_GPL = re.compile(r"gpl|gnu general public", re.IGNORECASE)


class Verdict(IntEnum):
    """From harmless to refused."""

    ALLOWED = 0
    UNKNOWN = 1
    LESSER = 2
    REFUSED = 3


@dataclass(frozen=True, kw_only=True)
class Licence:
    """One dependency's declared licence and what follows from it; `declared` is empty when it declares none."""

    package: str
    declared: str
    verdict: Verdict


def judge(package: str, declared: str) -> Licence:
    """The verdict on one declaration: an SPDX expression, a classifier's tail or a short free text."""
    verdict = _of_expression(declared)
    if verdict is Verdict.LESSER:
        verdict = Verdict.ALLOWED if package in LGPL_ALLOWED else Verdict.REFUSED
    return Licence(package=package, declared=declared, verdict=verdict)


def _of_expression(text: str) -> Verdict:
    """OR binds less than AND; brackets are resolved from the inside."""
    bracket = re.search(r"\(([^()]*\b(?:OR|AND)\b[^()]*)\)", text)
    if bracket:
        inner = _of_expression(bracket[1])
        return _of_expression(f"{text[: bracket.start()]}{_STAND_IN[inner]}{text[bracket.end() :]}")
    alternatives = re.split(r"\s+OR\s+", text)
    return min(max(_of_one(part) for part in re.split(r"\s+AND\s+", one)) for one in alternatives)


# One licence for each verdict, to put in place of a bracket that was judged.
_STAND_IN = {Verdict.ALLOWED: "MIT", Verdict.UNKNOWN: "", Verdict.LESSER: "LGPL-3.0", Verdict.REFUSED: "GPL-3.0"}


def _of_one(text: str) -> Verdict:
    if _AGPL.search(text):
        return Verdict.REFUSED
    if _LGPL.search(text):
        return Verdict.LESSER
    if _GPL.search(text):
        return Verdict.ALLOWED if _LINKING_EXCEPTION.search(text) else Verdict.REFUSED
    return Verdict.ALLOWED if _PERMISSIVE.search(text) else Verdict.UNKNOWN


def declared_licence(package: str, *, expression: str | None, classifiers: Iterable[str], text: str | None) -> str:
    """What the metadata says, the most exact field first: expression, classifiers, then the first line of free text.

    Several licence classifiers are alternatives by custom. The free text may be a whole licence; its head names it.
    """
    if expression:
        return expression
    tails = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
    named = [tail for tail in tails if tail != "OSI Approved"]
    if named:
        return " OR ".join(named)
    head = (text or "").strip().partition("\n")[0][:100]
    return head if head and head.upper() != "UNKNOWN" else READ_BY_HAND.get(package, "")


def installed_licence(package: str) -> Licence | None:
    """The licence of an installed distribution; None where this machine's platform does not install it."""
    try:
        found = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return None
    declared = declared_licence(
        package,
        expression=_first(found.get_all("License-Expression")),
        classifiers=found.get_all("Classifier") or [],
        text=_first(found.get_all("License")),
    )
    return judge(package, declared)


def _first(values: list[str] | None) -> str | None:
    return values[0] if values else None

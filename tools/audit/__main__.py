"""`python -m tools.audit`: both audits over requirements/runtime.lock.

Exit status: 0 nothing found, 1 a vulnerability or a refused licence, 3 the vulnerability service did not answer (for
some or all packages), so that the first question is open.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tools.audit.licences import Verdict, installed_licence
from tools.audit.vulnerabilities import ServiceUnreachable, ask

_LOCK = Path("requirements/runtime.lock")
_FOUND, _UNANSWERED = 1, 3


def locked_names(lock: str) -> list[str]:
    """The package names pinned in a lock, once each, in its order."""
    return list(dict.fromkeys(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", lock, re.MULTILINE)))


def audit_licences(names: list[str]) -> bool:
    """Prints the licences that need a look; True when one is refused."""
    licences = [(name, installed_licence(name)) for name in names]
    refused = [one for _, one in licences if one and one.verdict is Verdict.REFUSED]
    unknown = [name for name, one in licences if one and one.verdict is Verdict.UNKNOWN]
    absent = [name for name, one in licences if one is None]
    for one in refused:
        print(f"licences: REFUSED {one.package}: {one.declared}")
    if unknown:
        print(f"licences: unknown, read them by hand: {', '.join(unknown)}")
    if absent:
        print(f"licences: not installed on this platform, not judged: {', '.join(absent)}")
    print(f"licences: {len(names) - len(absent)} judged, {len(refused)} refused, {len(unknown)} unknown")
    return bool(refused)


def audit_vulnerabilities() -> int:
    """Prints what the service says and gives the exit status that follows from it."""
    try:
        answer = ask(_LOCK)
    except ServiceUnreachable as error:
        print(f"vulnerabilities: NOT CHECKED, the vulnerability service gave no answer: {error}")
        return _UNANSWERED
    for row in answer.vulnerable:
        print(f"vulnerabilities: {row}")
    if answer.unanswered:
        print(
            f"vulnerabilities: NOT CHECKED, the service has no record of: {', '.join(answer.unanswered)}\n"
            "    A package index that carries no vulnerability data gives this answer; ask again where it is reachable."
        )
    print(f"vulnerabilities: {answer.audited} packages checked, {len(answer.vulnerable)} vulnerable")
    if answer.vulnerable:
        return _FOUND
    return _UNANSWERED if answer.unanswered else 0


def main() -> int:
    refused = audit_licences(locked_names(_LOCK.read_text(encoding="utf-8")))
    status = audit_vulnerabilities()
    return _FOUND if refused else status


if __name__ == "__main__":
    sys.exit(main())

"""Asks pip-audit for known vulnerabilities of a hashed lock, and tells "none known" from "nobody could be asked"."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


class ServiceUnreachable(Exception):
    """The vulnerability service gave no answer; nothing is known about any dependency."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`vulnerable` holds "name version: identifiers"; `unanswered` the packages the service knows nothing of."""

    audited: int
    vulnerable: list[str]
    unanswered: list[str]


def ask(lock: Path) -> Answer:
    """Runs pip-audit over `lock`; ServiceUnreachable, with the last line it printed, when it has no answer."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return read_answer(run.stdout)
    except ValueError as error:
        said = run.stderr.strip().splitlines()
        raise ServiceUnreachable(said[-1] if said else f"exit status {run.returncode}, no output") from error


def read_answer(report: str) -> Answer:
    """Reads pip-audit's JSON report; ValueError when it is none.

    A package the service has no record of is skipped with exit status 0, so a package index that carries no
    vulnerability data looks like a clean result. Such packages are counted as unanswered.
    """
    dependencies = json.loads(report)["dependencies"]
    audited = [row for row in dependencies if "skip_reason" not in row]
    vulnerable = [
        f"{row['name']} {row['version']}: {', '.join(found['id'] for found in row['vulns'])}"
        for row in audited
        if row["vulns"]
    ]
    unanswered = [row["name"] for row in dependencies if "skip_reason" in row]
    return Answer(audited=len(audited), vulnerable=vulnerable, unanswered=unanswered)

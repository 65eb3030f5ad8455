"""`python -m tools.lints`: every house rule over the whole tree; exit status 1 when one is broken."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.lints.registry import RULES
from tools.lints.run import judge, tracked_files


def main() -> int:
    root = Path(__file__).resolve().parents[2]
    files = broken = 0
    for file in tracked_files(root):
        files += 1
        for code, finding in judge(file):
            broken += 1
            print(f"{file.path}:{finding.line}: {code}")
            print(f"    found:    {finding.found}\n    expected: {finding.expected}\n    reason:   {finding.reason}")
    print(f"house rules: {files} files, {len(RULES)} rules, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m vibex.testing.drills [--seeds N] [--only 1 2 3]`: the table of the 44 fault scenarios."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict

from vibex.testing.drills.catalogue import DRILLS
from vibex.testing.drills.runner import Played, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m vibex.testing.drills", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds (1)")
    parser.add_argument("--only", type=int, nargs="*", default=[], help="numbers of the drills (all)")
    chosen = parser.parse_args()
    played: dict[int, list[Played]] = defaultdict(list)
    for seed in range(1, chosen.seeds + 1):
        for one in run(seed, chosen.only):
            played[one.drill.number].append(one)
            if one.failure is not None:
                print(f"drill {one.drill.number}, seed {seed}: {one.failure}", file=sys.stderr)
    failed = 0
    for drill in DRILLS:
        runs = played[drill.number]
        if chosen.only and drill.number not in chosen.only:
            continue
        good = sum(one.failure is None for one in runs)
        failed += len(runs) - good
        result = f"{good}/{len(runs)}" if runs else "-"
        print(f"{drill.number:>2}  {drill.name:<32} {result:>8}  {drill.status}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m bench [names]`: run the named benchmarks, all without names, and print one table each."""

from __future__ import annotations

import importlib
import sys

from bench.measure import show

NAMES = ("crossover", "aster", "simulator", "venue")


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are: {' '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in names or NAMES:
        show(importlib.import_module(f"bench.{name}").figures())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the documentation tells notebook users to write."""

from __future__ import annotations

import subprocess
import sys

NOTEBOOK = """
from vibex.domain import Bars
from vibex.strategy import StrategySpec, evaluate
from vibex.backtest import run
assert callable(evaluate) and callable(run) and Bars and StrategySpec
import sys
slow = {"pandas", "numba", "pyarrow", "exchange_calendars", "talib"} & set(sys.modules)
assert not slow, slow
"""


def test_the_documented_imports_work_and_load_nothing_slow() -> None:
    subprocess.run([sys.executable, "-c", NOTEBOOK], check=True)

"""The room is cheap to enter: commands that never ask a model do not pay for HTTP or the database."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_room_loads_neither_http_nor_the_database() -> None:
    program = (
        "import sys, vibex.llm; print(*{'httpx', 'sqlalchemy', 'structlog', 'pandas', 'numba'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []

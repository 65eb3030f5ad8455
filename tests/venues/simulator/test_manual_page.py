"""The page about the simulator lists what there is: paths, faults, habits, options."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path

from vibex.cli.sim import sim
from vibex.venues.simulator.exchange import Habits
from vibex.venues.simulator.exchange.listing import LISTINGS
from vibex.venues.simulator.faults import REQUEST_FAULTS, STATE_FAULTS, STREAM_FAULTS
from vibex.venues.simulator.http import account_calls, market_calls, trade_calls

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "simulator.md").read_text("utf-8")


def test_the_page_names_every_path_and_no_other() -> None:
    listed: set[tuple[str, str]] = set()
    for room in ("market", "orders", "account"):
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| {room} |"))
        for part in row.split("|")[2].split("·"):
            method = part.split()[0]
            listed.update((method, name) for name in re.findall(r"`([^`]+)`", part))
    routes = (*market_calls.ROUTES, *trade_calls.ROUTES, *account_calls.ROUTES)
    assert listed == {(route.method, route.name) for route in routes}


def test_the_page_names_every_fault_habit_symbol_and_option() -> None:
    faults = PAGE[PAGE.index("## Faults") : PAGE.index("## What the venue")]
    cells = [line.split("|")[1] for line in faults.splitlines() if line.startswith("| `")]
    assert {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)} == {
        *REQUEST_FAULTS,
        *STATE_FAULTS,
        *STREAM_FAULTS,
    }
    assert all(f"| `{field.name}` |" in PAGE for field in fields(Habits))
    assert all(symbol in PAGE for symbol in LISTINGS)
    assert all(f"`--{name.replace('_', '-')}" in PAGE for name in inspect.signature(sim).parameters)

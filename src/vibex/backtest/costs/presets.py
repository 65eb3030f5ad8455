"""Schedules by name, read from the table that ships with the product (`presets.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

from vibex.backtest.costs.schedule import Basis, CostSchedule, Levy, Source
from vibex.domain import InvalidInput

_LEVY = "levy."


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float
    source: str
    date: date
    basis: Basis


def preset_names() -> tuple[str, ...]:
    """The names of the presets, in the order of the table."""
    return tuple(_presets())


def preset(name: str) -> CostSchedule:
    """The schedule of that name. Raises InvalidInput (field "costs") with the known names for any other."""
    found = _presets().get(name.strip().lower())
    if found is None:
        raise InvalidInput(
            f"there are no costs named {name!r}", field="costs", remedy=f"use one of {', '.join(preset_names())}"
        )
    return found


def named_costs(text: str) -> CostSchedule:
    """`NAME` or `NAME,field=value,…`, a preset with numbers of the user. Raises InvalidInput (field "costs")."""
    name, *overrides = (part.strip() for part in text.split(","))
    values: dict[str, float] = {}
    for part in overrides:
        key, _, number = part.partition("=")
        try:
            values[key.strip()] = float(number)
        except ValueError:
            raise InvalidInput(
                f"{part!r} is no override", field="costs", remedy="write NAME,taker_rate=0.0003"
            ) from None
    schedule = preset(name)
    return schedule.overridden_by(values) if values else schedule


@lru_cache(maxsize=1)
def _presets() -> dict[str, CostSchedule]:
    table = tomllib.loads(files("vibex.backtest.costs").joinpath("presets.toml").read_text("utf-8"))
    return {
        name: _schedule(name, {key: _Entry.model_validate(row) for key, row in rows.items()})
        for name, rows in table.items()
    }


def _schedule(name: str, entries: dict[str, _Entry]) -> CostSchedule:
    plain = {key: entry.value for key, entry in entries.items() if not key.startswith(_LEVY)}
    levies = tuple(
        Levy(name=key.removeprefix(_LEVY), rate=entry.value) for key, entry in entries.items() if key.startswith(_LEVY)
    )
    sources = {key: Source(page=e.source, date=e.date, basis=e.basis) for key, e in entries.items()}
    return replace(CostSchedule(name=name, levies=levies).overridden_by(plain), sources=sources)

"""Readings by hand: what a reader of words would hand over."""

from __future__ import annotations

import copy
from typing import Any

from vibex.strategy.draft import Issue, Language, Reading

Json = dict[str, Any]

RSI: Json = {"id": "rsi_14", "name": "RSI", "params": {"timeperiod": 14}}
OVERSOLD: Json = {"left": "rsi_14", "op": "crosses_below", "right": 30}
PARTIAL: Json = {
    "symbols": ["BTC/USDT"],
    "indicators": [RSI],
    "entry": {"long": OVERSOLD, "short": None},
    "exit": {"long": {"left": "rsi_14", "op": ">", "right": 55}, "short": None},
}


def partial(*without: str, **changes: object) -> Json:
    """`PARTIAL` with `changes`, lacking the fields in `without`."""
    return {key: value for key, value in copy.deepcopy(PARTIAL | changes).items() if key not in without}


def reading(
    content: Json | None,
    *,
    refused: tuple[str, ...] = (),
    issues: tuple[Issue, ...] = (),
    language: Language = "en",
) -> Reading:
    return Reading(
        text="by hand", language=language, partial=content, refused=frozenset(refused), facts=(), issues=issues
    )

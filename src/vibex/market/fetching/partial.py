"""What was fetched of a range that is not whole yet: one line of JSON per page, appended and synced at once.

A line cut short by a crash is dropped when the file is read again: its page is asked for once more.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

from vibex.domain.bars import format_ms
from vibex.domain.errors import InvalidInput
from vibex.domain.json_text import loads
from vibex.market.adjustment import ActionKind, CorporateAction
from vibex.market.fetching.rows import Rows, Span, merged, union


class PartialFile:
    """The pages of one series from one source; nothing is written before the first page."""

    def __init__(self, path: Path, columns: int) -> None:
        self.path = path
        self._columns = columns
        self._pages: list[Rows] = []
        self._spans: list[Span] = []
        self._actions: list[CorporateAction] = []
        if path.exists():
            self._read()

    @property
    def rows(self) -> Rows:
        return merged(self._pages, self._columns)

    @property
    def spans(self) -> tuple[Span, ...]:
        return union(self._spans)

    @property
    def actions(self) -> tuple[CorporateAction, ...]:
        return tuple(self._actions)

    def __len__(self) -> int:
        """Rows kept, a row in two pages counted twice."""
        return sum(len(page) for page in self._pages)

    def append(self, rows: Rows, span: Span, actions: tuple[CorporateAction, ...]) -> None:
        """Keep one page; it is on the disk when this returns."""
        line = {
            "span": span,
            "time": rows.time.tolist(),
            "cells": rows.cells.tolist(),
            "actions": [[a.symbol, a.ex_date.isoformat(), a.kind.value, a.value, a.split_adjusted] for a in actions],
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, allow_nan=False, separators=(",", ":")) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._remember(rows, span, actions)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    def _remember(self, rows: Rows, span: Span, actions: tuple[CorporateAction, ...]) -> None:
        self._pages.append(rows)
        self._spans.append(span)
        self._actions.extend(actions)

    def _read(self) -> None:
        whole, end, torn = self.path.read_bytes().rpartition(b"\n")
        if torn:
            os.truncate(self.path, len(whole) + len(end))
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                self._read_page(line.decode())
            except (ValueError, TypeError, KeyError) as error:
                raise InvalidInput(
                    f"{self.path} line {number} is no page of an earlier fetch ({error})",
                    field="data",
                    remedy="remove that file; its pages are fetched again",
                ) from None

    def _read_page(self, line: str) -> None:
        page = loads(line)
        start, stop = page["span"]
        rows = Rows.of(page["time"], page["cells"], self._columns)
        if len(rows) and not start <= rows.time[0] <= rows.time[-1] < stop:
            raise ValueError(f"a row outside {format_ms(start)} … {format_ms(stop)}")
        actions = tuple(_action(*fields) for fields in page["actions"])
        self._remember(rows, (int(start), int(stop)), actions)


def _action(symbol: str, ex_date: str, kind: str, value: float, split_adjusted: bool) -> CorporateAction:
    return CorporateAction(
        symbol=symbol,
        ex_date=date.fromisoformat(ex_date),
        kind=ActionKind(kind),
        value=value,
        split_adjusted=split_adjusted,
    )

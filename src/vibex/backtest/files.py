"""A result as a folder: result.json, trades.csv, equity.csv, report.html. A folder that is there is complete.

Everything is written into a hidden folder beside the target and renamed at the end, so that a run that is stopped
half-way leaves nothing that looks finished.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
from datetime import datetime
from pathlib import Path

from vibex.backtest.report import ReportBars, render_report
from vibex.backtest.result import BacktestResult, JsonObject
from vibex.domain import InvalidInput

RESULT, TRADES, EQUITY, REPORT = FILES = ("result.json", "trades.csv", "equity.csv", "report.html")
TRADE_COLUMNS = (
    "symbol",
    "side",
    "entry_time",
    "entry_price",
    "exit_time",
    "exit_price",
    "quantity",
    "pnl",
    "fees",
    "funding",
    "carry",
    "reason",
    "duration_s",
    "bars_held",
    "return_pct",
    "mae_pct",
    "mfe_pct",
)


def refuse_unusable_folder(folder: Path, field: str = "out") -> None:
    """Raises InvalidInput (`field`) when no result can be written to `folder`; writes nothing itself.

    A folder that holds a result and nothing else is replaced as a whole; other files are never touched.
    """
    folder = folder.expanduser().absolute()
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(f"{folder} is a file", field=field, remedy="name a folder")
    existing = next(parent for parent in folder.parents if parent.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise InvalidInput(f"{existing} cannot be written to", field=field, remedy="name a folder of your own")
    if not folder.is_dir():
        return
    try:
        found = {entry.name for entry in folder.iterdir()}
    except OSError as error:
        raise InvalidInput(f"{folder}: {error.strerror}", field=field, remedy="name a folder of your own") from None
    foreign = sorted(found - set(FILES))
    if foreign or (found and RESULT not in found):
        raise InvalidInput(
            f"{folder} holds other files ({(foreign or sorted(found))[0]})",
            field=field,
            remedy="name a new folder, or one that holds an earlier result",
        )


def write_result(result: BacktestResult, folder: Path, *, run_id: str, created_at: datetime) -> None:
    """Write all files of `result` to `folder`, replacing an earlier result. `created_at` is aware.

    Raises InvalidInput (field "out") as `refuse_unusable_folder` does, and when the disk refuses.
    """
    refuse_unusable_folder(folder)
    folder = folder.expanduser().absolute()
    writing = folder.with_name(f".{folder.name}-{run_id}.writing")
    try:
        writing.mkdir(parents=True)
        _write_files(result, writing, {"run_id": run_id, "created_at": created_at.isoformat().replace("+00:00", "Z")})
        _put_in_place(writing, folder)
    except OSError as error:
        raise InvalidInput(
            f"{folder} cannot be written: {error.strerror}",
            field="out",
            remedy="check space and rights, or name another",
        ) from error
    finally:
        shutil.rmtree(writing, ignore_errors=True)


def _put_in_place(writing: Path, folder: Path) -> None:
    """Rename the complete folder to its name; an earlier result is moved aside first, then removed."""
    if not folder.exists():
        writing.rename(folder)
        return
    earlier = writing.with_suffix(".earlier")
    folder.rename(earlier)
    try:
        writing.rename(folder)
    except OSError:
        earlier.rename(folder)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def _write_files(result: BacktestResult, folder: Path, identity: JsonObject) -> None:
    whole = {**identity, **result.to_full_json()}
    with (folder / RESULT).open("w", encoding="utf-8") as file:
        file.write(json.dumps(whole, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    with (folder / TRADES).open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, TRADE_COLUMNS, lineterminator="\n")
        rows.writeheader()
        rows.writerows(result.trade_log)
    _write_equity(result, folder / EQUITY)
    (folder / REPORT).write_text(render_report(whole, _report_bars(result)), encoding="utf-8")


def _write_equity(result: BacktestResult, path: Path) -> None:
    columns = zip(result.moments, result.outcome.equity.tolist(), result.drawdown_pct.tolist(), strict=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("timestamp,equity,drawdown_pct\n")
        file.writelines(f"{moment},{equity},{drawdown}\n" for moment, equity, drawdown in columns)


def _report_bars(result: BacktestResult) -> list[ReportBars]:
    """The bars that were tested, in the strategy's timeframe."""
    first, last = int(result.plan.time[0]), int(result.plan.time[-1])
    tested = [result.evaluation[symbol].bars.between(first, last) for symbol in result.spec.symbols]
    return [
        ReportBars(
            symbol=bars.symbol,
            timestamps=bars.open_time,
            open=bars.open,
            high=bars.high,
            low=bars.low,
            close=bars.close,
        )
        for bars in tested
    ]

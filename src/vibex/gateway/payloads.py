"""The bodies of the answers, as the OpenAPI document describes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from vibex.store import Run


class RunSummary(BaseModel):
    """One finished backtest, without its series and trades."""

    id: str = Field(description="UUIDv7")
    created_at: datetime
    strategy_name: str
    symbols: list[str]
    timeframe: str
    period_start: datetime | None = Field(description="open of the first tested bar; null when not recorded")
    period_end: datetime | None = Field(description="open of the last tested bar; null when not recorded")
    simulated: bool = Field(description="true: the prices were generated and say nothing about any market")
    summary_stats: dict[str, JsonValue] = Field(description="null stands for undefined; percentages end in `_pct`")
    digests: dict[str, str] = Field(description="SHA-256 of data, spec, settings, trades and equity")
    links: dict[str, str] = Field(description="paths of the run's files on this server")

    @classmethod
    def of(cls, run: Run) -> RunSummary:
        return cls(
            id=run.id,
            created_at=run.created_at,
            strategy_name=run.strategy_name,
            symbols=list(run.symbols),
            timeframe=run.timeframe,
            period_start=run.period_start,
            period_end=run.period_end,
            simulated=run.simulated,
            summary_stats=dict(run.summary_stats),
            digests=dict(run.digests),
            links={name: f"/runs/{run.id}/{name}" for name in RUN_FILES},
        )


class RunList(BaseModel):
    """Finished backtests, newest first."""

    runs: list[RunSummary]
    more: bool = Field(description="true: there are older ones beyond `limit`")


class Health(BaseModel):
    """The process runs and its store can be read."""

    status: Literal["ok"]
    version: str
    database: Literal["ok"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """How one file of a run's folder is served and described."""

    operation_id: str
    summary: str
    media_type: str
    schema_type: str = "string"


RUN_FILES = {
    "report.html": RunFile(
        operation_id="get_report", summary="Report, one page that works offline", media_type="text/html; charset=utf-8"
    ),
    "result.json": RunFile(
        operation_id="get_result",
        summary="Whole result, series included",
        media_type="application/json",
        schema_type="object",
    ),
    "trades.csv": RunFile(
        operation_id="get_trades", summary="Trades, one per line", media_type="text/csv; charset=utf-8"
    ),
    "equity.csv": RunFile(
        operation_id="get_equity", summary="Equity at the close of every bar", media_type="text/csv; charset=utf-8"
    ),
}

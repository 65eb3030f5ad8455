"""`vibex backtest`: a strategy on files becomes numbers on the terminal, JSON, a folder, or a stored run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vibex.cli.edge import begin, print_json

if TYPE_CHECKING:
    from vibex.backtest import BacktestResult
    from vibex.services import BacktestRequest


def backtest(
    spec: Annotated[Path, typer.Option(help="The strategy, a JSON file.")],
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[SYMBOL=]FILE",
            help="Bars, CSV or Parquet; once per symbol. Without SYMBOL files match the strategy's symbols in order. "
            "Default: the library's (vibex data list).",
        ),
    ] = None,
    capital: Annotated[float, typer.Option(help="Start capital in the account's currency.")] = 10_000.0,
    fee_bps: Annotated[float, typer.Option(help="Fee per fill, in 1/100 percent of its value.")] = 10.0,
    slippage_bps: Annotated[float, typer.Option(help="Slippage of market and stop fills, in 1/100 percent.")] = 5.0,
    lot_size: Annotated[
        float | None, typer.Option(help="Smallest quantity step; 0 = no rounding. Default: the instrument's lot.")
    ] = None,
    fractional: Annotated[bool, typer.Option("--fractional", help="Allow parts of a lot; the result says so.")] = False,
    min_notional: Annotated[float, typer.Option(help="Smallest value of an entry.")] = 0.0,
    engine: Annotated[
        Literal["native", "reference"], typer.Option(help="The compiled engine or the readable one; same bits.")
    ] = "native",
    start: Annotated[str | None, typer.Option(help="First tested bar, ISO date or datetime in UTC.")] = None,
    end: Annotated[str | None, typer.Option(help="Last tested bar; a date includes the whole day.")] = None,
    adjust: Annotated[
        Literal["raw", "split", "total"] | None,
        typer.Option(help="What equity prices are adjusted for, or with --actions shall be."),
    ] = None,
    actions: Annotated[Path | None, typer.Option(help="Splits and dividends, a CSV file.")] = None,
    extended_hours: Annotated[
        bool, typer.Option("--extended-hours", help="Keep equity bars outside the regular session.")
    ] = False,
    instruments: Annotated[Path | None, typer.Option(help="Lots, ticks and currencies of your own, CSV.")] = None,
    risk_free_rate: Annotated[float, typer.Option(help="Annual fraction: 0.02 is 2 %.")] = 0.0,
    sortino_target: Annotated[float, typer.Option(help="Annual fraction below which a return counts as loss.")] = 0.0,
    annualisation: Annotated[int | None, typer.Option(help="Sessions a year. Default: 252, crypto 365.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write result.json, CSV files and the report to this folder.")
    ] = None,
    save: Annotated[bool, typer.Option("--save", help="Keep the run under VIBEX_HOME and list it.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, progress on stderr.")] = False,
) -> None:
    """Run a strategy on price files and show what it would have done, and what was not modelled."""
    begin()
    from vibex.backtest import RunSettings
    from vibex.market import Adjustment
    from vibex.services import BacktestRequest, moment_ms
    from vibex.settings import Settings

    settings = RunSettings(
        capital=capital,
        fee_bps=fee_bps,
        slippage_bps=slippage_bps,
        lot_size=lot_size,
        fractional=fractional,
        min_notional=min_notional,
        start_ms=None if start is None else moment_ms(start, "start"),
        end_ms=None if end is None else moment_ms(end, "end", end=True),
        engine=engine,
        risk_free_rate=risk_free_rate,
        sortino_target=sortino_target,
        annualisation=annualisation,
    )
    request = BacktestRequest(
        spec=spec,
        data=data or (),
        settings=settings,
        adjustment=None if adjust is None else Adjustment(adjust),
        actions=actions,
        instruments=instruments,
        extended_hours=extended_hours,
        library=Settings().storage.bars_folder,
    )
    result, folders = _run(request, out=out, save=save)
    if json:
        print_json(result.to_json())
    else:
        from vibex.cli.result_page import show_result

        show_result(result, folders)


def _run(request: BacktestRequest, *, out: Path | None, save: bool) -> tuple[BacktestResult, list[Path]]:
    """The result and the folders it was written to."""
    from vibex.backtest.files import refuse_unusable_folder
    from vibex.cli.progress import terminal_progress
    from vibex.services import backtest as run_backtest
    from vibex.settings import Settings

    if out is not None:
        refuse_unusable_folder(out)
    if save:
        refuse_unusable_folder(Settings().storage.runs_folder / "new", "VIBEX_HOME")
    folders = []
    with terminal_progress() as progress:
        result = run_backtest(request, progress)
        if out is not None or save:
            progress.report(3, 3, "writing the result")
            folders = _write(result, out=out, save=save)
    return result, folders


def _write(result: BacktestResult, *, out: Path | None, save: bool) -> list[Path]:
    from vibex.domain import SystemClock

    clock = SystemClock()
    folders = []
    if out is not None:
        from vibex.backtest.files import write_result
        from vibex.domain import new_id

        write_result(result, out, run_id=new_id(clock), created_at=clock.now())
        folders.append(out)
    if save:
        import asyncio

        from vibex.services import save_run
        from vibex.settings import Settings

        folders.append(asyncio.run(save_run(result, Settings().storage, clock)))
    return folders

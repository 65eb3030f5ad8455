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
    fee_bps: Annotated[
        float | None, typer.Option(help="Fee per fill, in 1/100 percent of its value. Default: 10.", show_default=False)
    ] = None,
    maker_fee_bps: Annotated[
        float | None, typer.Option(help="Fee of resting limit orders; may be negative. Default: as --fee-bps.")
    ] = None,
    costs: Annotated[
        str | None,
        typer.Option(
            metavar="NAME[,FIELD=VALUE…]",
            help="A named schedule instead of --fee-bps: aster, binance-usdm, bybit, okx, hyperliquid, us-equities, "
            "hk-equities; single numbers may be overridden.",
        ),
    ] = None,
    spread_bps: Annotated[float, typer.Option(help="Bid-ask spread; half of it is added to the slippage.")] = 0.0,
    borrow_bps_year: Annotated[
        float | None, typer.Option(help="What borrowed shares cost a year, for shorts of equities.")
    ] = None,
    volume_cap: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Largest share of a bar's volume that is filled: 0.1 = 10 %.")
    ] = None,
    impact: Annotated[float, typer.Option(metavar="K", help="Price impact K × share², with --volume-cap.")] = 0.0,
    target: Annotated[
        Literal["limit", "market"], typer.Option(help="Take-profits rest as limits, or are sent as market orders.")
    ] = "limit",
    target_through: Annotated[
        int, typer.Option(metavar="TICKS", help="Ticks by which a target must be traded through to fill.")
    ] = 0,
    tie: Annotated[
        Literal["stop", "target", "nearer"],
        typer.Option(help="What fills first when one bar holds stop and target: nearer = the extreme near the open."),
    ] = "stop",
    detail: Annotated[
        list[str] | None,
        typer.Option(metavar="[SYMBOL=]FILE", help="Bars of a finer timeframe, which settle such bars."),
    ] = None,
    funding: Annotated[
        list[str] | None, typer.Option(metavar="[SYMBOL=]FILE", help="Funding rates of a perpetual.")
    ] = None,
    mark: Annotated[
        list[str] | None,
        typer.Option(metavar="[SYMBOL=]FILE", help="Mark-price bars: stops and liquidation are tested on them."),
    ] = None,
    liquidation: Annotated[
        bool, typer.Option("--liquidation", help="Liquidate by maintenance margin; needs --brackets.")
    ] = False,
    brackets: Annotated[Path | None, typer.Option(help="Leverage brackets of the venue, a CSV file.")] = None,
    margin: Annotated[Literal["cross", "isolated"], typer.Option(help="What backs a position.")] = "cross",
    liquidation_fee_bps: Annotated[float, typer.Option(help="Fee of a liquidation, on top of the taker's.")] = 0.0,
    tick_size: Annotated[float | None, typer.Option(help="Price step of all symbols, instead of their own.")] = None,
    entry_order: Annotated[
        str, typer.Option(metavar="symbol|random:SEED", help="Who is served first when cash does not suffice for all.")
    ] = "symbol",
    holdout: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Keep the last part of history out of the run, such as 20%.")
    ] = None,
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
    from vibex.backtest.costs import named_costs
    from vibex.backtest.series_files import SeriesFiles
    from vibex.market import Adjustment
    from vibex.services import BacktestRequest, moment_ms
    from vibex.settings import Settings

    _refuse_two_fees(fee_bps, costs)
    settings = RunSettings(
        capital=capital,
        fee_bps=10.0 if fee_bps is None else fee_bps,
        maker_fee_bps=maker_fee_bps,
        costs=None if costs is None else named_costs(costs),
        slippage_bps=slippage_bps,
        spread_bps=spread_bps,
        borrow_bps_year=borrow_bps_year,
        volume_cap=volume_cap,
        impact=impact,
        target=target,
        target_through=target_through,
        tie=tie,
        entry_order=entry_order,
        liquidation=liquidation,
        margin=margin,
        liquidation_fee_bps=liquidation_fee_bps,
        tick_size=tick_size,
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
        series=SeriesFiles(funding=funding or (), mark=mark or (), detail=detail or (), brackets=brackets),
        holdout=holdout,
        library=Settings().storage.bars_folder,
    )
    result, folders = _run(request, out=out, save=save)
    if json:
        print_json(result.to_json())
    else:
        from vibex.cli.result_page import show_result

        show_result(result, folders)


def _refuse_two_fees(fee_bps: float | None, costs: str | None) -> None:
    from vibex.domain import InvalidInput

    if fee_bps is not None and costs is not None:
        raise InvalidInput(
            "--fee-bps and --costs exclude each other",
            field="costs",
            remedy="override the schedule, as in --costs aster,taker_rate=0.0003",
        )


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

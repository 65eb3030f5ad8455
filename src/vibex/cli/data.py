"""`vibex data`: price files in, fetched, inspected, generated and listed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vibex.cli.edge import begin, print_json
from vibex.cli.fetch import fetch

if TYPE_CHECKING:
    from rich.table import Table

    from vibex.market import DataQuality

MarketName = Literal["crypto", "us_equity", "hk_equity"]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
SIMULATED = "SIMULATED"

app = typer.Typer(
    help="Import, fetch, inspect, generate and list price files.", no_args_is_help=True, rich_markup_mode=None
)


app.command()(fetch)


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Bars, CSV or Parquet.")],
    symbol: Annotated[str, typer.Option(help="Such as BTC/USDT, SPY, 0700.HK.")],
    market: Annotated[MarketName, typer.Option(help="Where it trades.")],
    adjust: Annotated[
        Literal["raw", "split", "total"] | None, typer.Option(help="What equity prices are adjusted for.")
    ] = None,
    timeframe: Annotated[str | None, typer.Option(help="Keep coarser bars than the file has: 5m, 1h, 1d …")] = None,
) -> None:
    """Check a price file, repair what may be repaired, and keep it under VIBEX_HOME."""
    begin()
    from vibex.domain import Market, Timeframe
    from vibex.market import Adjustment, import_file
    from vibex.settings import Settings

    path, read = import_file(
        file,
        Settings().storage.bars_folder,
        symbol=symbol,
        market=Market(market),
        adjustment=None if adjust is None else Adjustment(adjust),
        timeframe=None if timeframe is None else Timeframe.parse(timeframe),
    )
    mended = f"{read.repairs.duplicates_dropped} duplicates dropped, {read.repairs.widened_rows} rows widened"
    typer.echo(f"{len(read.bars)} bars of {read.bars.timeframe} read, {mended}\nkept as {path}")


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(help="Bars, CSV or Parquet.")],
    market: Annotated[MarketName | None, typer.Option(help="Whose calendar tells what is a gap.")] = None,
    json: Json = False,
) -> None:
    """Report gaps, repairs and bad rows; exit code 1 when a run would refuse one of the files."""
    begin()
    from vibex.domain import Market
    from vibex.market import inspect_file

    seen = [inspect_file(path, None if market is None else Market(market)) for path in files]
    if json:
        print_json({"files": [inspection.to_json() for inspection in seen]})
    else:
        from rich.console import Console

        console = Console(highlight=False)
        for inspection in seen:
            if inspection.refusal is not None:
                remedy = f"\n  try: {inspection.refusal.remedy}" if inspection.refusal.remedy else ""
                console.print(f"{inspection.path}: REFUSED: {inspection.refusal.message}{remedy}", markup=False)
            elif inspection.quality is not None:
                console.print(_quality_table(inspection.path, inspection.quality))
    raise typer.Exit(1 if any(inspection.refusal for inspection in seen) else 0)


@app.command()
def generate(
    symbol: Annotated[str, typer.Option(help="Such as BTC/USDT, SPY, 0700.HK.")],
    market: Annotated[MarketName, typer.Option(help="Whose calendar and character.")] = "crypto",
    timeframe: Annotated[str, typer.Option(help="1m, 5m, 15m, 30m, 1h, 4h, 1d or 1w.")] = "1h",
    start: Annotated[str, typer.Option(help="First bar, ISO date or datetime in UTC.")] = "2020-01-01",
    bars: Annotated[int, typer.Option(help="How many bars.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bars.")] = 1,
    out: Annotated[Path | None, typer.Option(help="FILE.parquet. Default: the library under VIBEX_HOME.")] = None,
    funding_out: Annotated[Path | None, typer.Option(help="Write funding rates to this CSV file.")] = None,
) -> None:
    """Generate simulated prices from a seed: regimes, clustered volatility, fat tails, gaps, funding."""
    begin()
    from datetime import UTC, datetime

    from vibex.domain import Market, Timeframe
    from vibex.market import generate_file
    from vibex.services import moment_ms
    from vibex.settings import Settings

    path, made = generate_file(
        out or Settings().storage.bars_folder,
        seed=seed,
        symbol=symbol,
        market=Market(market),
        timeframe=Timeframe.parse(timeframe),
        start=datetime.fromtimestamp(moment_ms(start, "start") / 1000, UTC),
        bars=bars,
        funding=funding_out,
    )
    typer.echo(f"{SIMULATED}: {len(made.bars)} bars of {made.bars.symbol} {made.bars.timeframe}\nkept as {path}")


@app.command("list")
def list_(json: Json = False) -> None:
    """List the bars that are kept under VIBEX_HOME."""
    begin()
    from rich.console import Console
    from rich.table import Table

    from vibex.domain import format_ms
    from vibex.market import list_library
    from vibex.settings import Settings

    folder = Settings().storage.bars_folder
    rows: list[dict[str, object]] = [
        {
            "symbol": entry.symbol,
            "market": entry.market.value,
            "kind": entry.series.value,
            "timeframe": None if entry.timeframe is None else entry.timeframe.value,
            "rows": entry.rows,
            "first": format_ms(entry.first_ms),
            "last": format_ms(entry.last_ms),
            "adjustment": None if entry.adjustment is None else entry.adjustment.value,
            "simulated": entry.simulated,
            "source": entry.source,
            "file": str(entry.path),
        }
        for entry in list_library(folder)
    ]
    if json:
        print_json({"folder": str(folder), "bars": rows})
        return
    if not rows:
        typer.echo(f"no bars in {folder}\ntry: vibex data fetch BTC/USDT --start 2024-01-01, or vibex data import FILE")
        return
    table = Table("Symbol", "Market", "Kind", "Step", "Rows", "From", "To", "Adj.", "Source", box=None, pad_edge=False)
    for name in (5, 6, 8):  # dates and SIMULATED are read whole
        table.columns[name].no_wrap = True
    for row in rows:
        shown = [row[name] or "" for name in ("symbol", "market", "kind", "timeframe", "rows")]
        shown += [str(row["first"])[:10], str(row["last"])[:10]]
        shown += [row["adjustment"] or "", SIMULATED if row["simulated"] else row["source"] or "imported"]
        table.add_row(*(str(cell) for cell in shown))
    Console(highlight=False).print(table)


def _quality_table(path: Path, quality: DataQuality) -> Table:
    from rich.table import Table
    from rich.text import Text

    title = f"{path.name}  {SIMULATED}" if quality.simulated else path.name
    table = Table(title=Text(title), title_justify="left", show_header=False)
    for name, value in quality.to_json().items():
        if name in ("source", "simulated"):
            continue
        table.add_row(name.replace("_", " "), Text(_words(value)))
    return table


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')} {_words(part)}" for name, part in value.items())
    if value is None:
        return "not known"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)

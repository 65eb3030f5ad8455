"""`vibex data fetch`: public prices into the library, with the progress of the download and where to go on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vibex.cli.edge import begin, print_json

if TYPE_CHECKING:
    from vibex.domain import Market, Timeframe
    from vibex.market.fetching import Fetched, FetchRequest

INTERRUPTED = 130


def fetch(
    symbol: Annotated[str, typer.Argument(help="Such as BTC/USDT, 0700.HK, SPY.")],
    start: Annotated[str, typer.Option(help="First bar, ISO date or datetime in UTC.")],
    end: Annotated[
        str | None, typer.Option(help="Last bar; a date includes the whole day. Default: the last that is final.")
    ] = None,
    timeframe: Annotated[str, typer.Option(help="1m, 5m, 15m, 30m, 1h, 4h, 1d or 1w.")] = "1h",
    kind: Annotated[
        Literal["bars", "mark", "funding", "all"],
        typer.Option(help="Traded prices, mark prices, funding rates, or all that the source has."),
    ] = "bars",
    source: Annotated[
        Literal["aster", "binanceusdm", "bybit", "okx", "hyperliquid", "yfinance"] | None,
        typer.Option(help="Who is asked. Default: aster for crypto, yfinance for shares."),
    ] = None,
    market: Annotated[
        Literal["crypto", "us_equity", "hk_equity"] | None,
        typer.Option(help="Where it trades, if the symbol does not say."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Fetch anew; the library's file then holds this range alone.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout, progress on stderr.")] = False,
) -> None:
    """Bring public prices into the library, without keys. A second call goes on where the first one stopped."""
    begin()
    from vibex.cli.progress import terminal_progress
    from vibex.domain import Market, SystemClock, Timeframe
    from vibex.services import fetch_prices
    from vibex.settings import Settings

    where = Market(market) if market else _market_of(symbol, source)
    named = source or ("yfinance" if where.is_equity else "aster")
    wanted = _requests(symbol, where, Timeframe.parse(timeframe), kind, start=start, end=end, replace=replace)
    done: list[Fetched] = []

    async def bring() -> None:
        with terminal_progress() as progress:
            coming = fetch_prices(wanted, named, Settings(), SystemClock(), progress, all_published=kind == "all")
            async for one in coming:
                done.append(one)
                typer.echo("" if json else "\n".join(_lines(one)), nl=not json)

    try:
        asyncio.run(bring())
    except KeyboardInterrupt:
        typer.echo("\nInterrupted. What has come is kept: run the same command again to go on.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if json:
        print_json({"fetched": [one.to_json() for one in done]})


def _market_of(symbol: str, source: str | None) -> Market:
    """From the symbol's spelling or the source. Raises InvalidInput (field "market") where neither says."""
    from vibex.domain import InvalidInput, Market
    from vibex.market import market_of

    spelled = market_of(symbol)
    if spelled is not None:
        return spelled
    if source is not None:
        return Market.US_EQUITY if source == "yfinance" else Market.CRYPTO
    raise InvalidInput(
        f"{symbol!r} may be a share or a coin",
        field="market",
        remedy=f"add --market us_equity, or write the coin as {symbol.upper()}/USDT",
    )


def _requests(
    symbol: str, market: Market, timeframe: Timeframe, kind: str, *, start: str, end: str | None, replace: bool
) -> list[FetchRequest]:
    from vibex.market import Series, canonical_symbol
    from vibex.market.fetching import FetchRequest
    from vibex.services import moment_ms

    return [
        FetchRequest(
            symbol=canonical_symbol(symbol, market),
            market=market,
            series=series,
            timeframe=None if series is Series.FUNDING else timeframe,
            start_ms=moment_ms(start, "start"),
            end_ms=None if end is None else moment_ms(end, "end", end=True),
            replace=replace,
        )
        for series in Series
        if kind in ("all", series)
    ]


def _lines(one: Fetched) -> list[str]:
    """What the library holds now, and what is missing in it."""
    from vibex.domain import format_ms

    came = f"{one.new_rows} new" if one.pages else "nothing to fetch, it was complete"
    held = f"{one.rows} {one.request.what} from {one.source} ({came})"
    mark = "SIMULATED: " if one.simulated else ""
    lines = [f"{mark}{held}, {format_ms(one.first_ms)} to {format_ms(one.last_ms)}"]
    if one.first_ms - one.request.start_ms > _allowance_ms(one.request):
        lines.append(f"  {one.source} has none before {format_ms(one.first_ms)}")
    if one.gaps is not None and one.gaps.count:
        since = "" if one.gaps.longest_from_ms is None else f" from {format_ms(one.gaps.longest_from_ms)}"
        missing = f"{one.gaps.missing_bars} bars missing, at most {one.gaps.longest_bars} in a row{since}"
        lines.append(f"  {one.gaps.count} gaps: {missing}")
    if one.widened_rows:
        lines.append(f"  {one.widened_rows} rows: high or low widened to contain open and close")
    if one.actions is not None:
        lines.append(f"  splits and dividends in {one.actions}")
    return [*lines, f"  kept as {one.path}"]


def _allowance_ms(request: FetchRequest) -> int:
    """How late a first row may stand without being late: one step, or a week with holidays where markets close."""
    from vibex.domain.timeframe import DAY_MS

    if request.market.is_equity:
        return 7 * DAY_MS
    return DAY_MS // 3 if request.timeframe is None else request.timeframe.ms

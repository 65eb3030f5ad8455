"""`vibex venue`: look at a venue, and check that it behaves as the reference says. Nothing here changes anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from vibex.cli.edge import print_json

if TYPE_CHECKING:
    from decimal import Decimal

    from vibex.testing.conformance import Report, Result
    from vibex.venues import BookSnapshot, Venue
    from vibex.venues.opening import OpenVenue
    from vibex.venues.reports import FundingRate, MarkPrice

T = TypeVar("T")

Name = Annotated[
    str | None,
    typer.Argument(
        help="paper, simulator, aster, binanceusdm, bybit, okx, hyperliquid, aster-ccxt. Default: the one there are "
        "keys of, else paper."
    ),
]
Symbol = Annotated[str | None, typer.Argument(help="Such as BTC/USDT. Default: the venue's contract on BTC.")]
Testnet = Annotated[bool, typer.Option("--testnet", help="The venue's test network, whatever the settings say.")]
Url = Annotated[str | None, typer.Option(help="Another address of AsterDEX, or a simulator on this machine.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]

app = typer.Typer(help="Look at a venue and check it; reads only.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def check(
    name: Name = None, symbol: Symbol = None, testnet: Testnet = False, url: Url = None, json: Json = False
) -> None:
    """Play the read-only conformance cards with your keys, if there are any, and say what differs from the reference.

    Exit codes: 0 no card failed, 1 a card failed or the venue cannot be reached, 2 the question cannot be asked.
    """
    name = _named(name)
    from vibex.cli.progress import terminal_progress
    from vibex.testing.conformance import READ_ONLY, run

    async def play(opened: OpenVenue) -> tuple[Report, str]:
        chosen = await _symbol(opened.venue, symbol)
        with terminal_progress() as progress:
            done = iter(range(1, len(READ_ONLY) + 1))
            report = await run(
                opened.venue,
                cards=READ_ONLY,
                symbol=chosen,
                has_account=opened.has_account,
                on_result=lambda result: progress.report(next(done), len(READ_ONLY), result.card.title),
            )
        return report, opened.network

    report, network = _with_venue(name, play, testnet=testnet, url=url)
    if json:
        print_json(
            {
                "venue": name,
                "network": network,
                "symbol": report.symbol,
                "passed": report.passed,
                "cards": [_card(one) for one in report.results],
            }
        )
    else:
        typer.echo(f"{name} ({network})\n{report.table()}")
    raise typer.Exit(0 if report.passed else 1)


@app.command()
def instruments(
    name: Name = None, symbol: Symbol = None, testnet: Testnet = False, url: Url = None, json: Json = False
) -> None:
    """List the contracts of a venue with their rules."""
    name = _named(name)

    async def read(opened: OpenVenue) -> Sequence[dict[str, object]]:
        found = await opened.venue.instruments()
        if symbol is not None:
            found = [one for one in found if one.symbol == symbol]
            if not found:
                raise _unknown(name, symbol)
        return [
            {
                "symbol": one.symbol,
                "venue_symbol": one.venue_symbol,
                "status": one.status,
                "trading": one.is_trading,
                "tick": _text(one.tick),
                "lot": _text(one.lot),
                "min_quantity": _text(one.min_quantity),
                "max_quantity": _text(one.max_quantity),
                "min_notional": _text(one.min_notional),
            }
            for one in sorted(found, key=lambda one: one.symbol)
        ]

    rows = _with_venue(name, read, testnet=testnet, url=url)
    if json:
        print_json({"venue": name, "instruments": rows})
        return
    _print_table(("symbol", "venue_symbol", "status", "tick", "lot", "min_quantity", "min_notional"), rows)


@app.command()
def book(
    name: Name = None,
    symbol: Symbol = None,
    depth: Annotated[int, typer.Option(min=1, max=1000, help="Levels of each side.")] = 10,
    testnet: Testnet = False,
    url: Url = None,
    json: Json = False,
) -> None:
    """Show the order book of a contract, best prices in the middle."""
    name = _named(name)

    async def read(opened: OpenVenue) -> BookSnapshot:
        return await opened.venue.order_book(await _symbol(opened.venue, symbol), depth)

    found = _with_venue(name, read, testnet=testnet, url=url)
    bids, asks = found.bids[:depth], found.asks[:depth]
    if json:
        print_json(
            {
                "venue": name,
                "symbol": found.symbol,
                "time": None if found.event_at is None else found.event_at.isoformat(),
                "bids": [[_text(level.price), _text(level.quantity)] for level in bids],
                "asks": [[_text(level.price), _text(level.quantity)] for level in asks],
            }
        )
        return
    sides = [("ask", level) for level in reversed(asks)] + [("bid", level) for level in bids]
    typer.echo(f"{found.symbol} on {name}")
    _print_table(
        ("side", "price", "quantity"),
        [{"side": side, "price": _text(one.price), "quantity": _text(one.quantity)} for side, one in sides],
    )


@app.command()
def funding(
    name: Name = None,
    symbol: Symbol = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="How far to look back.")] = 3,
    testnet: Testnet = False,
    url: Url = None,
    json: Json = False,
) -> None:
    """Show the mark price, the next funding, and what was settled. Longs pay when a rate is above 0."""
    name = _named(name)
    from datetime import UTC, timedelta

    from vibex.domain import SystemClock

    async def read(opened: OpenVenue) -> tuple[MarkPrice, Sequence[FundingRate]]:
        chosen = await _symbol(opened.venue, symbol)
        now = SystemClock().now()
        mark = await opened.venue.mark_price(chosen)
        return mark, await opened.venue.funding_history(chosen, now - timedelta(days=days), now)

    mark, settled = _with_venue(name, read, testnet=testnet, url=url)
    rate = None if mark.funding_rate is None else _text(mark.funding_rate)
    following = None if mark.next_funding_at is None else mark.next_funding_at.astimezone(UTC)
    rows: list[dict[str, object]] = [{"time": one.event_at.isoformat(), "rate": _text(one.rate)} for one in settled]
    if json:
        print_json(
            {
                "venue": name,
                "symbol": mark.symbol,
                "mark_price": _text(mark.mark_price),
                "next_rate": rate,
                "next_at": None if following is None else following.isoformat(),
                "settled": rows,
            }
        )
        return
    when = "" if following is None else f" at {following:%Y-%m-%d %H:%M} UTC"
    typer.echo(f"{mark.symbol} on {name}: mark {_text(mark.mark_price)}, next funding {rate or 'not told'}{when}")
    if rows:
        _print_table(("time", "rate"), rows)
    else:
        typer.echo(f"nothing was settled in {days} days")


def _named(name: str | None) -> str:
    """The venue asked for, else the default one."""
    if name is not None:
        return name
    from vibex.settings import Settings
    from vibex.venues.opening import default_venue

    return default_venue(Settings())


def _card(result: Result) -> dict[str, object]:
    """`words`: why the card was skipped, or what was seen when it failed."""
    differs = result.difference
    return {
        "number": result.card.number,
        "title": result.card.title,
        "status": result.status.value,
        "words": result.words,
        "difference": None
        if differs is None
        else {"expected": differs.expected, "seen": differs.seen, "where": differs.where},
    }


def _with_venue(name: str, use: Callable[[OpenVenue], Awaitable[T]], *, testnet: bool, url: str | None) -> T:
    from vibex.domain import SystemClock
    from vibex.settings import Settings
    from vibex.venues.opening import open_venue

    async def run() -> T:
        async with open_venue(name, Settings(), SystemClock(), testnet=testnet, url=url) as opened:
            return await use(opened)

    return asyncio.run(run())


async def _symbol(venue: Venue, asked: str | None) -> str:
    """The symbol asked for, else the venue's perpetual on BTC, else its first one."""
    if asked is not None:
        return asked
    listed = [one.symbol for one in await venue.instruments()]
    on_btc = [one for one in ("BTC/USDT", "BTC/USDC") if one in listed]
    if not listed:
        from vibex.domain import RetryLater

        raise RetryLater(f"{venue.profile.name} lists no contract at the moment")
    return (on_btc or listed)[0]


def _unknown(name: str, symbol: str) -> Exception:
    from vibex.domain import InvalidInput

    return InvalidInput(
        f"{name} has no {symbol!r}", field="symbol", remedy=f"`vibex venue instruments {name}` lists them"
    )


def _text(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _print_table(columns: Sequence[str], rows: Sequence[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*(column.replace("_", " ") for column in columns), box=None)
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    Console(highlight=False).print(table)

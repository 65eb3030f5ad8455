"""Public prices without a key: which source answers for which name, and what it brings into the library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from vibex.domain import Clock, Market, NotSupported
from vibex.domain.ports import Progress

if TYPE_CHECKING:
    from vibex.market.fetching import Fetched, FetchRequest, PriceSource
    from vibex.settings import Settings


SOURCES = ("aster", "binanceusdm", "bybit", "okx", "hyperliquid", "yfinance")
"""Who is asked for public prices."""


@asynccontextmanager
async def open_prices(name: str, market: Market, settings: Settings, clock: Clock) -> AsyncIterator[PriceSource]:
    """The source of `name`, one of SOURCES, for the symbols of `market`, without keys.

    Raises NotSupported for a source that does not have that market.
    """
    if (name == "yfinance") != market.is_equity:
        raise NotSupported(
            f"{name} has no prices of {market} here",
            field="source",
            remedy="--source yfinance" if market.is_equity else f"one of {', '.join(SOURCES[:-1])}",
        )
    async with AsyncExitStack() as closing:
        if name == "yfinance":
            from vibex.market.sources.yahoo import YahooPrices

            yield YahooPrices(market, clock, settings.storage.home / "cache" / "yfinance")
        elif name == "aster":
            from vibex.market.sources.venue import VenuePrices
            from vibex.venues.aster import public_config
            from vibex.venues.aster.client import AsterVenue

            config = public_config(settings.aster)
            venue = AsterVenue(config, clock)
            closing.push_async_callback(venue.close)
            yield VenuePrices(name, venue.market, clock, is_simulated=config.is_local)
        else:
            yield _through_ccxt(name, clock, closing)


def _through_ccxt(name: str, clock: Clock, closing: AsyncExitStack) -> PriceSource:
    from vibex.market import Series
    from vibex.market.sources.venue import VenuePrices
    from vibex.venues.ccxt import open_ccxt

    venue = open_ccxt(name, clock, mainnet=True)
    closing.push_async_callback(venue.close)
    reads = venue.market.reads
    return VenuePrices(
        name,
        venue.market,
        clock,
        series=[one for one in Series if one is not Series.MARK or reads.mark_page is not None],
        bars_a_page=reads.bars_page,
        rates_a_page=reads.rates_page,
    )


async def fetch_prices(
    requests: Sequence[FetchRequest],
    source: str,
    settings: Settings,
    clock: Clock,
    progress: Progress | None = None,
    *,
    all_published: bool = False,
) -> AsyncIterator[Fetched]:
    """Have the range of each request (all of one market) in the library, in their order, as `market.fetching` says;
    each is told when it is there.

    With `all_published` the series that the source does not publish are left out instead of refused.
    """
    from vibex.market.fetching import fetch

    async with open_prices(source, requests[0].market, settings, clock) as prices:
        for request in requests:
            if not all_published or request.series in prices.series:
                yield await fetch(request, prices, clock, settings.storage.bars_folder, progress)

"""US and Hong Kong shares from Yahoo Finance, through yfinance.

Yahoo's prices without yfinance's `auto_adjust` are adjusted for splits, all of them up to today, and not for dividends;
its dividends count in today's shares. Sources: yfinance's manual, "Price adjustment", and Yahoo's own note under its
tables ("Close price adjusted for splits").
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vibex.domain.clock import Clock
from vibex.domain.errors import InvalidInput, NotSupported, RetryLater
from vibex.domain.instrument import Market
from vibex.domain.timeframe import DAY_MS, Timeframe
from vibex.market.adjustment import ActionKind, Adjustment, CorporateAction
from vibex.market.fetching.rows import Rows
from vibex.market.fetching.source import Page, PageQuery
from vibex.market.series import Series

if TYPE_CHECKING:
    import pandas as pd

    Download = Callable[[str, str, datetime, datetime], pd.DataFrame]
    """Ticker, interval, start, end (excluded) → yfinance's table for them."""

# Days that Yahoo keeps bars of a length for, and the days asked for at once.
_KEPT_AND_PAGE_DAYS = {
    Timeframe.M1: (30, 7),
    Timeframe.M5: (60, 50),
    Timeframe.M15: (60, 50),
    Timeframe.M30: (60, 50),
    Timeframe.H1: (730, 365),
    Timeframe.D1: (None, 3650),
}
_COLUMNS = ("Open", "High", "Low", "Close", "Volume")


class YahooPrices:
    """One market's shares. A page asks for whole days; rows without prices, which Yahoo has for halts, are no bars."""

    name = "yfinance"
    series = (Series.BARS,)
    adjustment = Adjustment.SPLIT
    settling_s = 12 * 3600.0  # late trades reach Yahoo's volume until the evening
    is_simulated = False

    def __init__(self, market: Market, clock: Clock, cache: Path, download: Download | None = None) -> None:
        """`cache` is the folder for what yfinance remembers; `download` asks somebody else, for tests."""
        self._market = market
        self._clock = clock
        self._cache = cache
        self._download = download or self._ask_yahoo

    async def page(self, query: PageQuery) -> Page:
        import asyncio

        if query.timeframe not in _KEPT_AND_PAGE_DAYS:
            raise NotSupported(
                f"Yahoo has no {query.timeframe} bars that can be relied on",
                field="timeframe",
                remedy="fetch 1h or 1d: a backtest makes the coarser bars of them",
            )
        kept_days, page_days = _KEPT_AND_PAGE_DAYS[query.timeframe]
        self._refuse_too_old(query, kept_days)
        last = min(query.end_ms, query.start_ms // DAY_MS * DAY_MS + page_days * DAY_MS - 1)
        # Regular sessions in New York and Hong Kong lie within one day of UTC, which has their date.
        start, end = _day(query.start_ms), _day(last) + timedelta(days=1)
        table = await asyncio.to_thread(self._download, self._ticker(query.symbol), query.timeframe.value, start, end)
        rows = _rows(table, query.timeframe).within(query.start_ms, last)
        return Page(rows=rows, final_to_ms=last, actions=_actions(table, query.symbol, _day(last).date()))

    def _refuse_too_old(self, query: PageQuery, kept_days: int | None) -> None:
        if kept_days is None:
            return
        earliest = self._clock.now() - timedelta(days=kept_days)
        if query.start_ms < earliest.timestamp() * 1000:
            first = (earliest + timedelta(days=1)).date()
            raise InvalidInput(
                f"Yahoo keeps {query.timeframe} bars for {kept_days} days only",
                field="start",
                remedy=f"begin on {first} or later, or fetch coarser bars",
            )

    def _ticker(self, symbol: str) -> str:
        """`BRK.B` → `BRK-B`; Hong Kong's codes are Yahoo's own."""
        return symbol.replace(".", "-") if self._market is Market.US_EQUITY else symbol

    def _ask_yahoo(self, ticker: str, interval: str, start: datetime, end: datetime) -> pd.DataFrame:
        import pandas as pd
        import yfinance as yf
        from yfinance.exceptions import YFException, YFPricesMissingError, YFRateLimitError, YFTickerMissingError

        self._cache.mkdir(parents=True, exist_ok=True)
        yf.set_tz_cache_location(str(self._cache))
        yf.config.debug.hide_exceptions = False
        try:
            table: pd.DataFrame = yf.Ticker(ticker).history(
                start=start.date().isoformat(),
                end=end.date().isoformat(),
                interval=interval,
                auto_adjust=False,
                actions=True,
                prepost=False,
            )
            return table
        except YFRateLimitError:
            raise RetryLater("Yahoo asks for fewer requests", retry_after_ms=60_000) from None
        except YFPricesMissingError as error:
            reason = error.yahoo_reason
            if reason is None or "Data doesn't exist" in reason:
                return pd.DataFrame()  # nothing traded on these days, or the share was not listed yet
            raise InvalidInput(f"Yahoo says of {ticker}: {reason}", field="symbol") from None
        except YFTickerMissingError as error:
            raise InvalidInput(f"Yahoo says of {ticker}: {error.rationale}", field="symbol") from None
        except (OSError, YFException) as error:
            # The errors of its HTTP client are OSErrors.
            raise RetryLater(f"Yahoo cannot be read ({type(error).__name__})") from None


def _day(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms // DAY_MS * DAY_MS / 1000, UTC)


def _rows(table: pd.DataFrame, timeframe: Timeframe) -> Rows:
    """Daily bars get the 00:00 UTC of their session's date, as everywhere in the product."""
    width = len(_COLUMNS)
    if table.empty:
        return Rows.of((), (), width)
    cells = table[list(_COLUMNS)].to_numpy(dtype=np.float64)
    priced = np.isfinite(cells).all(axis=1) & (cells[:, :4] > 0).all(axis=1)
    return Rows.of(_times(table, timeframe)[priced].tolist(), cells[priced].tolist(), width)


def _times(table: pd.DataFrame, timeframe: Timeframe) -> np.ndarray:
    import pandas as pd

    index = pd.DatetimeIndex(table.index)
    if timeframe.is_intraday:
        utc = index.tz_localize("UTC") if index.tz is None else index.tz_convert("UTC")
    else:
        utc = index.tz_localize(None)
    return utc.as_unit("ms").asi8


def _actions(table: pd.DataFrame, symbol: str, last: date) -> tuple[CorporateAction, ...]:
    """The splits and dividends up to `last`; in an intraday table they stand at the first bar of their day."""
    import pandas as pd

    found = []
    for column, kind in (("Stock Splits", ActionKind.SPLIT), ("Dividends", ActionKind.DIVIDEND)):
        if column not in table.columns:
            continue
        values = table[column].to_numpy(dtype=np.float64)
        for day, value in zip(pd.DatetimeIndex(table.index).date, values.tolist(), strict=True):
            if value > 0 and day <= last:
                found.append(
                    CorporateAction(
                        symbol=symbol,
                        ex_date=day,
                        kind=kind,
                        value=value,
                        split_adjusted=kind is ActionKind.DIVIDEND,
                    )
                )
    return tuple(found)

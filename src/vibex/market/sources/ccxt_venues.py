"""Perpetual futures of the exchanges that ccxt speaks to, by its public calls alone: no keys, no orders.

A page is a window of time no longer than the exchange answers at once, so that a window without rows is known to be
empty and not cut short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vibex.domain.errors import InvalidInput, NotSupported, RetryLater
from vibex.domain.timeframe import HOUR_MS
from vibex.market.fetching.rows import Rows
from vibex.market.fetching.source import Page, PageQuery
from vibex.market.series import Series

if TYPE_CHECKING:
    from ccxt.async_support.base.exchange import Exchange

_ALL = (Series.BARS, Series.MARK, Series.FUNDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Habits:
    """How one exchange answers: most rows at once by series, and what its ccxt class has to be told.

    `listings` are the kinds of markets whose lists are read, to spare the others' requests. `rates_end` is what the
    end of a range of funding rates is called where ccxt's own `until` does not reach the exchange.
    """

    bars: int
    mark: int | None
    rates: int
    listings: tuple[str, ...]
    rates_end: str = "until"
    end_is_excluded: bool = False


_EXCHANGES = {
    "binanceusdm": _Habits(bars=1000, mark=1000, rates=1000, listings=("linear",)),
    "bybit": _Habits(bars=1000, mark=1000, rates=200, listings=("linear",)),
    "okx": _Habits(bars=300, mark=100, rates=100, listings=("swap",), rates_end="after", end_is_excluded=True),
    "hyperliquid": _Habits(bars=2000, mark=None, rates=500, listings=("swap",)),
}

CCXT_NAMES = tuple(_EXCHANGES)
"""The sources that `CcxtPrices` reads; ccxt's own names."""


class CcxtPrices:
    """One exchange; belongs to one event loop and is closed after use. Bars are kept with the volume in coins."""

    adjustment = None
    settling_s = 60.0
    is_simulated = False

    def __init__(self, name: str, exchange: Exchange | None = None) -> None:
        """`exchange` is for tests: a ccxt exchange with another transport."""
        self.name = name
        self._habits = _EXCHANGES[name]
        self.series = _ALL if self._habits.mark else (Series.BARS, Series.FUNDING)
        self._given = exchange
        self._opened: Exchange | None = None

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()

    async def page(self, query: PageQuery) -> Page:
        import ccxt

        exchange = self._exchange()
        try:
            return await self._page(exchange, query)
        except ccxt.NetworkError as error:
            raise RetryLater(_words(error), retry_after_ms=_silence_ms(exchange)) from None
        except ccxt.BaseError as error:
            raise InvalidInput(_words(error)) from None
        except (TypeError, ValueError, KeyError) as error:
            raise RetryLater(f"the answer cannot be read ({_words(error)})") from None

    async def _page(self, exchange: Exchange, query: PageQuery) -> Page:
        symbol = await self._contract(exchange, query.symbol)
        if query.timeframe is None:
            last = min(query.end_ms, query.start_ms + self._habits.rates * HOUR_MS - 1)
            given = await exchange.fetch_funding_rate_history(
                symbol,
                query.start_ms,
                self._habits.rates,
                {self._habits.rates_end: last + self._habits.end_is_excluded},
            )
            rows = Rows.of([rate["timestamp"] for rate in given], [[float(rate["fundingRate"])] for rate in given], 1)
            return Page(rows=rows.within(query.start_ms, last), final_to_ms=last)
        if query.timeframe.value not in exchange.timeframes:
            raise NotSupported(f"{self.name} has no {query.timeframe} bars", field="timeframe")
        most = (self._habits.mark if query.series is Series.MARK else None) or self._habits.bars
        last = min(query.end_ms, query.start_ms + most * query.timeframe.ms - 1)
        extra = {
            "until": last + self._habits.end_is_excluded,
            **({"price": "mark"} if query.series is Series.MARK else {}),
        }
        bars = await exchange.fetch_ohlcv(symbol, query.timeframe.value, query.start_ms, most, extra)
        width = len(query.series.columns)
        rows = Rows.of([bar[0] for bar in bars], [[float(cell) for cell in bar[1 : 1 + width]] for bar in bars], width)
        return Page(rows=rows.within(query.start_ms, last), final_to_ms=last)

    async def _contract(self, exchange: Exchange, symbol: str) -> str:
        """ccxt's name of the perpetual that is settled in its quote."""
        markets = await exchange.load_markets()
        base, _, quote = symbol.partition("/")
        name = f"{symbol}:{quote}"
        if name in markets:
            return name
        others = sorted(m["symbol"].split(":")[0] for m in markets.values() if m["swap"] and m["base"] == base)
        raise InvalidInput(
            f"{self.name} lists no perpetual {symbol}",
            field="symbol",
            remedy=f"it has {', '.join(dict.fromkeys(others))}"
            if others
            else "check the symbol, or name another source",
        )

    def _exchange(self) -> Exchange:
        if self._given is not None:
            return self._given
        if self._opened is None:
            import ccxt.async_support

            kinds = {"fetchMarkets": {"types": list(self._habits.listings)}}
            self._opened = getattr(ccxt.async_support, self.name)({"options": kinds, "enableRateLimit": True})
        return self._opened


def _silence_ms(exchange: Exchange) -> int | None:
    """What the last answer asked for in `Retry-After`, a number of seconds; None where it did not."""
    headers = exchange.last_response_headers or {}
    text = next((str(value) for name, value in headers.items() if str(name).lower() == "retry-after"), "")
    return int(text[:9]) * 1000 if text.isascii() and text.isdigit() else None


def _words(error: Exception) -> str:
    """The exchange's words on one short line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__

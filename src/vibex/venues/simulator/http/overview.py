"""Streams that tell of a day, or of every symbol at once: tickers and the arrays of marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vibex.venues.simulator.exchange.floor import Json
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.words import plain
from vibex.venues.simulator.http.answers import Row
from vibex.venues.simulator.http.feeds import Feed
from vibex.venues.simulator.http.market_calls import day_row

_SINGLE_MS, _ARRAY_MS = 500, 1000
_MARK_ARRAYS = {"!markPrice@arr": 3000, "!markPrice@arr@1s": 1000}


class Overview:
    """`messages` gives (stream, payload) for what is due at `now` and wanted by somebody."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        self._feeds = feeds
        self._due: dict[str, int] = {}

    def messages(self, now: int, wanted: set[str]) -> Iterator[tuple[str, Json]]:
        for kind, row in (("ticker", _ticker_row), ("miniTicker", _mini_row)):
            for feed in self._feeds:
                stream = f"{feed.market.symbol.lower()}@{kind}"
                if self._is_due(stream, now, _SINGLE_MS, wanted):
                    yield stream, row(now, feed.market)
            if self._is_due(f"!{kind}@arr", now, _ARRAY_MS, wanted):
                yield f"!{kind}@arr", [row(now, feed.market) for feed in self._feeds]
        for stream, every in _MARK_ARRAYS.items():
            if self._is_due(stream, now, every, wanted):
                yield stream, [feed.mark_row(now) for feed in self._feeds]

    def _is_due(self, stream: str, now: int, every: int, wanted: set[str]) -> bool:
        if stream not in wanted or now < self._due.get(stream, 0):
            return False
        self._due[stream] = now + every
        return True


def _mini_row(now: int, market: Market) -> Row:
    day = day_row(now, market)
    return {
        "e": "24hrMiniTicker", "E": now, "s": market.symbol, "c": day["lastPrice"], "o": day["openPrice"],
        "h": day["highPrice"], "l": day["lowPrice"], "v": day["volume"], "q": day["quoteVolume"],
    }  # fmt: skip


def _ticker_row(now: int, market: Market) -> Row:
    day = day_row(now, market)
    last = market.tape[-1] if market.tape else None
    return {
        "e": "24hrTicker", "E": now, "s": market.symbol, "p": day["priceChange"], "P": day["priceChangePercent"],
        "w": day["weightedAvgPrice"], "c": day["lastPrice"], "Q": plain(last.quantity) if last else "0",
        "o": day["openPrice"], "h": day["highPrice"], "l": day["lowPrice"], "v": day["volume"],
        "q": day["quoteVolume"], "O": day["openTime"], "C": day["closeTime"], "F": -1,
        "L": last.trade_id if last else -1, "n": day["count"],
    }  # fmt: skip

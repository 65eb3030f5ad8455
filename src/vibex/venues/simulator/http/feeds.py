"""What market streams say: trades, best quotes, depth differences, marks and candles, in the venue's shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from vibex.venues.simulator.exchange.floor import Json
from vibex.venues.simulator.exchange.market import Candle, Market, grouped
from vibex.venues.simulator.exchange.order import Order, Print
from vibex.venues.simulator.exchange.words import Side, plain
from vibex.venues.simulator.http.answers import Row, levels
from vibex.venues.simulator.http.market_calls import INTERVALS, MINUTE_MS

CADENCES = {"": 250, "@100ms": 100, "@250ms": 250, "@500ms": 500}
MARK_CADENCES = {"": 3000, "@1s": 1000}
PARTIAL_DEPTHS = (5, 10, 20)


@dataclass(slots=True)
class _Difference:
    """Changed levels since the last message of one cadence; `last_id` is that message's `u`."""

    last_id: int
    sent_at: int
    changed: dict[tuple[Side, Decimal], Decimal] = field(default_factory=dict)


class Feed:
    """All streams of one symbol. `messages` gives (stream name, payload) for what is due at `now`."""

    def __init__(self, market: Market, now: int) -> None:
        self.market = market
        self._last_trade = market.tape[-1].trade_id if market.tape else 0
        self._differences = {name: _Difference(market.book.update_id, now) for name in CADENCES}
        self._due: dict[str, int] = {}
        self._forced_told = market.forced_count
        self._best: tuple[list[tuple[Decimal, Decimal]], list[tuple[Decimal, Decimal]]] | None = None
        market.book.take_changes()

    def messages(self, now: int, wanted: set[str]) -> Iterator[tuple[str, Row]]:
        name = self.market.symbol.lower()
        if any(f"{name}@depth{suffix}" in wanted for suffix in CADENCES):
            self._note_changes()
            yield from self._depths(now, name)
        else:
            self._forget_changes(now)
        if f"{name}@aggTrade" in wanted:
            yield from self._trades(now, f"{name}@aggTrade")
        elif self.market.tape:
            self._last_trade = self.market.tape[-1].trade_id
        if f"{name}@bookTicker" in wanted or "!bookTicker" in wanted:
            yield from self._best_quote(now, name)
        yield from self._timed(now, name, wanted)
        yield from self._forced(now, name, wanted)

    def _note_changes(self) -> None:
        bids, asks = self.market.book.take_changes()
        for difference in self._differences.values():
            difference.changed.update({(Side.BUY, price): quantity for price, quantity in bids})
            difference.changed.update({(Side.SELL, price): quantity for price, quantity in asks})

    def _forget_changes(self, now: int) -> None:
        """Nobody listens to differences: whoever begins to starts from here, with a snapshot."""
        self.market.book.forget_changes()
        for difference in self._differences.values():
            difference.changed, difference.last_id, difference.sent_at = {}, self.market.book.update_id, now

    def _trades(self, now: int, stream: str) -> Iterator[tuple[str, Row]]:
        fresh: list[Print] = []
        for trade in reversed(self.market.tape):
            if trade.trade_id <= self._last_trade:
                break
            fresh.append(trade)
        for trade in reversed(fresh):
            self._last_trade = trade.trade_id
            yield stream, {
                "e": "aggTrade", "E": now, "s": self.market.symbol, "a": trade.trade_id, "p": plain(trade.price),
                "q": plain(trade.quantity), "f": trade.trade_id, "l": trade.trade_id, "T": trade.time,
                "m": trade.buyer_is_maker,
            }  # fmt: skip

    def _depths(self, now: int, name: str) -> Iterator[tuple[str, Row]]:
        """Differences: `U` follows the last `u`, which comes again as `pu`; silent while nothing changes."""
        for suffix, difference in self._differences.items():
            if not difference.changed or now - difference.sent_at < CADENCES[suffix]:
                continue
            last, until = difference.last_id, self.market.book.update_id
            payload = self._depth_row(
                now,
                last,
                until,
                [(price, quantity) for (side, price), quantity in difference.changed.items() if side is Side.BUY],
                [(price, quantity) for (side, price), quantity in difference.changed.items() if side is Side.SELL],
            )
            difference.changed, difference.last_id, difference.sent_at = {}, until, now
            yield f"{name}@depth{suffix}", payload

    def _depth_row(
        self, now: int, last: int, until: int, bids: list[tuple[Decimal, Decimal]], asks: list[tuple[Decimal, Decimal]]
    ) -> Row:
        return {
            "e": "depthUpdate", "E": now, "T": now, "s": self.market.symbol, "U": last + 1, "u": until, "pu": last,
            "b": levels(bids), "a": levels(asks),
        }  # fmt: skip

    def _best_quote(self, now: int, name: str) -> Iterator[tuple[str, Row]]:
        bids, asks = best = self.market.book.depth(1)
        if best == self._best or not bids or not asks:
            return
        self._best = best
        payload: Row = {
            "e": "bookTicker", "u": self.market.book.update_id, "E": now, "T": now, "s": self.market.symbol,
            "b": plain(bids[0][0]), "B": plain(bids[0][1]), "a": plain(asks[0][0]), "A": plain(asks[0][1]),
        }  # fmt: skip
        yield f"{name}@bookTicker", payload
        yield "!bookTicker", payload

    def _timed(self, now: int, name: str, wanted: set[str]) -> Iterator[tuple[str, Row]]:
        for suffix, every in MARK_CADENCES.items():
            if self._is_due(f"{name}@markPrice{suffix}", now, every, wanted):
                yield f"{name}@markPrice{suffix}", self.mark_row(now)
        for interval in INTERVALS:
            stream = f"{name}@kline_{interval}"
            if stream in wanted and self.market.candles and self._is_due(stream, now, 250, wanted):
                yield stream, self._kline_row(now, interval)
        for depth in PARTIAL_DEPTHS:
            for suffix, every in CADENCES.items():
                stream = f"{name}@depth{depth}{suffix}"
                if self._is_due(stream, now, every, wanted):
                    bids, asks = self.market.book.depth(depth)
                    until = self.market.book.update_id
                    yield stream, self._depth_row(now, until - 1, until, bids, asks)

    def _forced(self, now: int, name: str, wanted: set[str]) -> Iterator[tuple[str, Row]]:
        """The latest liquidation, at most one a second, while there are new ones."""
        count, stream = self.market.forced_count, f"{name}@forceOrder"
        if count == self._forced_told or not {stream, "!forceOrder@arr"} & wanted:
            return
        if self.market.forced is None or now < self._due.get("forced", 0):
            return
        self._forced_told, self._due["forced"] = count, now + 1000
        payload = _forced_row(now, *self.market.forced)
        yield stream, payload
        yield "!forceOrder@arr", payload

    def _is_due(self, stream: str, now: int, every: int, wanted: set[str]) -> bool:
        if stream not in wanted or now < self._due.get(stream, 0):
            return False
        self._due[stream] = now + every
        return True

    def mark_row(self, now: int) -> Row:
        market = self.market
        return {
            "e": "markPriceUpdate", "E": now, "s": market.symbol, "p": plain(market.mark), "i": plain(market.index),
            "P": plain(market.index), "r": plain(market.funding_rate), "T": market.next_funding,
        }  # fmt: skip

    def _kline_row(self, now: int, interval: str) -> Row:
        step = INTERVALS[interval] * MINUTE_MS
        candle: Candle = grouped(self.market.candles[-INTERVALS[interval] - 1 :], step)[-1]
        body: dict[str, Json] = {
            "t": candle.open_time, "T": candle.open_time + step - 1, "s": self.market.symbol, "i": interval,
            "f": -1, "L": -1, "o": plain(candle.open), "c": plain(candle.close), "h": plain(candle.high),
            "l": plain(candle.low), "v": plain(candle.volume), "n": candle.trades,
            "x": now >= candle.open_time + step, "q": plain(candle.quote_volume), "V": plain(candle.taker_volume),
            "Q": plain(candle.taker_quote),
        }  # fmt: skip
        return {"e": "kline", "E": now, "s": self.market.symbol, "k": body}


def _forced_row(now: int, order: Order, quantity: Decimal) -> Row:
    body: dict[str, Json] = {
        "s": order.symbol, "S": order.side.value, "o": order.type.value, "f": order.time_in_force.value,
        "q": plain(order.quantity), "p": plain(order.price), "ap": plain(order.average_price),
        "X": order.status.value, "l": plain(quantity), "z": plain(order.filled), "T": now,
    }  # fmt: skip
    return {"e": "forceOrder", "E": now, "o": body}

"""Public calls: rules, time, book, trades, candles, mark price, funding, tickers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable

from vibex.venues.simulator.exchange.floor import Json
from vibex.venues.simulator.exchange.market import Candle, Market, grouped
from vibex.venues.simulator.exchange.order import Print
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.words import ZERO, plain
from vibex.venues.simulator.http.answers import Row, candle_row, levels, symbol_row
from vibex.venues.simulator.http.calls import Access, Call, Handler, Route, Weight
from vibex.venues.simulator.http.limits import ORDER_LIMIT, WEIGHT_LIMIT
from vibex.venues.simulator.http.parameters import Parameters

MINUTE_MS = 60_000
INTERVALS = {
    "1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "6h": 360, "8h": 480,
    "12h": 720, "1d": 1440, "3d": 4320,
}  # fmt: skip


def _ping(_: Call) -> Json:
    return {}


def _time(call: Call) -> Json:
    return {"serverTime": call.server_ms}


def _exchange_info(call: Call) -> Json:
    limits: list[Json] = [
        {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": WEIGHT_LIMIT},
        {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": ORDER_LIMIT},
    ]
    return {
        "timezone": "UTC",
        "serverTime": call.server_ms,
        "futuresType": "U_MARGINED",
        "rateLimits": limits,
        "exchangeFilters": [],
        "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": "0"}],
        "symbols": [symbol_row(market.rules) for market in call.floor.markets.values()],
    }


def _no_spot(call: Call) -> Json:
    """Foreign clients read the spot side's list along with this one."""
    return {"timezone": "UTC", "serverTime": call.server_ms, "rateLimits": [], "assets": [], "symbols": []}


def _depth(call: Call) -> Json:
    market = _market(call)
    limit = call.parameters.maybe_integer("limit") or 500
    if limit not in (5, 10, 20, 50, 100, 500, 1000):
        raise Refusal(-1130, "limit")
    bids, asks = market.book.depth(limit)
    now = call.floor.now
    return {"lastUpdateId": market.book.update_id, "E": now, "T": now, "bids": levels(bids), "asks": levels(asks)}


def _trades(call: Call) -> Json:
    market = _market(call)
    limit = call.parameters.limit(500, 1000)
    first = call.parameters.maybe_integer("fromId")
    tape = [trade for trade in market.tape if first is None or trade.trade_id >= first]
    return [_trade_row(trade) for trade in (tape[:limit] if first is not None else tape[-limit:])]


def _agg_trades(call: Call) -> Json:
    market = _market(call)
    read = call.parameters
    limit, first = read.limit(500, 1000), read.maybe_integer("fromId")
    start, end = read.maybe_integer("startTime"), read.maybe_integer("endTime")
    tape = [
        trade
        for trade in market.tape
        if (first is None or trade.trade_id >= first)
        and (start is None or trade.time >= start)
        and (end is None or trade.time <= end)
    ]
    kept = tape[-limit:] if first is None and start is None else tape[:limit]
    return [
        {
            "a": trade.trade_id,
            "p": plain(trade.price),
            "q": plain(trade.quantity),
            "f": trade.trade_id,
            "l": trade.trade_id,
            "T": trade.time,
            "m": trade.buyer_is_maker,
        }
        for trade in kept
    ]


def _klines(call: Call) -> Json:
    return _candles(call, _market(call).candles)


def _mark_klines(call: Call) -> Json:
    return _candles(call, _market(call).mark_candles)


def _index_klines(call: Call) -> Json:
    return _candles(call, call.floor.market(call.parameters.text("pair")).index_candles)


def _candles(call: Call, minutes: list[Candle]) -> Json:
    read = call.parameters
    interval = INTERVALS.get(read.text("interval"))
    if interval is None:
        raise Refusal(-1120)
    start, end = read.maybe_integer("startTime"), read.maybe_integer("endTime")
    limit = read.limit(500, 1500)
    step = interval * MINUTE_MS
    # Only the minutes that can be shown are joined: a year of them has half a million.
    first, last = 0, len(minutes)
    if end is not None:
        last = bisect_right(minutes, end - end % step + step - 1, key=_opened)
    if start is not None:
        aligned = -(-start // step) * step
        first = bisect_left(minutes, aligned, key=_opened)
        last = min(last, bisect_left(minutes, aligned + limit * step, key=_opened)) if end is None else last
    else:
        first = max(0, last - (limit + 1) * interval)
    rows = grouped(minutes[first:last], step)
    return [candle_row(candle, step) for candle in (rows[:limit] if start is not None else rows[-limit:])]


def _opened(candle: Candle) -> int:
    return candle.open_time


def _premium_index(call: Call) -> Json:
    return _one_or_all(call, lambda market: _premium_row(call, market))


def _premium_row(call: Call, market: Market) -> Row:
    return {
        "symbol": market.symbol,
        "markPrice": plain(market.mark),
        "indexPrice": plain(market.index),
        "estimatedSettlePrice": plain(market.index),
        "lastFundingRate": plain(market.funding_rate),
        "interestRate": plain(market.rules.interest_rate),
        "nextFundingTime": market.next_funding,
        "time": call.floor.now,
    }


def _funding_rate(call: Call) -> Json:
    read = call.parameters
    symbol, limit = read.maybe("symbol"), read.limit(100, 1000)
    start, end = read.maybe_integer("startTime"), read.maybe_integer("endTime")
    markets = [call.floor.market(symbol)] if symbol else list(call.floor.markets.values())
    rows = sorted(
        (row.time, market.symbol, plain(row.rate))
        for market in markets
        for row in market.funding
        if (start is None or row.time >= start) and (end is None or row.time <= end)
    )
    kept = rows[:limit] if start is not None else rows[-limit:]
    return [{"symbol": name, "fundingRate": rate, "fundingTime": time} for time, name, rate in kept]


def _funding_info(call: Call) -> Json:
    symbol = call.parameters.maybe("symbol")
    markets = [call.floor.market(symbol)] if symbol else list(call.floor.markets.values())
    return [
        {
            "symbol": market.symbol,
            "interestRate": plain(market.rules.interest_rate),
            "fundingIntervalHours": market.rules.funding_hours,
            "fundingFeeCap": plain(market.rules.funding_cap),
            "fundingFeeFloor": plain(market.rules.funding_floor),
            "time": call.floor.now,
        }
        for market in markets
    ]


def _open_interest(call: Call) -> Json:
    market = _market(call)
    longs = sum(
        (
            position.amount
            for account in call.floor.accounts.values()
            for position in account.positions.values()
            if position.symbol == market.symbol and position.amount > 0
        ),
        ZERO,
    )
    return {"openInterest": plain(longs), "symbol": market.symbol, "time": call.floor.now}


def _ticker_price(call: Call) -> Json:
    return _one_or_all(
        call, lambda market: {"symbol": market.symbol, "price": plain(market.last), "time": call.floor.now}
    )


def _book_ticker(call: Call) -> Json:
    return _one_or_all(call, lambda market: _best_row(call, market))


def _best_row(call: Call, market: Market) -> Row:
    bids, asks = market.book.depth(1)
    bid, ask = (bids or [(ZERO, ZERO)])[0], (asks or [(ZERO, ZERO)])[0]
    return {
        "symbol": market.symbol,
        "bidPrice": plain(bid[0]),
        "bidQty": plain(bid[1]),
        "askPrice": plain(ask[0]),
        "askQty": plain(ask[1]),
        "time": call.floor.now,
    }


def _day_ticker(call: Call) -> Json:
    return _one_or_all(call, lambda market: day_row(call.floor.now, market))


def day_row(now: int, market: Market) -> Row:
    """The last 24 hours of one symbol, as GET ticker/24hr has it."""
    start = now - 1440 * MINUTE_MS
    minutes = [candle for candle in market.candles[-1441:] if candle.open_time >= start]
    opening = minutes[0].open if minutes else market.last
    change = market.last - opening
    volume = sum((one.volume for one in minutes), ZERO)
    turnover = sum((one.quote_volume for one in minutes), ZERO)
    return {
        "symbol": market.symbol,
        "priceChange": plain(change),
        "priceChangePercent": plain(change / opening * 100) if opening else "0",
        "lastPrice": plain(market.last),
        "openPrice": plain(opening),
        "highPrice": plain(max((one.high for one in minutes), default=market.last)),
        "lowPrice": plain(min((one.low for one in minutes), default=market.last)),
        "weightedAvgPrice": plain(turnover / volume if volume else market.last),
        "volume": plain(volume),
        "quoteVolume": plain(turnover),
        "openTime": start,
        "closeTime": now,
        "count": sum(one.trades for one in minutes),
    }


def _trade_row(trade: Print) -> Row:
    return {
        "id": trade.trade_id,
        "price": plain(trade.price),
        "qty": plain(trade.quantity),
        "quoteQty": plain(trade.price * trade.quantity),
        "time": trade.time,
        "isBuyerMaker": trade.buyer_is_maker,
    }


def _market(call: Call) -> Market:
    return call.floor.market(call.parameters.text("symbol"))


def _one_or_all(call: Call, row: Callable[[Market], Row]) -> Json:
    symbol = call.parameters.maybe("symbol")
    if symbol:
        return row(call.floor.market(symbol))
    return [row(market) for market in call.floor.markets.values()]


def _depth_weight(read: Parameters) -> int:
    limit = read.maybe_integer("limit") or 500
    return 2 if limit <= 50 else 5 if limit <= 100 else 10 if limit <= 500 else 20


def _candle_weight(read: Parameters) -> int:
    limit = read.maybe_integer("limit") or 500
    return 1 if limit < 100 else 2 if limit < 500 else 5 if limit <= 1000 else 10


def _without_symbol(alone: int, everything: int) -> Weight:
    return lambda read: alone if read.maybe("symbol") else everything


def _public(name: str, handler: Handler, weight: int | Weight = 1) -> Route:
    return Route(method="GET", name=name, handler=handler, weight=weight, access=Access.PUBLIC)


ROUTES = (
    _public("ping", _ping),
    _public("time", _time),
    _public("exchangeInfo", _exchange_info),
    Route(
        method="GET", name="spot/exchangeInfo", handler=_no_spot, access=Access.PUBLIC, versions=frozenset(("spot",))
    ),
    _public("depth", _depth, _depth_weight),
    _public("trades", _trades),
    _public("historicalTrades", _trades, 20),
    _public("aggTrades", _agg_trades, 20),
    _public("klines", _klines, _candle_weight),
    _public("markPriceKlines", _mark_klines, _candle_weight),
    _public("indexPriceKlines", _index_klines, _candle_weight),
    _public("premiumIndex", _premium_index),
    _public("fundingRate", _funding_rate),
    _public("fundingInfo", _funding_info),
    _public("openInterest", _open_interest),
    _public("ticker/price", _ticker_price, _without_symbol(1, 2)),
    _public("ticker/bookTicker", _book_ticker, _without_symbol(1, 2)),
    _public("ticker/24hr", _day_ticker, _without_symbol(1, 40)),
)

"""Signed calls about the account: balances, positions, modes, margin, brackets, income, listen key."""

from __future__ import annotations

from enum import StrEnum

from vibex.venues.simulator.exchange.account import Account, Position
from vibex.venues.simulator.exchange.floor import Json
from vibex.venues.simulator.exchange.liquidation import ranked
from vibex.venues.simulator.exchange.market import Market
from vibex.venues.simulator.exchange.modes import (
    move_isolated_margin,
    set_hedge,
    set_leverage,
    set_margin_type,
    set_multi_assets,
    set_self_trade,
)
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.exchange.rules import SymbolRules
from vibex.venues.simulator.exchange.words import Income, PositionSide, SelfTrade, plain
from vibex.venues.simulator.http.answers import Row, account_page, balance_row, income_row, order_row, position_row
from vibex.venues.simulator.http.calls import Access, Call, Handler, Route
from vibex.venues.simulator.http.parameters import Parameters

_SUCCESS: Row = {"code": 200, "msg": "success"}
WEEK_MS = 7 * 86_400_000


def _balance(call: Call) -> Json:
    return [balance_row(call.floor, call.account)]


def _account(call: Call) -> Json:
    return account_page(call.floor, call.account, _positions(call, call.account, None))


def _position_risk(call: Call) -> Json:
    symbol = call.parameters.maybe("symbol")
    return [position_row(call.floor, call.account, one) for one in _positions(call, call.account, symbol)]


def _positions(call: Call, account: Account, symbol: str | None) -> list[Position]:
    """One row per symbol in one-way mode, LONG and SHORT in hedge mode; flat ones as zeros."""
    symbols = [call.floor.market(symbol).symbol] if symbol else list(call.floor.markets)
    return [
        account.positions.get((name, side)) or Position(symbol=name, side=side)
        for name in symbols
        for side in account.sides()
    ]


def _set_leverage(call: Call) -> Json:
    symbol, leverage = call.parameters.text("symbol"), call.parameters.integer("leverage")
    largest = set_leverage(call.floor, call.account, symbol, leverage)
    return {"symbol": symbol, "leverage": leverage, "maxNotionalValue": plain(largest)}


def _set_margin_type(call: Call) -> Json:
    symbol, wanted = call.parameters.text("symbol"), call.parameters.text("marginType")
    if wanted not in ("ISOLATED", "CROSSED"):
        raise Refusal(-1130, "marginType")
    set_margin_type(call.floor, call.account, symbol, isolated=wanted == "ISOLATED")
    return _SUCCESS


def _set_hedge(call: Call) -> Json:
    set_hedge(call.floor, call.account, call.parameters.flag("dualSidePosition"))
    return _SUCCESS


def _hedge(call: Call) -> Json:
    return {"dualSidePosition": call.account.hedge}


def _set_multi_assets(call: Call) -> Json:
    set_multi_assets(call.floor, call.account, call.parameters.flag("multiAssetsMargin"))
    return _SUCCESS


def _multi_assets(call: Call) -> Json:
    return {"multiAssetsMargin": call.account.multi_assets}


def _set_self_trade(call: Call) -> Json:
    set_self_trade(call.account, call.parameters.choice("stpMode", SelfTrade))
    return _SUCCESS


def _self_trade(call: Call) -> Json:
    return {"stpMode": call.account.self_trade.value}


def _position_margin(call: Call) -> Json:
    read = call.parameters
    symbol, amount, kind = read.text("symbol"), read.decimal("amount"), read.integer("type")
    side = read.maybe_choice("positionSide", PositionSide, -4060) or PositionSide.BOTH
    if kind not in (1, 2) or amount <= 0:
        raise Refusal(-1130, "type" if kind not in (1, 2) else "amount")
    move_isolated_margin(call.floor, call.account, symbol, side, amount if kind == 1 else -amount)
    return {"amount": plain(amount), "code": 200, "msg": "Successfully modify position margin.", "type": kind}


def _brackets(call: Call) -> Json:
    symbol = call.parameters.maybe("symbol")
    if symbol:
        return _bracket_rows(call.floor.market(symbol).rules)
    return [_bracket_rows(market.rules) for market in call.floor.markets.values()]


def _bracket_rows(rules: SymbolRules) -> Row:
    return {
        "symbol": rules.symbol,
        "brackets": [
            {
                "bracket": one.number,
                "initialLeverage": one.leverage,
                # The venue sends these as numbers; they are whole or have few digits.
                "notionalCap": int(one.cap),
                "notionalFloor": int(one.floor),
                "maintMarginRatio": float(one.maintenance_rate),
                "cum": float(one.cum),
            }
            for one in rules.brackets
        ],
    }


def _income(call: Call) -> Json:
    read = call.parameters
    symbol, kind = read.maybe("symbol"), read.maybe_choice("incomeType", Income)
    start, end = read.maybe_integer("startTime"), read.maybe_integer("endTime")
    since = call.floor.now - WEEK_MS if start is None else start
    limit = read.limit(100, 1000)
    rows = [
        row
        for row in call.account.income
        if symbol in (None, row.symbol)
        and kind in (None, row.kind)
        and since <= row.time
        and (end is None or row.time <= end)
    ]
    return [income_row(row) for row in (rows[:limit] if start is not None else rows[-limit:])]


def _commission_rate(call: Call) -> Json:
    market = call.floor.market(call.parameters.text("symbol"))
    return {
        "symbol": market.symbol,
        "makerCommissionRate": plain(call.account.maker_rate),
        "takerCommissionRate": plain(call.account.taker_rate),
    }


class _CloseType(StrEnum):
    LIQUIDATION = "LIQUIDATION"
    ADL = "ADL"


_CLOSE_IDS = {None: ("autoclose-", "adl_autoclose"), "LIQUIDATION": ("autoclose-",), "ADL": ("adl_autoclose",)}


def _force_orders(call: Call) -> Json:
    """The venue's own orders, of the last seven days unless a start is named, newest last."""
    read = call.parameters
    symbol, kind = read.maybe("symbol"), read.maybe_choice("autoCloseType", _CloseType)
    start, end, limit = read.maybe_integer("startTime"), read.maybe_integer("endTime"), read.limit(50, 100)
    since = call.floor.now - WEEK_MS if start is None else start
    rows = [
        order_row(one)
        for one in call.account.orders.values()
        if symbol in (None, one.symbol)
        and one.client_id.startswith(_CLOSE_IDS[kind])
        and since <= one.created
        and (end is None or one.created <= end)
    ]
    return rows[-limit:]


def _adl_quantile(call: Call) -> Json:
    """0 to 4 for each held side: how soon a deleveraging would reach it, 4 first."""
    symbol = call.parameters.maybe("symbol")
    markets = [call.floor.market(symbol)] if symbol else list(call.floor.markets.values())
    return [{"symbol": market.symbol, "adlQuantile": _quantiles(call, market)} for market in markets]


def _quantiles(call: Call, market: Market) -> Row:
    found: Row = {}
    for side in call.account.sides():
        held = call.account.positions.get((market.symbol, side))
        found[side.value] = 0
        if held is not None and held.amount:
            rivals = [other for _, other in ranked(call.floor, market, held.amount)]
            found[side.value] = 4 - min(4, rivals.index(held) * 5 // len(rivals))
    return found


def _create_listen_key(call: Call) -> Json:
    return {"listenKey": call.listen_keys.create(call.account.name, call.floor.now)}


def _extend_listen_key(call: Call) -> Json:
    call.listen_keys.extend(call.account.name, call.floor.now)
    return {}


def _close_listen_key(call: Call) -> Json:
    call.listen_keys.close(call.account.name)
    return {}


def _forced_weight(read: Parameters) -> int:
    return 20 if read.maybe("symbol") else 50


def _signed(method: str, name: str, handler: Handler, weight: int = 1, *versions: str) -> Route:
    if versions:
        return Route(method=method, name=name, handler=handler, weight=weight, versions=frozenset(versions))
    return Route(method=method, name=name, handler=handler, weight=weight)


ROUTES = (
    _signed("GET", "balance", _balance, 5, "v2", "v3"),
    _signed("GET", "account", _account, 5, "v4", "v3"),
    _signed("GET", "accountWithJoinMargin", _account, 5),
    _signed("GET", "positionRisk", _position_risk, 5, "v2", "v3"),
    _signed("POST", "leverage", _set_leverage),
    _signed("POST", "marginType", _set_margin_type),
    _signed("POST", "positionMargin", _position_margin),
    _signed("POST", "positionSide/dual", _set_hedge),
    _signed("GET", "positionSide/dual", _hedge, 30),
    _signed("POST", "multiAssetsMargin", _set_multi_assets),
    _signed("GET", "multiAssetsMargin", _multi_assets, 30),
    _signed("POST", "stpMode", _set_self_trade),
    _signed("GET", "stpMode", _self_trade, 30),
    _signed("GET", "leverageBracket", _brackets),
    _signed("GET", "income", _income, 30),
    _signed("GET", "commissionRate", _commission_rate, 20),
    Route(method="GET", name="forceOrders", handler=_force_orders, weight=_forced_weight),
    _signed("GET", "adlQuantile", _adl_quantile, 5),
    Route(method="POST", name="listenKey", handler=_create_listen_key, access=Access.KEY),
    Route(method="PUT", name="listenKey", handler=_extend_listen_key, access=Access.KEY),
    Route(method="DELETE", name="listenKey", handler=_close_listen_key, access=Access.KEY),
)

"""How the venue's objects look in JSON; every number that is money or quantity is a string."""

from __future__ import annotations

from decimal import Decimal

from vibex.venues.simulator.exchange.account import Account, IncomeRow, Position
from vibex.venues.simulator.exchange.floor import Floor, Json
from vibex.venues.simulator.exchange.margin import liquidation_price, maintenance, margin_state
from vibex.venues.simulator.exchange.market import Candle
from vibex.venues.simulator.exchange.order import Fill, Order
from vibex.venues.simulator.exchange.rules import Lot, SymbolRules
from vibex.venues.simulator.exchange.words import ZERO, OrderType, Side, TimeInForce, plain

Row = dict[str, Json]


def order_row(order: Order) -> Row:
    row: Row = {
        "orderId": order.order_id,
        "symbol": order.symbol,
        "status": order.status.value,
        "clientOrderId": order.client_id,
        "price": plain(order.price),
        "avgPrice": plain(order.average_price),
        "origQty": plain(order.quantity),
        "executedQty": plain(order.filled),
        "cumQty": plain(order.filled),
        "cumQuote": plain(order.cost),
        "timeInForce": order.time_in_force.value,
        "type": order.type.value,
        "origType": order.orig_type.value,
        "reduceOnly": order.reduce_only,
        "closePosition": order.close_position,
        "side": order.side.value,
        "positionSide": order.position_side.value,
        "stopPrice": plain(order.stop_price),
        "workingType": order.working_type.value,
        "priceProtect": order.price_protect,
        "time": order.created,
        "updateTime": order.updated,
    }
    if order.orig_type is OrderType.TRAILING_STOP_MARKET:
        row |= {"activatePrice": plain(order.activation_price), "priceRate": plain(order.callback_rate)}
    return row


def acknowledgement(order: Order) -> Row:
    """The ACK answer: the order as it was taken, before anything happened to it."""
    row = order_row(order) | {"status": "NEW", "avgPrice": "0", "executedQty": "0", "cumQty": "0", "cumQuote": "0"}
    if not order.waiting:
        row |= {"type": order.orig_type.value}
    return row


def fill_row(fill: Fill) -> Row:
    return {
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "symbol": fill.symbol,
        "side": fill.side.value,
        "positionSide": fill.position_side.value,
        "price": plain(fill.price),
        "qty": plain(fill.quantity),
        "quoteQty": plain(fill.price * fill.quantity),
        "commission": plain(-fill.fee),
        "commissionAsset": "USDT",
        "realizedPnl": plain(fill.realised),
        "buyer": fill.side is Side.BUY,
        "maker": fill.maker,
        "time": fill.time,
    }


def income_row(row: IncomeRow) -> Row:
    return {
        "symbol": row.symbol,
        "incomeType": row.kind.value,
        "income": plain(row.amount),
        "asset": row.asset,
        "info": row.info,
        "time": row.time,
        "tranId": row.tran_id,
        "tradeId": row.trade_id,
    }


def position_row(floor: Floor, account: Account, position: Position) -> Row:
    market = floor.market(position.symbol)
    settings = account.settings_for(position.symbol)
    profit = position.unrealised(market.mark)
    isolated = position.isolated_wallet + profit if settings.isolated and position.amount else ZERO
    return {
        "symbol": position.symbol,
        "positionSide": position.side.value,
        "positionAmt": plain(position.amount),
        "entryPrice": plain(position.entry_price),
        "markPrice": plain(market.mark),
        "unRealizedProfit": plain(profit),
        "liquidationPrice": plain(liquidation_price(floor, account, position)),
        "leverage": str(settings.leverage),
        "maxNotionalValue": plain(market.rules.largest_notional(settings.leverage)),
        "marginType": "isolated" if settings.isolated else "cross",
        "isolatedMargin": plain(isolated),
        "isAutoAddMargin": "false",
        # Not in the venue's page; clients of this family read the side from its sign.
        "notional": plain(position.amount * market.mark),
        "updateTime": position.updated,
    }


def balance_row(floor: Floor, account: Account) -> Row:
    state = margin_state(floor, account)
    return {
        "accountAlias": account.name,
        "asset": "USDT",
        "balance": plain(state.wallet),
        "crossWalletBalance": plain(state.cross_wallet),
        "crossUnPnl": plain(state.cross_unrealised),
        "availableBalance": plain(state.available),
        "maxWithdrawAmount": plain(min(state.available, max(ZERO, state.cross_wallet))),
        "marginAvailable": True,
        "updateTime": floor.now,
    }


def account_page(floor: Floor, account: Account, positions: list[Position]) -> Row:
    state = margin_state(floor, account)
    totals: Row = {
        "totalInitialMargin": plain(state.position_initial + state.order_initial),
        "totalMaintMargin": plain(state.maintenance),
        "totalWalletBalance": plain(state.wallet),
        "totalUnrealizedProfit": plain(state.unrealised),
        "totalMarginBalance": plain(state.wallet + state.unrealised),
        "totalPositionInitialMargin": plain(state.position_initial),
        "totalOpenOrderInitialMargin": plain(state.order_initial),
        "totalCrossWalletBalance": plain(state.cross_wallet),
        "totalCrossUnPnl": plain(state.cross_unrealised),
        "availableBalance": plain(state.available),
        "maxWithdrawAmount": plain(min(state.available, max(ZERO, state.cross_wallet))),
    }
    asset: Row = {
        "asset": "USDT",
        "walletBalance": plain(state.wallet),
        "unrealizedProfit": plain(state.unrealised),
        "marginBalance": plain(state.wallet + state.unrealised),
        "maintMargin": plain(state.maintenance),
        "initialMargin": plain(state.position_initial + state.order_initial),
        "availableBalance": plain(state.available),
        "updateTime": floor.now,
    }
    return {
        "feeTier": 0,
        "canTrade": True,
        "canDeposit": True,
        "canWithdraw": False,
        "updateTime": 0,
        **totals,
        "assets": [asset],
        "positions": [_account_position(floor, account, one) for one in positions],
    }


def _account_position(floor: Floor, account: Account, position: Position) -> Row:
    market, settings = floor.market(position.symbol), account.settings_for(position.symbol)
    notional = abs(position.amount) * market.mark
    return {
        "symbol": position.symbol,
        "positionSide": position.side.value,
        "positionAmt": plain(position.amount),
        "entryPrice": plain(position.entry_price),
        "unrealizedProfit": plain(position.unrealised(market.mark)),
        "initialMargin": plain(notional / settings.leverage),
        "maintMargin": plain(maintenance(market.rules, notional)),
        "leverage": str(settings.leverage),
        "isolated": settings.isolated,
        "maxNotional": plain(market.rules.largest_notional(settings.leverage)),
        "updateTime": position.updated,
    }


def symbol_row(rules: SymbolRules) -> Row:
    return {
        "symbol": rules.symbol,
        "pair": rules.symbol,
        "contractType": "PERPETUAL",
        "status": rules.status,
        "baseAsset": rules.underlying,
        "quoteAsset": rules.quote,
        "marginAsset": rules.quote,
        "pricePrecision": rules.price_digits,
        "quantityPrecision": rules.quantity_digits,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "triggerProtect": plain(rules.trigger_protect),
        "liquidationFee": plain(rules.liquidation_fee),
        "marketTakeBound": plain(rules.market_take_bound),
        "OrderType": [kind.value for kind in OrderType],
        "orderTypes": [kind.value for kind in OrderType],
        "timeInForce": [tif.value for tif in TimeInForce],
        "filters": [
            {
                "filterType": "PRICE_FILTER",
                "minPrice": plain(rules.min_price),
                "maxPrice": plain(rules.max_price),
                "tickSize": plain(rules.tick),
            },
            _lot_row("LOT_SIZE", rules.lot),
            _lot_row("MARKET_LOT_SIZE", rules.market_lot),
            {"filterType": "MAX_NUM_ORDERS", "limit": rules.max_orders},
            {"filterType": "MAX_NUM_ALGO_ORDERS", "limit": rules.max_conditional},
            {"filterType": "MIN_NOTIONAL", "notional": plain(rules.min_notional)},
            {
                "filterType": "PERCENT_PRICE",
                "multiplierUp": plain(rules.band_up),
                "multiplierDown": plain(rules.band_down),
                "multiplierDecimal": "4",
            },
        ],
    }


def _lot_row(kind: str, lot: Lot) -> Row:
    return {
        "filterType": kind,
        "minQty": plain(lot.minimum),
        "maxQty": plain(lot.maximum),
        "stepSize": plain(lot.step),
    }


def candle_row(candle: Candle, interval_ms: int) -> list[Json]:
    prices = (candle.open, candle.high, candle.low, candle.close, candle.volume)
    return [
        candle.open_time,
        *(plain(value) for value in prices),
        candle.open_time + interval_ms - 1,
        plain(candle.quote_volume),
        candle.trades,
        plain(candle.taker_volume),
        plain(candle.taker_quote),
        "0",
    ]


def levels(rows: list[tuple[Decimal, Decimal]]) -> list[Json]:
    return [[plain(price), plain(quantity)] for price, quantity in rows]

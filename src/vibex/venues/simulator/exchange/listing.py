"""Which symbols there are: the standard ones with their few numbers, and others from the venue's own document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange.brackets import brackets_of, standard_brackets
from vibex.venues.simulator.exchange.rules import Bracket, Lot, SymbolRules, decimals


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The few numbers by which the standard symbols differ."""

    tick: str
    step: str
    largest: int = 10_000


LISTINGS = {
    "BTCUSDT": Listing(tick="0.1", step="0.001", largest=1_000),
    "ETHUSDT": Listing(tick="0.01", step="0.001"),
    "BNBUSDT": Listing(tick="0.01", step="0.01", largest=100_000),
    "SOLUSDT": Listing(tick="0.01", step="0.01", largest=1_000_000),
    "XRPUSDT": Listing(tick="0.0001", step="0.1", largest=10_000_000),
    "DOGEUSDT": Listing(tick="0.00001", step="1", largest=50_000_000),
}


def standard_rules(symbol: str) -> SymbolRules:
    """Rules of the symbols that the simulator lists by itself. InvalidInput for any other."""
    if symbol not in LISTINGS:
        raise InvalidInput(f"{symbol} has no standard rules", field="symbol", remedy=f"one of {', '.join(LISTINGS)}")
    listing = LISTINGS[symbol]
    tick, step = Decimal(listing.tick), Decimal(listing.step)
    return SymbolRules(
        symbol=symbol,
        underlying=symbol.removesuffix("USDT"),
        tick=tick,
        min_price=tick,
        max_price=Decimal(1_000_000),
        lot=Lot(minimum=step, maximum=Decimal(listing.largest), step=step),
        market_lot=Lot(minimum=step, maximum=Decimal(listing.largest // 5), step=step),
        brackets=standard_brackets(),
        price_digits=decimals(tick) + 1,
        quantity_digits=decimals(step),
    )


def rules_of(document: object) -> dict[str, SymbolRules]:
    """Rules by symbol from an `exchangeInfo` document. It does not hold leverage brackets: symbols have those that
    stand beside it under `leverageBracket`, in the form of that call's answer, and else the standard ones.

    Raises InvalidInput (field "instruments") naming the symbol that cannot be read.
    """
    rows = document.get("symbols") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or not rows:
        raise InvalidInput("holds no list `symbols`", field="instruments", remedy="save what GET exchangeInfo answers")
    told = document.get("leverageBracket") if isinstance(document, Mapping) else None
    brackets = {} if told is None else brackets_of(told)
    found: dict[str, SymbolRules] = {}
    for row in rows:
        name = row.get("symbol") if isinstance(row, Mapping) else None
        if not isinstance(row, Mapping) or not isinstance(name, str):
            raise InvalidInput("an entry of `symbols` has no name", field="instruments")
        own = brackets.pop(name) if name in brackets else standard_brackets()
        try:
            found[name] = _read_rules(name, row, own)
        except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
            raise InvalidInput(f"{name} cannot be read: {error!r}", field="instruments") from None
    if brackets:
        raise InvalidInput(
            f"there are leverage brackets of {next(iter(brackets))}, which is not listed",
            field="instruments",
            remedy="list it under `symbols` too, or leave them out",
        )
    return found


def _read_rules(name: str, row: Mapping[str, Any], brackets: tuple[Bracket, ...]) -> SymbolRules:
    filters: Mapping[str, Mapping[str, Any]] = {one["filterType"]: one for one in row["filters"]}
    price, lot = filters["PRICE_FILTER"], filters["LOT_SIZE"]
    tick = Decimal(price["tickSize"])
    percent = filters.get("PERCENT_PRICE", {})
    return SymbolRules(
        symbol=name,
        underlying=row["baseAsset"],
        quote=row["quoteAsset"],
        tick=tick,
        min_price=Decimal(price["minPrice"]),
        max_price=Decimal(price["maxPrice"]),
        lot=_lot(lot),
        market_lot=_lot(filters.get("MARKET_LOT_SIZE", lot)),
        brackets=brackets,
        price_digits=max(decimals(tick), int(row.get("pricePrecision", 0))),
        quantity_digits=max(decimals(Decimal(lot["stepSize"])), int(row.get("quantityPrecision", 0))),
        min_notional=Decimal(filters.get("MIN_NOTIONAL", {}).get("notional", 0)),
        max_orders=int(filters.get("MAX_NUM_ORDERS", {}).get("limit", 200)),
        max_conditional=int(filters.get("MAX_NUM_ALGO_ORDERS", {}).get("limit", 100)),
        band_up=Decimal(percent.get("multiplierUp", "1.05")),
        band_down=Decimal(percent.get("multiplierDown", "0.95")),
        market_take_bound=Decimal(row.get("marketTakeBound", "0.05")),
        trigger_protect=Decimal(row.get("triggerProtect", "0.05")),
        liquidation_fee=Decimal(row.get("liquidationFee", "0.0125")),
        status=str(row.get("status", "TRADING")),
    )


def _lot(row: Mapping[str, Any]) -> Lot:
    return Lot(minimum=Decimal(row["minQty"]), maximum=Decimal(row["maxQty"]), step=Decimal(row["stepSize"]))

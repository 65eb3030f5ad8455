"""Which symbols there are: the standard ones with their few numbers, and others from the venue's own document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from vibex.domain.errors import InvalidInput
from vibex.venues.simulator.exchange.rules import Bracket, Lot, SymbolRules, decimals
from vibex.venues.simulator.exchange.words import ZERO

_STANDARD = ((50_000, 125, "0.004"), (600_000, 100, "0.005"), (3_000_000, 75, "0.0065"), (12_000_000, 50, "0.01"),
             (70_000_000, 25, "0.02"), (100_000_000, 20, "0.025"), (230_000_000, 10, "0.05"),
             (480_000_000, 5, "0.1"), (600_000_000, 4, "0.125"), (800_000_000, 3, "0.15"),
             (1_200_000_000, 2, "0.25"), (1_800_000_000, 1, "0.5"))  # fmt: skip


def brackets_from(steps: Sequence[tuple[int, int, str]]) -> tuple[Bracket, ...]:
    """Brackets from (cap, leverage, maintenance rate); `cum` makes the maintenance margin continuous."""
    made: list[Bracket] = []
    floor, cum, previous = ZERO, ZERO, ZERO
    for number, (cap, leverage, rate_text) in enumerate(steps, start=1):
        rate = Decimal(rate_text)
        cum += floor * (rate - previous) if number > 1 else ZERO
        made.append(
            Bracket(number=number, floor=floor, cap=Decimal(cap), leverage=leverage, maintenance_rate=rate, cum=cum)
        )
        floor, previous = Decimal(cap), rate
    return tuple(made)


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
        brackets=brackets_from(_STANDARD),
        price_digits=decimals(tick) + 1,
        quantity_digits=decimals(step),
    )


def rules_of(document: object) -> dict[str, SymbolRules]:
    """Rules by symbol from an `exchangeInfo` document, with the standard leverage brackets, which it does not hold.

    Raises InvalidInput (field "instruments") naming the symbol that cannot be read.
    """
    rows = document.get("symbols") if isinstance(document, Mapping) else None
    if not isinstance(rows, list) or not rows:
        raise InvalidInput("holds no list `symbols`", field="instruments", remedy="save what GET exchangeInfo answers")
    found: dict[str, SymbolRules] = {}
    for row in rows:
        name = row.get("symbol") if isinstance(row, Mapping) else None
        if not isinstance(row, Mapping) or not isinstance(name, str):
            raise InvalidInput("an entry of `symbols` has no name", field="instruments")
        try:
            found[name] = _read_rules(name, row)
        except (KeyError, TypeError, AttributeError, InvalidOperation) as error:
            raise InvalidInput(f"{name} cannot be read: {error!r}", field="instruments") from None
    return found


def _read_rules(name: str, row: Mapping[str, Any]) -> SymbolRules:
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
        brackets=brackets_from(_STANDARD),
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

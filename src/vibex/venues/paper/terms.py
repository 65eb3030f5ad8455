"""A venue's published terms as the simulator's exchange takes them: rules of a contract, abilities on paper."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from vibex.domain import InvalidInput, OrderType
from vibex.venues.profile import VenueProfile
from vibex.venues.reports import MarginMode, PositionMode, VenueInstrument
from vibex.venues.simulator.exchange import SymbolRules
from vibex.venues.simulator.exchange.listing import standard_rules
from vibex.venues.simulator.exchange.rules import Lot, decimals

_CLOSING = frozenset({OrderType.STOP_MARKET, OrderType.TAKE_PROFIT_MARKET})
_NO_BAND = Decimal(1000)
_MARKET_BOUND = Decimal("0.05")
_LIQUIDATION_FEE = Decimal("0.0125")
_NO_CAP = Decimal("0.1")


def paper_profile(source: VenueProfile) -> VenueProfile:
    """What both the chosen venue and the exchange in this process can do, under the venue's fees."""
    return replace(
        source,
        name="paper",
        closing_types=source.closing_types & _CLOSING,
        margin_modes=source.margin_modes | {MarginMode.CROSS},
        position_modes=frozenset({PositionMode.ONE_WAY}),
        batch_size=1,
        client_id_is_unique_for_ever=True,
        has_dead_mans_switch=False,
        has_account_stream=True,
    )


def rules_of(instrument: VenueInstrument, profile: VenueProfile) -> SymbolRules:
    """Filters of the contract, funding at the venue's interval; leverage brackets are the simulator's standard table,
    since venues show theirs only to account holders. Raises InvalidInput for a contract without tick or lot."""
    if instrument.tick <= 0 or instrument.lot <= 0:
        raise InvalidInput(f"{instrument.symbol} has no tick or no lot", field="symbol", remedy="choose another")
    return SymbolRules(
        symbol=paper_symbol(instrument.symbol),
        underlying=instrument.base,
        quote=instrument.quote,
        tick=instrument.tick,
        min_price=instrument.min_price,
        max_price=instrument.max_price,
        lot=_lot(instrument.min_quantity, instrument.max_quantity, instrument.lot),
        market_lot=_lot(
            instrument.market_min_quantity,
            instrument.market_max_quantity,
            instrument.market_lot or instrument.lot,
        ),
        brackets=standard_rules("BTCUSDT").brackets,
        price_digits=decimals(instrument.tick),
        quantity_digits=decimals(instrument.lot),
        min_notional=instrument.min_notional,
        max_orders=instrument.max_open_orders or 200,
        max_conditional=instrument.max_stop_orders or 100,
        band_up=instrument.price_up or _NO_BAND,
        band_down=instrument.price_down or Decimal(0),
        market_take_bound=instrument.market_bound or _MARKET_BOUND,
        liquidation_fee=instrument.liquidation_fee or _LIQUIDATION_FEE,
        funding_hours=profile.fees.funding_interval_hours,
        # Rates are the venue's own, within its own bounds already.
        funding_cap=_NO_CAP,
        funding_floor=-_NO_CAP,
        status="TRADING" if instrument.is_trading else "CLOSE",
    )


def paper_symbol(symbol: str) -> str:
    """`BTC/USDT` → `BTCUSDT`: the exchange spells contracts as AsterDEX does."""
    return symbol.replace("/", "")


def _lot(least: Decimal, most: Decimal, step: Decimal) -> Lot:
    return Lot(minimum=least, maximum=most, step=step)

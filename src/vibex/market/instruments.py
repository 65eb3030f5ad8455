"""Lots, ticks and currencies of the symbols: the shipped table, a user's own file before it, and the market's default.

Fractional quantities are ordinary on crypto and with US brokers, so lot 0 stands there. Hong Kong trades board lots;
a run without one is an assumption that the user has to state.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from io import StringIO
from pathlib import Path

from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Instrument, Market
from vibex.market.symbols import canonical_symbol
from vibex.market.textfiles import read_text
from vibex.market.ticks import TICK_TABLES

COLUMNS = ("symbol", "market", "currency", "lot", "tick", "shortable", "valid_from")
_TICK_TABLE = {Market.CRYPTO: None, Market.US_EQUITY: "us", Market.HK_EQUITY: "hkex"}
_YES_NO = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False, "": True}


@dataclass(frozen=True, kw_only=True)
class Instruments:
    """Entries by (symbol, market), each list ordered by `valid_from`, oldest first."""

    entries: Mapping[tuple[str, Market], tuple[Instrument, ...]]

    def find(self, symbol: str, market: Market, on: date) -> Instrument | None:
        """The entry with the latest `valid_from` on or before `on`; None when the symbol has none then."""
        valid = [e for e in self.entries.get((symbol, market), ()) if e.valid_from is None or e.valid_from <= on]
        return valid[-1] if valid else None

    def resolve(
        self, symbol: str, market: Market, on: date, *, lot_size: Decimal | None = None, fractional: bool = False
    ) -> Instrument:
        """The instrument of a run: the entry or the market's default, with `lot_size` in place of its lot.

        `fractional` sets lot 0. Raises InvalidInput (field "lot_size") on hk_equity when the board lot is 0 or unknown
        and neither was given, and when both were given.
        """
        if fractional and lot_size is not None:
            raise InvalidInput("a lot size and fractional shares exclude each other", field="lot_size")
        known = self.find(symbol, market, on)
        instrument = known or _default(symbol, market)
        if fractional:
            return replace(instrument, lot=Decimal(0))
        if lot_size is not None:
            instrument = replace(instrument, lot=lot_size)
        if market is Market.HK_EQUITY and instrument.lot == 0:
            raise InvalidInput(
                f"the board lot of {symbol} is {'0' if known or lot_size is not None else 'not known'}",
                field="lot_size",
                remedy="give --lot-size, an entry in the instrument file, or --fractional to trade single shares",
            )
        return instrument

    def overridden_by(self, other: Instruments) -> Instruments:
        """These entries, with every symbol that `other` names taken from `other` alone."""
        return Instruments(entries={**self.entries, **other.entries})


def shipped_instruments() -> Instruments:
    """The table that comes with the product."""
    return _parse(files("vibex.market").joinpath("instruments.csv").read_text("utf-8"), "instruments.csv")


def load_instruments(path: Path | None = None) -> Instruments:
    """The shipped table, overridden by the user's file. Raises InvalidInput with the line of the first bad entry."""
    if path is None:
        return shipped_instruments()
    return shipped_instruments().overridden_by(_parse(read_text(path, "instruments"), path.name))


def single_currency(instruments: Iterable[Instrument]) -> str:
    """The one currency of a run. Raises InvalidInput when there are two: no exchange rate is assumed."""
    by_currency = {instrument.currency: instrument.symbol for instrument in instruments}
    if len(by_currency) != 1:
        named = ", ".join(f"{symbol} in {currency}" for currency, symbol in sorted(by_currency.items())) or "none"
        raise InvalidInput(
            f"one run has one currency, but the symbols are priced in several: {named}",
            field="symbols",
            remedy="run each currency by itself",
        )
    return next(iter(by_currency))


def _default(symbol: str, market: Market) -> Instrument:
    currency = _default_currency(symbol, market)
    return Instrument(symbol=symbol, market=market, currency=currency, tick_table=_TICK_TABLE[market])


def _default_currency(symbol: str, market: Market) -> str:
    return symbol.rsplit("/", 1)[-1] if market is Market.CRYPTO and "/" in symbol else market.default_currency


def _parse(text: str, name: str) -> Instruments:
    rows = csv.DictReader(StringIO(text))
    unknown = sorted(set(rows.fieldnames or ()) - set(COLUMNS))
    missing = [column for column in ("symbol", "market") if column not in (rows.fieldnames or ())]
    if unknown or missing:
        problem = f"unknown column {unknown[0]!r}" if unknown else f"no column {missing[0]!r}"
        raise InvalidInput(f"{name}: {problem}", field="instruments", remedy=f"the columns are {', '.join(COLUMNS)}")
    entries: dict[tuple[str, Market], list[Instrument]] = {}
    for row in rows:
        entry = _entry(row, f"{name} line {rows.line_num}")
        known = entries.setdefault((entry.symbol, entry.market), [])
        if any(other.valid_from == entry.valid_from for other in known):
            raise InvalidInput(
                f"{name} line {rows.line_num}: a second entry of {entry.symbol} for the same valid_from",
                field="instruments",
                remedy="keep one",
            )
        known.append(entry)
    return Instruments(entries={key: tuple(sorted(known, key=_age)) for key, known in entries.items()})


def _age(entry: Instrument) -> date:
    return entry.valid_from or date.min


def _entry(row: Mapping[str | None, str | None], where: str) -> Instrument:
    if None in row or None in row.values():
        raise InvalidInput(f"{where}: not as many cells as the header", field="instruments", remedy="check the commas")
    cells = {str(column): str(cell).strip() for column, cell in row.items()}
    try:
        market = Market(cells["market"])
        symbol = canonical_symbol(cells["symbol"], market)
        tick = cells.get("tick", "").lower()
        return Instrument(
            symbol=symbol,
            market=market,
            currency=cells.get("currency") or _default_currency(symbol, market),
            lot=Decimal(cells.get("lot") or "0"),
            tick=Decimal(0) if tick in TICK_TABLES else Decimal(tick or "0"),
            tick_table=tick if tick in TICK_TABLES else None if tick else _TICK_TABLE[market],
            shortable=_YES_NO[cells.get("shortable", "").lower()],
            valid_from=date.fromisoformat(cells["valid_from"]) if cells.get("valid_from") else None,
        )
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error.message}", field="instruments", remedy=error.remedy) from error
    except InvalidOperation:
        problem = f"lot and tick are numbers; a tick may also be {' or '.join(TICK_TABLES)}"
    except KeyError:
        problem = "shortable is yes or no"
    except ValueError as error:
        problem = str(error)
    raise InvalidInput(f"{where}: {problem}", field="instruments", remedy="correct that line")

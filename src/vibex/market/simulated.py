"""Files of generated prices. Each declares that it is simulated, so that every result made from it says so."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from vibex.analysis.generator import GeneratedMarket, generate_market
from vibex.domain.bars import format_times
from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market
from vibex.domain.timeframe import Timeframe
from vibex.market.adjustment import Adjustment
from vibex.market.library import library_path, write_bars
from vibex.market.reader import read_bars
from vibex.market.symbols import canonical_symbol
from vibex.market.tables import Declared


def generate_file(
    target: Path,
    *,
    seed: int,
    symbol: str,
    market: Market,
    timeframe: Timeframe,
    start: datetime,
    bars: int,
    funding: Path | None = None,
) -> tuple[Path, GeneratedMarket]:
    """Generate bars into `target`, a .parquet file or a library folder; the file written and what it holds.

    `funding` is a CSV file for the funding rates (columns timestamp, funding_rate). A file of real prices is never
    replaced: raises InvalidInput (field "out") for it, for a name that is not .parquet, and as `generate_market` does.
    """
    name = canonical_symbol(symbol, market)
    if target.suffix and target.suffix != ".parquet":
        raise InvalidInput(f"{target.name} does not end in .parquet", field="out", remedy="name it FILE.parquet")
    path = target if target.suffix else library_path(target, market, name, timeframe)
    if path.exists() and not read_bars(path).declared.simulated:
        raise InvalidInput(f"{path} holds prices that are not simulated", field="out", remedy="name another file")
    if funding is not None and market.is_equity:
        raise InvalidInput("equities have no funding", field="funding_out", remedy="leave it out")
    made = generate_market(seed=seed, symbol=name, market=market, timeframe=timeframe, start=start, bars=bars)
    # Generated shares neither split nor pay, so raw prices need no adjustment.
    adjustment = Adjustment.RAW if market.is_equity else None
    write_bars(made.bars, path, Declared(market=market, simulated=True, adjustment=adjustment))
    if funding is not None:
        _write_funding(made, funding)
    return path, made


def _write_funding(made: GeneratedMarket, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("timestamp", "funding_rate"))
        rows.writerows(zip(format_times(made.funding_time), made.funding_rate.tolist(), strict=True))

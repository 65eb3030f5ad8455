"""Which prices, from whom, how clean: files in, `Bars` out, with everything that was done to them counted.

A file is read and mended (`read_bars`), matched to a symbol (`match_data`), and prepared for a run (`prepare`):
adjustment stated, jumps explained, sessions filtered, resampled to the strategy's timeframe, one currency. What goes
with prices is laid on the same rows: funding, mark price, finer bars, dividends and splits, price steps. What is public
comes from `sources` by way of `fetching` into the library. Must not know strategies, orders, fills or results; a
missing fact (board lot, adjustment) is asked for and never guessed.
"""

from vibex.market.adjustment import (
    ActionKind,
    Adjustment,
    CorporateAction,
    CorporateActions,
    adjust,
    read_actions,
)
from vibex.market.brackets import LeverageBrackets, maintenance_margin, read_brackets
from vibex.market.data_arguments import DataArgument, match_data, parse_data_argument
from vibex.market.detail import DetailRows, detail_rows, read_detail
from vibex.market.entitlements import Entitlements, entitlements_of
from vibex.market.funding import FundingSeries, read_funding, refuse_uncovered
from vibex.market.inspection import Inspection, inspect_file
from vibex.market.instruments import (
    Instruments,
    load_instruments,
    shipped_instruments,
    single_currency,
)
from vibex.market.library import (
    LibraryEntry,
    bars_for,
    files_for,
    import_file,
    library_path,
    list_library,
    write_bars,
)
from vibex.market.mark import MarkColumns, mark_columns, read_mark
from vibex.market.preparation import Note, PreparationRequest, PreparedData, prepare
from vibex.market.quality import DataQuality, GapCount, measure_quality
from vibex.market.reader import DataFile, read_bars
from vibex.market.series import Series
from vibex.market.settlements import FundingRows, funding_rows
from vibex.market.simulated import generate_file
from vibex.market.symbols import canonical_symbol, market_of
from vibex.market.tables import Declared
from vibex.market.ticks import TickBands, against_trader, round_level, tick_at, tick_bands

__all__ = [
    "ActionKind",
    "Adjustment",
    "CorporateAction",
    "CorporateActions",
    "DataArgument",
    "DataFile",
    "DataQuality",
    "Declared",
    "DetailRows",
    "Entitlements",
    "FundingRows",
    "FundingSeries",
    "GapCount",
    "Inspection",
    "Instruments",
    "LeverageBrackets",
    "LibraryEntry",
    "MarkColumns",
    "Note",
    "PreparationRequest",
    "PreparedData",
    "Series",
    "TickBands",
    "adjust",
    "against_trader",
    "bars_for",
    "canonical_symbol",
    "detail_rows",
    "entitlements_of",
    "files_for",
    "funding_rows",
    "generate_file",
    "import_file",
    "inspect_file",
    "library_path",
    "list_library",
    "load_instruments",
    "maintenance_margin",
    "mark_columns",
    "market_of",
    "match_data",
    "measure_quality",
    "parse_data_argument",
    "prepare",
    "read_actions",
    "read_bars",
    "read_brackets",
    "read_detail",
    "read_funding",
    "read_mark",
    "refuse_uncovered",
    "round_level",
    "shipped_instruments",
    "single_currency",
    "tick_at",
    "tick_bands",
    "write_bars",
]

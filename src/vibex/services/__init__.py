"""The composition root: what the command line and the pages do, each as one call with plain arguments.

Rooms below know nothing of each other's wiring; this is where files become bars, bars a result, and a result a
stored run.
"""

from vibex.services.accounts import open_accounts
from vibex.services.backtests import BacktestRequest, backtest, digests_before, moment_ms
from vibex.services.prices import SOURCES, fetch_prices, open_prices
from vibex.services.runs import is_simulated, save_run, use_compiled_folder
from vibex.services.symbols import canonical_spec, filter_symbols
from vibex.services.words import ChatRequest, open_author, open_chat

__all__ = [
    "SOURCES",
    "BacktestRequest",
    "ChatRequest",
    "backtest",
    "canonical_spec",
    "digests_before",
    "fetch_prices",
    "filter_symbols",
    "is_simulated",
    "moment_ms",
    "open_accounts",
    "open_author",
    "open_chat",
    "open_prices",
    "save_run",
    "use_compiled_folder",
]

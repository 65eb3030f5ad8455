"""The seeded market generator: prices for tests, demos and robustness checks where no real data may ship.

Pure: the same seed gives the same bars, funding and regimes. It knows calendars and bars; it must not know
strategies, fills or files, and nothing it makes may be shown as real data.
"""

from vibex.analysis.generator.character import Regime
from vibex.analysis.generator.market import GeneratedMarket, generate_market

__all__ = ["GeneratedMarket", "Regime", "generate_market"]

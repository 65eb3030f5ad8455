"""Venues behind the ccxt library: Binance USD-M, Bybit, OKX, Hyperliquid, and AsterDEX's public side as a cross-check.

ccxt signs, paces and carries the requests and reads the answers; what is asked of a venue stands in one table per
venue here, as the venue's own parameters. Its unified `create_order` is not used: it drops or passes on in silence
what a venue does not have. Loading this package does not load ccxt, which takes seconds.
"""

from vibex.venues.ccxt.dialect import Dialect
from vibex.venues.ccxt.opening import DIALECTS, open_ccxt
from vibex.venues.ccxt.venue import CcxtVenue

__all__ = ["DIALECTS", "CcxtVenue", "Dialect", "open_ccxt"]

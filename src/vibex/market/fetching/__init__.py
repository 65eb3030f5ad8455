"""Which prices are missing, and how do they come here? Pages by time from a source, merged into the library.

`PriceSource` is the port; its implementations stand in `market/sources`. Pages are kept in a partial file beside the
library's until the range is whole, so that an interrupted fetch goes on where it stopped. Must not know any exchange,
and never makes a number up: what a source does not have stays a gap.
"""

from vibex.market.fetching.fetcher import fetch
from vibex.market.fetching.request import Fetched, FetchRequest
from vibex.market.fetching.rows import Rows
from vibex.market.fetching.source import Page, PageQuery, PriceSource

__all__ = ["FetchRequest", "Fetched", "Page", "PageQuery", "PriceSource", "Rows", "fetch"]

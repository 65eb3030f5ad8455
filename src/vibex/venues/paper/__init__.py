"""Trading on paper: real or recorded prices, the simulator's matching in this process, money that exists in one file.

It stands behind the same port as every venue. Orders are admitted, matched, funded and liquidated by
`venues.simulator.exchange`; prices come from the public side of another venue or from recorded bars. It must not send
anything anywhere.
"""

from vibex.venues.paper.market_source import MarketSource
from vibex.venues.paper.recorded import RecordedMarket
from vibex.venues.paper.venue import PaperVenue

__all__ = ["MarketSource", "PaperVenue", "RecordedMarket"]

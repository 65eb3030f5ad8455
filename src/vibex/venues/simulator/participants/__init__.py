"""Who else trades: prices from bars or from the seeded generator, a market maker around them, noise and momentum,
and books and trades that were recorded elsewhere.

Everything random comes from one seed. It knows the exchange and bars; it must not know HTTP or real time.
"""

from vibex.venues.simulator.participants.agents import Agent, CrowdSettings
from vibex.venues.simulator.participants.crowd import Crowd
from vibex.venues.simulator.participants.prices import BarPath, GeneratedPath, PricePath, TapePath
from vibex.venues.simulator.participants.recorded import DepthMessage, RecordedBook, RecordedTrade, Recording

__all__ = [
    "Agent",
    "BarPath",
    "Crowd",
    "CrowdSettings",
    "DepthMessage",
    "GeneratedPath",
    "PricePath",
    "RecordedBook",
    "RecordedTrade",
    "Recording",
    "TapePath",
]

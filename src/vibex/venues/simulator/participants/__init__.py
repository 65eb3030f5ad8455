"""Who else trades: prices from bars or from the seeded generator, a market maker around them, noise,
and books that were recorded elsewhere.

Everything random comes from one seed. It knows the exchange and bars; it must not know HTTP or real time.
"""

from vibex.venues.simulator.participants.crowd import Crowd
from vibex.venues.simulator.participants.prices import BarPath, GeneratedPath, PricePath
from vibex.venues.simulator.participants.recorded import DepthMessage, RecordedBook

__all__ = ["BarPath", "Crowd", "DepthMessage", "GeneratedPath", "PricePath", "RecordedBook"]

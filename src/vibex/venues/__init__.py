"""Where is traded? One port for every venue, and the clients that stand behind it.

Must not know risk, agents, accounts, SQL or HTTP servers: a venue carries out what was approved and reports facts.
`venues.aster` and `venues.simulator` read the same page and share nothing but the domain, so that a misreading shows.
"""

from vibex.venues.events import AccountEvent, Channel, Interrupted, MarketEvent, Subscription
from vibex.venues.outcome import Accepted, Change, Done, Found, NotFound, Outcome, Refused, Unknown
from vibex.venues.profile import FeeSchedule, Request, TriggerPrice, VenueProfile, check
from vibex.venues.reports import (
    AccountSnapshot,
    Balance,
    BookLevel,
    BookSnapshot,
    MarginMode,
    PositionMode,
    ReportedFill,
    ReportedOrder,
    ReportedPosition,
    VenueInstrument,
)
from vibex.venues.venue import Venue

__all__ = [
    "Accepted",
    "AccountEvent",
    "AccountSnapshot",
    "Balance",
    "BookLevel",
    "BookSnapshot",
    "Change",
    "Channel",
    "Done",
    "FeeSchedule",
    "Found",
    "Interrupted",
    "MarginMode",
    "MarketEvent",
    "NotFound",
    "Outcome",
    "PositionMode",
    "Refused",
    "ReportedFill",
    "ReportedOrder",
    "ReportedPosition",
    "Request",
    "Subscription",
    "TriggerPrice",
    "Unknown",
    "Venue",
    "VenueInstrument",
    "VenueProfile",
    "check",
]

"""The wire: the venue's REST paths over ASGI, signatures, weights and bans, streams, and faults by script.

It reads requests and writes answers; what a request does is decided in `exchange`. It must not compute money.
"""

from vibex.venues.simulator.http.application import Application
from vibex.venues.simulator.http.keys import AccountKeys, generate_keys, supply_keys

__all__ = ["AccountKeys", "Application", "generate_keys", "supply_keys"]

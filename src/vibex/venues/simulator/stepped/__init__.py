"""When may time jump? An event loop on simulated time, and the venue's side of the clock that it shares with clients.

Every timer of the loop (sleeps, time-outs, keep-alives of libraries) is a deadline of the simulated clock. Venue and
clients take turns: each runs until it has nothing left to do but wait, and finds in its turn whatever the others have
sent. When a full round has brought nothing, time jumps to the next deadline of anybody. It must not know what is
simulated.
"""

from vibex.venues.simulator.stepped.keeper import Keeper
from vibex.venues.simulator.stepped.loop import LoopClock, Pace, SteppedLoop, Wait
from vibex.venues.simulator.stepped.wire import Line, LineSocket

__all__ = ["Keeper", "Line", "LineSocket", "LoopClock", "Pace", "SteppedLoop", "Wait"]

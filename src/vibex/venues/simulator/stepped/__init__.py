"""When may time jump? An event loop on simulated time, and the venue's side of the clock that it shares with clients.

Every timer of the loop (sleeps, time-outs, keep-alives of libraries) is a deadline of the simulated clock. Time moves
only when the venue and all of its clients have nothing left to do but wait; then it jumps to the next deadline of
anybody. It must not know what is simulated.
"""

from vibex.venues.simulator.stepped.keeper import Keeper
from vibex.venues.simulator.stepped.loop import LoopClock, Pace, SteppedLoop
from vibex.venues.simulator.stepped.wire import Line, LineSocket

__all__ = ["Keeper", "Line", "LineSocket", "LoopClock", "Pace", "SteppedLoop"]

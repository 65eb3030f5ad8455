"""vibex: words become strategies, strategies become evidence, evidence trades under risk rules.

The rooms of the house, top floor first; imports point down only (see docs/architecture.md):

cli         how do I start it from a terminal?
demo        what is there to see before the user has done anything?
services    which parts run in this process, wired how?
gateway     who may ask for what over HTTP?
backtest    what would a strategy have done, and how good was it really?
strategy    what is meant? the StrategySpec and its one evaluation
market      which prices, from whom, how clean?
store       what is remembered?
analysis    which numbers follow from prices? indicators, calendars, performance, generator
domain      which words do we share?
settings, monitoring   what is configured; what is seen
testing     shipped test kit
"""

__version__ = "0.1.0"

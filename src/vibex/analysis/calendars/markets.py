"""Which calendar stands for which market."""

from __future__ import annotations

from vibex.analysis.calendars.calendar import Calendar, SessionOverride
from vibex.analysis.calendars.continuous import ContinuousCalendar
from vibex.analysis.calendars.exchange import ExchangeCalendar
from vibex.domain import Market


def calendar_for(market: Market, override: SessionOverride | None = None) -> Calendar:
    """XNYS for us_equity, XHKG for hk_equity, days without end for crypto.

    `override` replaces the session's hours; the trading dates stay the exchange's. Raises NotSupported for
    an equity session that passes midnight; one that opens on another date than the exchange's is refused
    with InvalidInput at its first use.
    """
    if market is Market.CRYPTO:
        return ContinuousCalendar(override=override)
    return ExchangeCalendar(market=market, override=override)

"""Plays cards against a venue, one after the other, and reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vibex.domain import Clock, SystemClock, VibexError
from vibex.testing.conformance.card import Approve, Card, CardFailed, CardSkipped, LoseNextAnswer, Session
from vibex.testing.conformance.reading_cards import READ_ONLY
from vibex.testing.conformance.report import Report, Result, Status
from vibex.venues import Venue


async def run(
    venue: Venue,
    cards: Sequence[Card] = READ_ONLY,
    *,
    symbol: str = "BTC/USDT",
    clock: Clock | None = None,
    has_account: bool = True,
    approve: Approve | None = None,
    lose_next_answer: LoseNextAnswer | None = None,
    on_result: Callable[[Result], None] | None = None,
) -> Report:
    """Every card once, in the order given. `has_account` False skips the cards that need keys, `approve` None those
    that place entries. `on_result` hears each result as it comes. What a venue raises beyond `VibexError` is a defect
    of its client and is raised."""
    clock = clock or SystemClock()
    session = Session(
        venue=venue,
        clock=clock,
        symbol=symbol,
        has_account=has_account,
        approve=approve,
        lose_next_answer=lose_next_answer,
        # New ids in every run: a venue may remember those of closed orders.
        epoch=int(clock.now().timestamp()) % 36**4,
    )
    results = []
    for one in cards:
        result = await _play(one, session)
        results.append(result)
        if on_result is not None:
            on_result(result)
    return Report(venue=venue.profile.name, symbol=symbol, results=tuple(results))


async def _play(card: Card, session: Session) -> Result:
    begun = session.clock.monotonic()
    status, words = Status.PASSED, ""
    if card.needs_account and not session.has_account:
        status, words = Status.SKIPPED, "no keys"
    else:
        try:
            await card.check(session)
        except CardSkipped as reason:
            status, words = Status.SKIPPED, str(reason)
        except CardFailed as reason:
            status, words = Status.FAILED, str(reason)
        except VibexError as error:
            status, words = Status.FAILED, f"{type(error).__name__}: {error}"
    return Result(card=card, status=status, words=words, seconds=session.clock.monotonic() - begun)

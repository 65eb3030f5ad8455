"""Three states of an account, ACTIVE, REDUCING, HALTED, and what moves it between them.

In REDUCING no entry is sent and the reasons may pass by themselves; HALTED is left by a person only. Exits and
cancels pass in every state.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from vibex.domain.errors import InvalidInput


class TradingState(StrEnum):
    ACTIVE = "active"
    REDUCING = "reducing"
    HALTED = "halted"

    @property
    def takes_entries(self) -> bool:
        return self is TradingState.ACTIVE


class Threat(StrEnum):
    """Why an account is not ACTIVE. `words` completes "because …"."""

    DAILY_LOSS = "daily_loss"
    CLOCK = "clock"
    FEED = "feed"
    MISMATCH = "mismatch"
    STORE = "store"
    LIQUIDATED = "liquidated"
    PAUSED = "paused"
    DRAWDOWN = "drawdown"
    LEASE = "lease"
    SECOND_WRITER = "second_writer"
    STORE_LOST = "store_lost"
    KILLED = "killed"
    BEHAVIOUR = "behaviour"

    @property
    def leads_to(self) -> TradingState:
        return TradingState.HALTED if self in _HALTING else TradingState.REDUCING

    @property
    def words(self) -> str:
        return _WORDS[self]


_HALTING = frozenset(
    {
        Threat.DRAWDOWN,
        Threat.LEASE,
        Threat.SECOND_WRITER,
        Threat.STORE_LOST,
        Threat.KILLED,
        Threat.BEHAVIOUR,
    }
)
_LASTS_THE_DAY = frozenset({Threat.DAILY_LOSS, Threat.LIQUIDATED})
_WORDS = {
    Threat.DAILY_LOSS: "the loss of this UTC day reached its limit",
    Threat.CLOCK: "the clock is too far from the venue's",
    Threat.FEED: "prices or account events do not come",
    Threat.MISMATCH: "venue and journal do not agree",
    Threat.STORE: "the journal cannot be written",
    Threat.LIQUIDATED: "the venue closed a position by force",
    Threat.PAUSED: "a person paused it",
    Threat.DRAWDOWN: "the loss from the highest equity reached its limit",
    Threat.LEASE: "another process may hold the account",
    Threat.SECOND_WRITER: "somebody else trades on the account",
    Threat.STORE_LOST: "the journal stayed unwritable",
    Threat.KILLED: "the kill switch was pulled",
    Threat.BEHAVIOUR: "the account's own orders look wrong",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of an account and every threat behind it, with the time at which each arose."""

    state: TradingState = TradingState.ACTIVE
    since: datetime
    threats: Mapping[Threat, datetime] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """One sentence for people and logs."""
        if not self.threats:
            return "The account is active."
        reasons = "; ".join(threat.words for threat in sorted(self.threats))
        return f"The account is {self.state.value} since {self.since:%Y-%m-%d %H:%M:%S} UTC because {reasons}."


def advance(standing: Standing, present: Set[Threat], now: datetime) -> Standing:
    """The standing at `now` when `present` are all threats that hold.

    A halted account stays halted and collects reasons. Otherwise threats that are over are dropped, a daily loss
    and a forced closing not before the next UTC day, and the worst that is left decides.
    """
    if now.tzinfo is None:
        raise InvalidInput("a time without zone", field="now")
    kept = {
        threat: arose
        for threat, arose in standing.threats.items()
        if threat in present or standing.state is TradingState.HALTED or _lasts(threat, arose, now)
    }
    threats = kept | {threat: now for threat in present if threat not in kept}
    state = _worst(threats)
    if standing.state is TradingState.HALTED:
        state = TradingState.HALTED
    since = standing.since if state is standing.state else now
    return replace(standing, state=state, since=since, threats=threats)


def rearm(standing: Standing, *, by: str, present: Set[Threat], now: datetime) -> Standing:
    """Out of HALTED, by the person `by`; threats that still hold decide what comes instead.

    Raises InvalidInput without a name and while a halting threat is still present: re-arming does not mend it.
    """
    if not by.strip():
        raise InvalidInput("only a named person re-arms an account", field="by")
    halting = sorted(threat for threat in present if threat.leads_to is TradingState.HALTED)
    if halting:
        raise InvalidInput(
            f"the account stays halted because {halting[0].words}", field="state", remedy="mend the cause, then re-arm"
        )
    # What lasts the day stays for it, whoever re-arms.
    lasting = {threat: arose for threat, arose in standing.threats.items() if _lasts(threat, arose, now)}
    return advance(Standing(since=now, threats=lasting), present, now)


def _lasts(threat: Threat, arose: datetime, now: datetime) -> bool:
    return threat in _LASTS_THE_DAY and arose.astimezone(UTC).date() == now.astimezone(UTC).date()


def _worst(threats: Mapping[Threat, datetime]) -> TradingState:
    if any(threat.leads_to is TradingState.HALTED for threat in threats):
        return TradingState.HALTED
    return TradingState.REDUCING if threats else TradingState.ACTIVE

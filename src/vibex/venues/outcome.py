"""What becomes of a request to a venue: accepted, refused with proof, or unknown. There is no fourth case."""

from __future__ import annotations

from dataclasses import dataclass

from vibex.venues.reports import ReportedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The venue has taken the request; `order` is its state in the venue's answer."""

    order: ReportedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Proof that the request changed nothing. `code` is the venue's, or a word of ours when it was refused before the
    wire; `remedy` says what to do. `retry_after_ms` None: the same request will be refused again. `stop`: nothing may
    be sent until a person has looked (keys not accepted, liquidation, firewall)."""

    code: str
    words: str
    remedy: str
    retry_after_ms: int | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Sent and not answered: count it at full size and query it; never send it again."""

    why: str


Outcome = Accepted | Refused | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A change of settings that holds now, whether or not it held before."""

    already: bool = False


Change = Done | Refused | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """The venue does not know the order (`code`). Right after a send this is no proof that it was lost."""

    code: str


Found = ReportedOrder | NotFound

"""The port behind which models stand: the client, a replay, or a test's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from vibex.domain import AccountId, JsonValue
from vibex.llm.answer import Answer
from vibex.llm.request import ModelRequest

if TYPE_CHECKING:
    from vibex.store import Owner

Listener = Callable[[str], None]
"""Gets each piece of the answer's text as it comes; called on the event loop, must be quick."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """For whom and why a model is asked: who pays, and the labels that the record is found by.

    `purpose` and `subject` are short words of the caller ("extraction", "BTC"); `context` is what the prompt was made
    from; calls of one piece of work share a `correlation_id`.
    """

    owner: Owner
    purpose: str
    subject: str | None = None
    account_id: AccountId | None = None
    correlation_id: str | None = None
    context: Mapping[str, JsonValue] = field(default_factory=dict)


class Model(Protocol):
    """Answers questions."""

    async def ask(
        self,
        request: ModelRequest,
        occasion: Occasion,
        *,
        listen: Listener | None = None,
        deadline: float | None = None,
    ) -> Answer:
        """Ask once, within the time-outs and before `deadline` (monotonic seconds of the model's clock).

        Raises OverBudget or UnknownPrice before anything is sent; RetryLater when nothing happened; InvalidInput when
        the endpoint refuses the question; ModelRefused, AnswerMalformed; AnswerLost when it may have been billed.
        After an error `listen` may have heard text that is no answer.
        """
        ...

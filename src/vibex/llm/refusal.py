"""What an endpoint says when it does not answer, sorted by what may be done about it."""

from __future__ import annotations

import json

from vibex.domain import InvalidInput, JsonValue
from vibex.domain.json_text import loads

_BUSY = {500, 502, 503, 504, 529}
_ABOUT_THE_QUESTION = {400, 404, 405, 415, 422, 501}
_LONGEST = 500


class Unavailable(Exception):
    """Nothing happened and nothing can be billed: the same question may be sent again."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class Rejected(Exception):
    """The endpoint will not take the question as it stands; `said` is its reason."""

    def __init__(self, status: int, said: str) -> None:
        self.status = status
        self.said = said
        super().__init__(f"HTTP {status}: {said}")

    @property
    def may_be_a_feature(self) -> bool:
        """Whether this status is used for a question in a form that the endpoint does not know."""
        return self.status in _ABOUT_THE_QUESTION

    def as_invalid_input(self, model: str) -> InvalidInput:
        """The same for people: which setting to correct."""
        if self.status == 401:
            return InvalidInput(
                f"the endpoint does not accept the key: {self.said}", field="OPENROUTER_API_KEY", remedy="correct it"
            )
        if self.status in {402, 429}:
            return InvalidInput(
                f"the endpoint gives no more credit: {self.said}", field="OPENROUTER_API_KEY", remedy="top it up"
            )
        if self.status == 404:
            return InvalidInput(
                f"the endpoint does not know {model} or its own path: {self.said}",
                field="LLM_MODEL",
                remedy="correct LLM_MODEL or OPENROUTER_BASE_URL",
            )
        return InvalidInput(f"the endpoint refused the question with {self}", field="model")


def judge_status(status: int, said: str, retry_after_s: float | None) -> Unavailable | Rejected:
    """The fault behind an HTTP status. A 429 for want of credit does not pass by waiting."""
    out_of_credit = status == 429 and "insufficient_quota" in said
    if status in _BUSY or (status == 429 and not out_of_credit):
        return Unavailable(f"HTTP {status}: {said}", retry_after_s=retry_after_s)
    return Rejected(status, said)


def said_in(text: str) -> str:
    """The endpoint's words in an error body: message, code and parameter where it has them, else its first words."""
    try:
        document: JsonValue = loads(text)
    except ValueError:
        return " ".join(text.split())[:_LONGEST] or "no reason given"
    if isinstance(document, list) and document:
        document = document[0]
    error = document.get("error", document) if isinstance(document, dict) else document
    if not isinstance(error, dict):
        return str(error)[:_LONGEST]
    metadata = error.get("metadata")
    behind = metadata.get("raw") if isinstance(metadata, dict) else None
    words = [error.get("message"), error.get("detail"), error.get("code"), error.get("param"), behind]
    said = ", ".join(str(word) for word in words if word not in (None, ""))
    return (said or json.dumps(error))[:_LONGEST]

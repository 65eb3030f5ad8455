"""What can go wrong when a model is asked, beyond the product's common errors.

`RetryLater` (nothing happened, nothing was billed) and `InvalidInput` (the endpoint or this machine refused the
question) come from the domain.
"""

from __future__ import annotations

from decimal import Decimal

from vibex.domain import InvalidInput, VibexError


class ModelRefused(VibexError):
    """The model answered that it will not answer; `text` is its reason, possibly empty."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"the model refused: {text[:200] or 'no reason given'}", remedy="change the question")


class AnswerMalformed(VibexError):
    """An answer came and cannot be read as what was asked for; `text` is what came."""

    def __init__(self, message: str, *, text: str = "", remedy: str | None = None) -> None:
        self.text = text
        super().__init__(message, remedy=remedy)


class AnswerLost(VibexError):
    """The question was sent and may be billed, but no complete answer came; `partial` is the text until then."""

    def __init__(self, message: str, *, partial: str = "") -> None:
        self.partial = partial
        super().__init__(message, remedy="asking again may be billed a second time")


class OverBudget(VibexError):
    """The call was not made: its highest cost does not fit `limit_usd`."""

    def __init__(self, message: str, *, needed_usd: Decimal, limit_usd: Decimal, field: str) -> None:
        self.needed_usd = needed_usd
        self.limit_usd = limit_usd
        super().__init__(message, field=field, remedy=f"ask for fewer tokens or raise {field}")


class UnknownPrice(InvalidInput):
    """The model has no price, so that no budget could be kept."""

    def __init__(self, model: str, *, near: str | None = None) -> None:
        hint = f"; {near} has one" if near else ""
        super().__init__(
            f"{model} has no price{hint}",
            field="LLM_PRICE",
            remedy="set INPUT/OUTPUT dollars per million tokens, 0/0 for a local model, or LLM_PRICES_FILE",
        )


class NotRecorded(InvalidInput):
    """A replay was asked what its recordings do not answer."""

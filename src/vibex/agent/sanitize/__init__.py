"""What becomes of a model's answer: any text in, judged decisions and an outcome out, never an error.

Form and sense are judged here; whether a wish may be traded is the risk gate's question. The broken JSON that is read
is the one that the contract lists, and nothing else. This part knows the domain only.
"""

from vibex.agent.sanitize.contract import JudgedDecision, OpenPosition, Outcome, Sanitized, SanitizeInput
from vibex.agent.sanitize.redaction import redact
from vibex.agent.sanitize.sanitizer import MOST_BYTES, sanitize

__all__ = [
    "MOST_BYTES",
    "JudgedDecision",
    "OpenPosition",
    "Outcome",
    "SanitizeInput",
    "Sanitized",
    "redact",
    "sanitize",
]

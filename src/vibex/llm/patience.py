"""How long a model is waited for and how often it is asked again."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. `connect`: until the connection stands; `write`: until a piece of the question is sent; `read`: the
    longest silence of the endpoint; `total`: one question with all its attempts."""

    connect: float = 10
    write: float = 30
    read: float = 120
    total: float = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """`attempts` bounds how often a question is sent where nothing can have been billed; the waits double from
    `first_s` to `longest_s`. `after_loss` asks once more after an answer was lost, at the price of a second bill."""

    attempts: int = 4
    first_s: float = 0.5
    longest_s: float = 20
    after_loss: bool = False

    def wait_s(self, attempt: int, rng: random.Random) -> float:
        """Seconds before the next attempt, after `attempt` (from 1) of them: half fixed, half by chance, so that
        callers who failed together do not come back together."""
        full = min(self.longest_s, self.first_s * 2.0 ** (attempt - 1))
        return full / 2 + rng.random() * full / 2

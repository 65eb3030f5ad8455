"""Rule `hysteresis`: soon after an entry the other side needs more than one decision."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from vibex.risk.verdict import Refusal, Rule
from vibex.risk.wish import Wish


def check(wish: Wish) -> Refusal | None:
    policy, history = wish.policy, wish.history
    window = timedelta(minutes=policy.flip_window_minutes)
    if history.last_entry_side in (None, wish.side) or wish.inputs.now - wish.last_entry_at >= window:
        return None
    in_a_row = wish.decisions_in_a_row if history.decided_side is wish.side else 0
    if in_a_row >= policy.flip_confirmations:
        return None
    return Refusal(
        rule=Rule.HYSTERESIS,
        words=(
            f"the last entry was {history.last_entry_side} less than {policy.flip_window_minutes} minutes ago, and "
            f"the other side needs {policy.flip_confirmations} decisions in a row, not {in_a_row}"
        ),
        numbers={"decisions": Decimal(in_a_row), "needed": Decimal(policy.flip_confirmations)},
    )

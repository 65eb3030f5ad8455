"""Rule `position`: what may be opened beside what is open already: adding, turning, and what is on its way."""

from __future__ import annotations

from vibex.domain import ClientOrderId, Intent, InvalidInput
from vibex.risk.exposure import unseen_entries, waiting_orders
from vibex.risk.verdict import Refusal, Rule
from vibex.risk.wish import Wish
from vibex.venues.reports import PositionMode


def check(wish: Wish) -> Refusal | None:
    return _mode(wish) or _underway(wish) or _beside(wish)


def _mode(wish: Wish) -> Refusal | None:
    if wish.account.position_mode is not PositionMode.ONE_WAY:
        return _refusal("the account holds longs and shorts apart; set the venue to one-way mode")
    if wish.account.multi_assets:
        return _refusal("the account's margin is in several currencies; set the venue to single-asset mode")
    return None


def _underway(wish: Wish) -> Refusal | None:
    """A second entry before the first is known to have filled or gone would be one too many."""
    resting = {one.symbol for one in waiting_orders(wish.account) if _is_ours(one.client_order_id)}
    if wish.symbol in resting | {one.symbol for one in unseen_entries(wish.account)}:
        return _refusal(f"an entry in {wish.symbol} is still on its way")
    return None


def _beside(wish: Wish) -> Refusal | None:
    held, reverses = wish.held, wish.decision.intent is Intent.REVERSE
    if held is None:
        if reverses and not wish.policy.flip:
            return _refusal("the position is closed and the policy opens no other side by the same decision (flip)")
        return None
    if held.quantity * wish.side.direction < 0:
        return _refusal(f"{held.quantity} are held on the other side; close them first")
    if reverses or not wish.policy.pyramiding:
        return _refusal(f"{held.quantity} are held on this side and the policy does not add to them (pyramiding)")
    if held.margin_mode is not wish.policy.margin_mode:
        return _refusal(f"the position is {held.margin_mode.value} and the policy is {wish.policy.margin_mode.value}")
    return None


def _is_ours(client_order_id: str) -> bool:
    try:
        ClientOrderId.parse(client_order_id)
    except InvalidInput:
        return False
    return True


def _refusal(words: str) -> Refusal:
    return Refusal(rule=Rule.POSITION, words=words)

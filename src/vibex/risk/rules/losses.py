"""Rules `daily_loss` and `drawdown`: who has lost enough opens nothing."""

from __future__ import annotations

from decimal import Decimal

from vibex.risk.inputs import AccountFacts
from vibex.risk.verdict import Refusal, Rule, short
from vibex.risk.wish import Wish

HUNDRED = Decimal(100)


def daily_loss_pct(account: AccountFacts) -> Decimal:
    """Loss since 00:00 UTC in percent of the equity then; a gain is below 0."""
    return (account.day_start_equity - account.equity) / account.day_start_equity * HUNDRED


def drawdown_pct(account: AccountFacts) -> Decimal:
    """Loss from the highest equity, in percent of it; 0 at a new high."""
    peak = max(account.peak_equity, account.day_start_equity, account.equity)
    return (peak - account.equity) / peak * HUNDRED


def daily(wish: Wish) -> Refusal | None:
    loss, limit = daily_loss_pct(wish.account), wish.policy.max_daily_loss_pct
    if loss < limit:
        return None
    return Refusal(
        rule=Rule.DAILY_LOSS,
        words=f"{short(loss)} % were lost since 00:00 UTC and the limit of the day is {short(limit)} %",
        numbers={"loss_pct": loss, "limit_pct": limit, "equity": wish.account.equity},
    )


def drawdown(wish: Wish) -> Refusal | None:
    loss, limit = drawdown_pct(wish.account), wish.policy.max_drawdown_pct
    if loss < limit:
        return None
    return Refusal(
        rule=Rule.DRAWDOWN,
        words=f"{short(loss)} % were lost from the highest equity and the limit is {short(limit)} %",
        numbers={"drawdown_pct": loss, "limit_pct": limit, "equity": wish.account.equity},
    )

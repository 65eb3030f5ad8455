"""Which threats hold now, by what the account and this process report: what feeds `states.advance`.

Threats that only other rooms see (a second writer, a lost store, the kill switch) are added by them.
"""

from __future__ import annotations

from vibex.risk.inputs import AccountFacts, RiskInput
from vibex.risk.rules.losses import daily_loss_pct, drawdown_pct
from vibex.risk.states import Threat


def threats(inputs: RiskInput) -> frozenset[Threat]:
    """Every threat that can be read from `inputs`. Unknown counts as a threat, but not as one that halts."""
    health, skew = inputs.health, inputs.health.clock_skew_ms
    found = {
        Threat.LEASE: health.lease_held is False,
        Threat.FEED: health.market_feed_alive is not True or health.account_feed_alive is not True,
        Threat.MISMATCH: health.reconciled is not True,
        Threat.CLOCK: skew is None or abs(skew) >= inputs.policy.max_clock_skew_ms,
        Threat.DAILY_LOSS: False,
        Threat.DRAWDOWN: False,
    }
    account = inputs.account
    if account is None or not _is_counted(account):
        found[Threat.FEED] = True
    else:
        found[Threat.DAILY_LOSS] = daily_loss_pct(account) >= inputs.policy.max_daily_loss_pct
        found[Threat.DRAWDOWN] = drawdown_pct(account) >= inputs.policy.max_drawdown_pct
    return frozenset(threat for threat, holds in found.items() if holds)


def _is_counted(account: AccountFacts) -> bool:
    """Whether losses can be measured: equity may be below 0, what it is measured against may not."""
    known = all(value.is_finite() for value in (account.equity, account.day_start_equity, account.peak_equity))
    return known and account.day_start_equity > 0 and account.peak_equity > 0

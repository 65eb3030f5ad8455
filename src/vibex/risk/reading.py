"""A policy read out in plain language, so that who signs it knows what it means; one sentence per matter."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from vibex.risk.policy import EntryType, Policy
from vibex.risk.verdict import short
from vibex.venues.reports import MarginMode


def reading(policy: Policy) -> list[str]:
    """What `policy` allows and refuses, as sentences in the order of the fields. Every limit is in one of them."""
    return [
        *_what(policy),
        *_how_much(policy),
        *_stops(policy),
        *_losses(policy),
        *_pace(policy),
        *_freshness(policy),
        "Closing, reducing and a stop that comes nearer pass always, whatever the state of the account.",
    ]


def changed(policy: Policy) -> list[str]:
    """The fields of `policy` that differ from the defaults."""
    defaults = Policy()
    return [name for name in Policy.model_fields if getattr(policy, name) != getattr(defaults, name)]


def _what(policy: Policy) -> list[str]:
    assets = "every asset of the account" if policy.assets is None else _listed(policy.assets)
    turn = "may open the other side in the same decision" if policy.flip else "only closes; the other side waits"
    mode = (
        "isolated margin: it can lose its own margin"
        if policy.margin_mode is MarginMode.ISOLATED
        else "cross margin: the whole account stands behind it"
    )
    orders = "market orders" if policy.entry_type is EntryType.MARKET else "limit orders at the price that was judged"
    return [
        f"Policy {policy.name} allows entries in {assets}, by {orders}.",
        f"A position {'may be' if policy.pyramiding else 'is never'} added to; a decision against it {turn}.",
        (
            f"A position has {mode}; its leverage is {policy.min_leverage}x, and up to {policy.max_leverage}x only "
            "where less would need more margin than is free."
        ),
    ]


def _how_much(policy: Policy) -> list[str]:
    groups = [f"{name} ({_listed(members)})" for name, members in sorted(policy.groups.items())]
    named = f"; so do the groups {_listed(groups)}" if groups else ""
    return [
        (
            f"One asset weighs at most {_times(policy.max_position_exposure)}{_or(policy.max_position_notional)}, "
            f"everything together at most {_times(policy.max_gross_exposure)}{_or(policy.max_total_notional)}."
        ),
        (
            f"What would lose together weighs at most {_times(policy.max_group_exposure)}; assets with a correlation "
            f"of {short(policy.group_correlation)} or more, or an unknown one, count as moving together{named}."
        ),
        f"After an entry {short(policy.free_margin_reserve_pct)} % of equity is still free margin.",
    ]


def _stops(policy: Policy) -> list[str]:
    return [
        (
            f"Every entry has a stop, {short(policy.min_stop_pct)} to {short(policy.max_stop_pct)} % from the price "
            f"and not in the last {short(policy.liquidation_buffer_pct)} % of the way to liquidation."
        ),
        (
            f"At its stop an entry loses at most {short(policy.max_loss_at_stop_pct)} % of equity, with both fees and "
            f"{short(policy.slippage_pct)} % slippage."
        ),
    ]


def _losses(policy: Policy) -> list[str]:
    return [
        f"A loss of {short(policy.max_daily_loss_pct)} % since 00:00 UTC ends entries for the day.",
        (
            f"A loss of {short(policy.max_drawdown_pct)} % from the highest equity halts the account until a person "
            "re-arms it."
        ),
    ]


def _pace(policy: Policy) -> list[str]:
    return [
        (
            f"At most {policy.max_orders_per_hour} entry orders go out in any 60 minutes; an asset rests for "
            f"{policy.cooldown_minutes} minutes after its position closed."
        ),
        (
            f"Within {policy.flip_window_minutes} minutes after an entry the other side needs "
            f"{policy.flip_confirmations} decisions in a row."
        ),
        f"No entry pays more than {short(policy.max_funding_pct_per_day)} % of its notional per day in funding.",
    ]


def _freshness(policy: Policy) -> list[str]:
    return [
        (
            f"An approval holds for at most {policy.max_time_to_live_s} s and while the price stays within "
            f"{short(policy.max_price_drift_pct)} %; last price and mark price may be "
            f"{short(policy.max_mark_gap_pct)} % apart."
        ),
        (
            f"A price older than {policy.max_price_age_s} s, an account read more than {policy.max_account_age_s} s "
            f"ago or a clock {policy.max_clock_skew_ms} ms off refuses entries."
        ),
    ]


def _times(exposure: Decimal) -> str:
    return f"{short(exposure)} times equity"


def _or(notional: Decimal | None) -> str:
    return "" if notional is None else f" and {short(notional)} in quote currency"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"

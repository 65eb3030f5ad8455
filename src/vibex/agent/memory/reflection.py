"""The computed reflection on a trade: facts in three sentences, no advice and no promise."""

from __future__ import annotations

from decimal import Decimal

from vibex.agent.context.readings import stamp, words
from vibex.agent.memory.trade import ClosedTrade

_ENDED_BY = {
    "stop": "by its stop",
    "target": "at its target",
    "decision": "by a later decision",
    "liquidation": "by liquidation",
    "external": "outside of this product",
}


def reflect(trade: ClosedTrade) -> str:
    """What happened, what it brought, and what had been planned; every number comes from the trade."""
    ended = _ENDED_BY.get(trade.exit_reason, f"({trade.exit_reason})")
    result = "gained" if trade.pnl > 0 else "lost" if trade.pnl < 0 else "broke even"
    share = "" if trade.pnl == 0 else f" {_short(abs(trade.return_pct))} %"
    funding = "not known" if trade.funding is None else _short(trade.funding)
    costs = f"fees {_short(trade.fees)}, funding {funding}"
    opened = f"opened {stamp(trade.opened_at)} at {_short(trade.entry_price)}"
    said = [
        f"{trade.asset} {trade.side} {opened}, closed {ended} after {words(trade.held)} at {_short(trade.exit_price)}.",
        f"It {result}{share} net ({_signed(trade.pnl)}; {costs}){_in_risk(trade)}.",
        _planned(trade),
    ]
    return " ".join(said)


def _in_risk(trade: ClosedTrade) -> str:
    multiple = trade.r_multiple
    return "" if multiple is None else f", {_signed(multiple)} times the risk of its stop"


def _planned(trade: ClosedTrade) -> str:
    if trade.decision is None:
        return "No decision of this account opened it."
    levels = [
        f"{name} {_short(level)}"
        for name, level in (("stop", trade.decision.stop), ("target", trade.decision.target))
        if level is not None
    ]
    regimes = ", ".join(trade.decision.regimes) or "no named regime"
    return f"Planned: {', '.join(levels) or 'no levels'}; regime at entry: {regimes}."


def _short(number: Decimal) -> str:
    """At most 6 significant digits, without an exponent."""
    rounded = number if number == 0 else round(number, max(0, 5 - number.adjusted()))
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(number: Decimal) -> str:
    return ("+" if number > 0 else "") + _short(number)

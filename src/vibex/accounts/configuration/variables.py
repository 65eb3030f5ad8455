"""The variables of one account, and where each stands in an accounts file: the one list that both readers share."""

from __future__ import annotations

from difflib import get_close_matches

from vibex.domain import InvalidInput
from vibex.settings import AsterSettings, ModelSettings, TradingSettings, variables

FILE_KEYS = {
    "asterdex.api_key": "ASTERDEX_API_KEY",
    "asterdex.api_secret": "ASTERDEX_API_SECRET",
    "asterdex.user": "ASTERDEX_USER",
    "asterdex.signer": "ASTERDEX_SIGNER",
    "asterdex.private_key": "ASTERDEX_PRIVATE_KEY",
    "asterdex.mnemonic": "ASTERDEX_MNEMONIC",
    "asterdex.network": "ASTERDEX_NETWORK",
    "asterdex.base_url": "ASTERDEX_BASE_URL",
    "openrouter.api_key": "OPENROUTER_API_KEY",
    "openrouter.base_url": "OPENROUTER_BASE_URL",
    "openrouter.referer": "OPENROUTER_REFERER",
    "openrouter.app_title": "OPENROUTER_APP_TITLE",
    "llm_model": "LLM_MODEL",
    "llm_daily_budget_usd": "LLM_DAILY_BUDGET_USD",
    "llm_call_limit_usd": "LLM_CALL_LIMIT_USD",
    "llm_price": "LLM_PRICE",
    "llm_prices_file": "LLM_PRICES_FILE",
    "assets": "ASSETS",
    "interval": "INTERVAL",
    "venue": "TRADING_VENUE",
    "policy": "POLICY_FILE",
    "strategy": "STRATEGY_FILE",
    "rate_budget": "RATE_BUDGET",
}
"""Key of an account in a file (dots for nesting) and the variable that it stands for."""

PATHS = frozenset({"LLM_PRICES_FILE", "POLICY_FILE", "STRATEGY_FILE"})
"""In a file they are relative to its folder."""

OWN = frozenset(
    {
        "ASTERDEX_API_KEY",
        "ASTERDEX_API_SECRET",
        "ASTERDEX_USER",
        "ASTERDEX_SIGNER",
        "ASTERDEX_PRIVATE_KEY",
        "ASTERDEX_MNEMONIC",
        "OPENROUTER_API_KEY",
    }
)
"""Keys belong to one account. Every other variable without a suffix is the default of all accounts."""

VENUE_KEYS = OWN - {"OPENROUTER_API_KEY"}

ACCOUNT_VARIABLES = variables(AsterSettings, ModelSettings, TradingSettings) - {"VIBEX_LIVE"}


def refuse_unknown(name: str, known: list[str], what: str, field: str) -> None:
    """Raise InvalidInput for a name that is none of `known`, with the nearest one as the remedy."""
    if name in known:
        return
    near = get_close_matches(name, known, n=1)
    raise InvalidInput(
        f"{name!r} is no {what}",
        field=field,
        remedy=f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}",
    )

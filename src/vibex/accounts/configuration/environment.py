"""Accounts written as variables: one without suffixes, or one per id of ACCOUNT_IDS with `_ID` after each name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from vibex.accounts.configuration.variables import ACCOUNT_VARIABLES, OWN
from vibex.domain import AccountId, InvalidInput

_STRICT = ("ASTERDEX_", "OPENROUTER_", "LLM_")
"""What begins so is meant for this product: a name that nothing reads is a slip of the pen."""


def single_account(environment: Mapping[str, str]) -> dict[str, object]:
    """The variables of the one account, as they stand."""
    return {name: value for name, value in environment.items() if name in ACCOUNT_VARIABLES | {"VIBEX_LIVE"}}


def defaults(environment: Mapping[str, str]) -> dict[str, object]:
    """What holds for every account unless it says otherwise: all but the keys, which are one account's."""
    return {name: value for name, value in single_account(environment).items() if name not in OWN}


def suffixed_account(environment: Mapping[str, str], account_id: AccountId) -> dict[str, object]:
    """The variables of one account of many, over the defaults."""
    suffix = f"_{account_id}"
    own = {name: environment[name + suffix] for name in ACCOUNT_VARIABLES if name + suffix in environment}
    return {**defaults(environment), **own}


def refuse_stray(environment: Mapping[str, str], account_ids: Sequence[AccountId]) -> None:
    """Raise InvalidInput for a variable that looks like an account's and is read by nothing."""
    read = {f"{name}_{account_id}" for name in ACCOUNT_VARIABLES for account_id in account_ids} | ACCOUNT_VARIABLES
    for name in environment:
        suffixed = any(name.endswith(f"_{account_id}") for account_id in account_ids)
        stem = any(name.startswith(f"{known}_") for known in ACCOUNT_VARIABLES)
        if name in read or not name.startswith(_STRICT) or not (suffixed or stem):
            continue
        near = get_close_matches(name, sorted(read), n=1)
        raise InvalidInput(
            "is read by nothing: neither a variable of the product nor of an account of ACCOUNT_IDS",
            field=name,
            remedy=f"did you mean {near[0]}?" if near else "remove it, or add its account to ACCOUNT_IDS",
        )

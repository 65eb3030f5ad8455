"""For whom a query reads or writes. A repository method without a scope does not type-check."""

from __future__ import annotations

from dataclasses import dataclass

from vibex.domain import AccountId


@dataclass(frozen=True, slots=True)
class Owner:
    """All rows of one user."""

    id: str


@dataclass(frozen=True, slots=True)
class Account:
    """All rows of one trading account."""

    id: AccountId


Scope = Owner | Account

LOCAL_OWNER = Owner("local")
"""The one owner of a machine without logins: whoever runs the command line."""

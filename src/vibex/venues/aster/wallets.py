"""Loads the wallet library without letting it change this process.

eth-account brings a library that lifts Python's recursion limit to 100,000 when it is imported. A deep structure would
then end the process instead of raising RecursionError, so the limit is put back.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eth_account import Account


def load_account() -> type[Account]:
    """`eth_account.Account`; the first call takes about a second."""
    limit = sys.getrecursionlimit()
    try:
        from eth_account import Account
    finally:
        sys.setrecursionlimit(limit)
    return Account

"""Which accounts are configured, by the environment or by a file, and what changed since it was read last.

Every account is a set of the single-account variables, however it was written down.
"""

from vibex.accounts.configuration.account import AccountConfig, venue_config
from vibex.accounts.configuration.loading import AccountsSource, load_accounts
from vibex.accounts.configuration.reload import AccountsWatch, Reload

__all__ = ["AccountConfig", "AccountsSource", "AccountsWatch", "Reload", "load_accounts", "venue_config"]

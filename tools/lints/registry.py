"""All house rules. A new one is a module in `rules`, a row here, and a test that shows both its answers."""

from __future__ import annotations

from tools.lints.rules import (
    approved_entry,
    broad_except,
    clock,
    download_addresses,
    file_length,
    module_names,
    open_ends,
    room_docstring,
    secrets,
)
from tools.lints.source import Rule

RULES: tuple[Rule, ...] = (
    approved_entry.RULE,
    broad_except.RULE,
    clock.RULE,
    download_addresses.RULE,
    file_length.RULE,
    module_names.RULE,
    open_ends.RULE,
    room_docstring.RULE,
    secrets.RULE,
)

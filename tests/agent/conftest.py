"""The store, the clock and the clients of the tests of `llm`."""

from __future__ import annotations

from tests.llm.conftest import calls, clients, clock, database, migrated

__all__ = ["calls", "clients", "clock", "database", "migrated"]

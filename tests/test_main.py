"""The door `src/main.py`: a server finds the application in it, the command line does not pay for one."""

from __future__ import annotations

import sys
from importlib import import_module
from types import SimpleNamespace

import pytest


def test_the_application_is_built_when_a_server_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = SimpleNamespace(create_app=lambda: "application")
    monkeypatch.setitem(sys.modules, "vibex.gateway.app", gateway)
    assert import_module("src.main").app == "application"


def test_the_door_has_no_other_names_to_give() -> None:
    with pytest.raises(AttributeError, match="application"):
        _ = import_module("src.main").application

"""Logs tell what happened without telling what the program held at that moment."""

from __future__ import annotations

import json

import pytest
import structlog

from vibex.monitoring.logs import configure_logs


@pytest.mark.parametrize("as_json", [True, False])
def test_a_logged_traceback_names_the_fault_and_no_local_variable(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs(level="DEBUG", as_json=as_json)
    key = "-".join(["not", "for", "logs"])
    try:
        raise ValueError("the fault")
    except ValueError:
        structlog.get_logger().exception("call failed")
    finally:
        structlog.reset_defaults()
    shown = capsys.readouterr()
    told = shown.out if as_json else shown.err
    assert "the fault" in told
    assert key not in told
    if as_json:
        assert json.loads(told)["event"] == "call failed"

"""Settings as they enter a digest."""

from __future__ import annotations

import json

from vibex.backtest import RunSettings


def test_whole_numbers_and_floats_are_one_setting_and_give_one_digest() -> None:
    whole = RunSettings(
        capital=1000, fee_bps=1, slippage_bps=2, lot_size=1, min_notional=5, risk_free_rate=0, sortino_target=0
    )
    floats = RunSettings(
        capital=1000.0, fee_bps=1.0, slippage_bps=2.0, lot_size=1.0, min_notional=5.0, risk_free_rate=0.0
    )
    assert json.dumps(whole.to_json()) == json.dumps(floats.to_json())

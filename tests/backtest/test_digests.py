"""Same input, same output, bit for bit (rule 18), and a digest that moves with every input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np

from tests.backtest.runs import FREE, days, result, strategy
from vibex.domain import Instrument, Market

ROOT = Path(__file__).resolve().parents[2]
CLOSES = (10.0, 11, 12, 13, 14, 15, 16, 17, 18, 19)
SCRIPT = """
import json, random
from vibex.backtest import run
from vibex.domain import Timeframe
from vibex.strategy import parse_spec
from vibex.testing.random_specs import random_spec
from tests.strategy.evaluation.markets import walk
symbols = ["BTC/USDT", "ETH/USDT", "SOL/USDT"]
spec = parse_spec(random_spec(random.Random(5), runnable=True, market="crypto", symbols=symbols, timeframe="1h"))
result = run(spec, {symbol: walk(5, symbol, Timeframe.H1, 300) for symbol in symbols})
print(json.dumps([result.to_full_json(), len(result.trade_log)]))
"""


def in_a_process(hash_seed: str) -> str:
    source = Path(sys.modules["vibex"].__file__ or "").parents[1]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": f"{source}{os.pathsep}{ROOT}"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_two_processes_with_other_hash_seeds_give_the_same_result_to_the_bit() -> None:
    one, other = in_a_process("1"), in_a_process("4242")
    assert one == other
    assert json.loads(one)[1] > 5


def test_the_digest_of_data_moves_with_one_value_and_the_others_only_with_what_they_cover() -> None:
    bars = days(*CLOSES)
    assert bars.volume is not None
    volume = bars.volume.copy()
    volume[7] += 1
    one, other = result(strategy(), bars).digests, result(strategy(), replace(bars, volume=volume)).digests
    assert one["data"] != other["data"]
    assert {name: one[name] == other[name] for name in one} == {
        "data": False,
        "spec": True,
        "settings": True,
        "trades": True,
        "equity": True,
    }


def test_data_that_the_run_does_not_read_is_not_in_the_digest() -> None:
    extra = days(*CLOSES, symbol="DOGE/USDT")
    assert result(strategy(), days(*CLOSES), extra).digests == result(strategy(), days(*CLOSES)).digests


def test_the_digest_of_settings_moves_with_a_setting_and_with_an_instrument() -> None:
    bars = days(*CLOSES)
    plain = result(strategy(), bars).digests["settings"]
    assert result(strategy(), bars, settings=replace(FREE, fee_bps=1)).digests["settings"] != plain
    lot = Instrument(symbol="BTC/USDT", market=Market.CRYPTO, currency="USDT", lot=Decimal(1))
    assert result(strategy(), bars, instruments={"BTC/USDT": lot}).digests["settings"] != plain


def test_the_same_settings_written_otherwise_and_the_other_engine_have_the_same_digests() -> None:
    bars = days(*CLOSES)
    plain = result(strategy(), bars).digests
    assert result(strategy(), bars, settings=replace(FREE, fee_bps=0.0, capital=10_000)).digests == plain
    assert result(strategy(), bars, settings=replace(FREE, engine="reference")).digests == plain


def test_the_digest_of_the_strategy_moves_with_the_strategy() -> None:
    bars = days(*CLOSES)
    assert result(strategy(), bars).digests["spec"] != result(strategy(leverage=2), bars).digests["spec"]


def test_equity_and_trades_move_with_one_price() -> None:
    closes = np.array(CLOSES)
    closes[3] += 0.5
    one, other = result(strategy(), days(*CLOSES)).digests, result(strategy(), days(*closes)).digests
    assert one["equity"] != other["equity"]

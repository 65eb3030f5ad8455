"""`vibex agent sanitize`: one JSON object for any answer on standard input; options that cannot be met are exit 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from vibex.cli.app import app

ANSWER = {
    "trade_decisions": [
        {
            "asset": "BTC",
            "action": "buy",
            "allocation_usd": 1000.0,
            "tp_price": 66000.0,
            "sl_price": 58000.0,
            "exit_plan": "close if the 4h close is below EMA50",
            "rationale": "momentum",
        }
    ]
}
ACCOUNT = ("--assets", "BTC,ETH,SOL", "--equity", "10000", "--prices", "BTC=60000,ETH=3000,SOL=150")


def run(text: str | bytes, *more: str, account: tuple[str, ...] = ACCOUNT) -> Result:
    return CliRunner().invoke(app, ["agent", "sanitize", *account, *more], input=text, catch_exceptions=False)


def judged(text: str | bytes, *more: str) -> dict[str, object]:
    result = run(text, "--json", *more)
    assert result.exit_code == 0, result.output
    document: dict[str, object] = json.loads(result.stdout)
    return document


def test_a_good_answer_is_accepted_as_it_stands() -> None:
    document = judged(json.dumps(ANSWER))
    assert document["outcome"] == "accept"
    assert document["decisions"] == ANSWER["trade_decisions"]
    assert document["reasons"] == []


@pytest.mark.parametrize("text", ["", "\x00", b"\xff\xfe\x00", b"\xef\xbb\xbf", "🚀" * 1000, "x" * 2_000_000])
def test_any_bytes_are_an_answer(text: str | bytes) -> None:
    document = judged(text)
    assert document["outcome"] == "fallback_hold"
    assert document["intents"] == {"BTC": "hold", "ETH": "hold", "SOL": "hold"}


def test_positions_decide_what_an_action_means() -> None:
    close = json.dumps(ANSWER).replace("1000.0", "0")
    assert judged(close, "--positions", "BTC=-0.5")["intents"] == {"BTC": "close"}
    assert judged(close, "--positions", "BTC=0.5")["intents"] == {"BTC": "amend"}


def test_the_cap_is_the_equity_unless_policy_or_option_says_more(tmp_path: Path) -> None:
    large = json.dumps(ANSWER).replace("1000.0", "15000")
    assert judged(large)["outcome"] == "reject_decision"
    assert judged(large, "--max-exposure", "2")["outcome"] == "accept"
    policy = tmp_path / "policy.yaml"
    policy.write_text("version: 1\nmax_gross_exposure: 3\nflip: true\n", "utf-8")
    assert judged(large, "--policy", str(policy))["outcome"] == "accept"
    assert judged(large, "--policy", str(policy), "--positions", "BTC=-1")["intents"] == {"BTC": "reverse"}


def test_without_json_the_result_is_told_in_lines() -> None:
    result = run(json.dumps(ANSWER).replace("1000.0", '"$1,000"'))
    assert result.stdout.splitlines() == [
        "repair",
        "  BTC: buy 1000 USD, stop 58000.0, target 66000.0 (open)",
        "  repaired: BTC: allocation_usd read from text",
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--equity", "1x"), "error: equity: '1x' is not a number"),
        (("--equity", "NaN"), "error: equity"),
        (("--prices", "BTC"), "error: prices: 'BTC' names no asset and number"),
        (("--prices", "BTC=0"), "error: prices: BTC: 0 is not a price above 0"),
        (("--prices", "DOGE=1"), "error: prices: DOGE is none of the assets"),
        (("--positions", "BTC=0"), "error: positions: 0 is no quantity"),
        (("--assets", ","), "error: assets: no asset is named"),
        (("--max-exposure", "9"), "error: max_exposure: 9 is more than the policy's leverage of 5"),
        (("--max-exposure", "-1"), "error: max_exposure: -1 is not above 0"),
        (("--policy", "missing.yaml"), "error: policy: no file missing.yaml"),
    ],
)
def test_an_option_that_cannot_be_met_is_one_message(changed: tuple[str, str], said: str) -> None:
    given = dict(zip(ACCOUNT[::2], ACCOUNT[1::2], strict=True)) | dict([changed])
    result = run("{}", "--json", account=tuple(word for pair in given.items() for word in pair))
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert result.stdout == ""

"""No secret leaves a model's words: the canaries appear nowhere in what `sanitize` gives back."""

from __future__ import annotations

import json

import pytest

from tests.agent.sanitize.accounts import account
from vibex.agent.sanitize import redact, sanitize

HEX = "0123456789abcdef"
CANARIES = {
    "a private key": "0x" + HEX * 4,
    "a private key without prefix": HEX * 4,
    "a signature": "0x" + HEX * 8,
    "a provider's key": "sk-" + "ant-api03-" + HEX + "-ABCDEF0123",
    "a cloud key": "AKIA" + "IOSFODNN7EXAMPLE",
    "a host's token": "ghp_" + "a1B2" * 9,
    "a web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz",
    "a venue's key": "dBefbc809e3e83c283a984c3a1459732ea7db1360ca80c5c2c8867408d28cc83",
    "a listen key": "pqia91ma19a5s61cv6a81va65sdf19v8a65a1a5s61cv6a81va65sdf19v8a65a1",
    "a PEM block": "-----BEGIN " + "EC PRIVATE KEY-----\nMHcCAQEEIIGL\n-----END " + "EC PRIVATE KEY-----",
}


def answer(words: str, **changes: object) -> str:
    decision = {"asset": "BTC", "action": "buy", "allocation_usd": 1, "tp_price": None, "sl_price": None}
    return json.dumps({"trade_decisions": [{**decision, "exit_plan": words, "rationale": words, **changes}]})


@pytest.mark.parametrize("canary", CANARIES.values(), ids=CANARIES)
def test_what_has_the_shape_of_a_secret_is_redacted_in_every_field(canary: str) -> None:
    for text in (answer(f"the key is {canary}, use it"), answer("x", asset=canary), answer("x", action=canary)):
        shown = json.dumps(sanitize(text, account()).to_json())
        assert canary not in shown
        assert json.dumps(canary)[1:-1] not in shown


def test_a_known_key_phrase_is_redacted_wherever_it_stands() -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    result = sanitize(answer(f"remember: {phrase}!"), account(secrets=[phrase]))
    assert result.decisions[0].rationale == "remember: [redacted]!"


def test_a_secret_across_the_cut_of_a_long_text_is_redacted() -> None:
    canary = CANARIES["a private key"]
    for before in range(7_920, 8_010, 10):
        result = sanitize(answer("m " * (before // 2) + canary), account())
        assert canary[:30] not in result.decisions[0].rationale


@pytest.mark.parametrize(
    "named", ["api_key=abcd1234", "Password: hunter22", '"secret": "abcd"', "private key is abcd99"]
)
def test_what_is_called_a_secret_is_redacted(named: str) -> None:
    assert redact(f"my {named} ok").count("[redacted]") == 1


@pytest.mark.parametrize(
    "words",
    [
        "close if the 4h close is above EMA50 and RSI14 > 70",
        "BTC/USDT at 106545.0, funding 1.25e-05, open interest 25373.64",
        "2025-05-20T12:00:00Z: close-above-the-upper-band-then-trail-by-two-atr",
        "the secret of this market is patience",
    ],
)
def test_the_words_of_trading_stay_as_they_are(words: str) -> None:
    assert redact(words) == words

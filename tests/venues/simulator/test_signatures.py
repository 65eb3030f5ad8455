"""Who is let in: the venue's published vectors, and every way a signature, a time or a nonce can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.venues.simulator.wire_kit import Wire, sign_v3
from vibex.venues.simulator.exchange import Habits, Refusal
from vibex.venues.simulator.http.keys import AccountKeys
from vibex.venues.simulator.http.signatures import Sent, Verifier, eip712_digest

AGENT = "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"
USER = "0x2222222222222222222222222222222222222222"
MESSAGE = (
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=50000&newClientOrderId=t-1"
    f"&nonce=1700000000000000&user={USER}&signer={AGENT}"
)
SIGNED = {
    1666: (
        "5bec3fbfb02cb8ddb2ff387b3ae9e45148cf40240f991a041eadaecefd149c7b",
        (
            "0xf36777d5b2ccf5eb747785d3767215764e0aff86ad7d29b545a27aca3a31d5ac"
            "0227bdcb85717917383e907eb2f6dbd60d8fab0a96355f45ff7371c4fd7a59b11c"
        ),
    ),
    714: (
        "f8baa9682771f8fc2d19106f60e9c045fd50fc54420068a237e4e8b627a9ddcc",
        (
            "0x82b6276efeee20d674d3997585e4352c122ea59fe1f58537ff9ec889dfb9d9ab"
            "1d1e76f41528c1c49dfc1b076e3bf6cefd2f10a13cc85c58c82d7893a7e9ff431b"
        ),
    ),
}
NOW = 1_700_000_000_000
HMAC_KEY = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
HMAC_TEXT = (
    "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000&timestamp=1591702613943"
)
HMAC_SIGNATURE = "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"
HMAC_NOW = 1_591_702_613_943


def _keys(*, private_key: str | None = None) -> AccountKeys:
    return AccountKeys(account="a", api_key="k", secret=HMAC_KEY, user=USER, signer=AGENT, private_key=private_key)


def _code(call: Callable[[], object]) -> int:
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value.code


@pytest.mark.parametrize("chain_id", [1666, 714])
@pytest.mark.parametrize("private_key", [None, "0x" + "11" * 32])
def test_the_published_v3_vectors_are_accepted(chain_id: int, private_key: str | None) -> None:
    digest, signature = SIGNED[chain_id]
    assert eip712_digest(MESSAGE, chain_id).hex() == digest
    verifier = Verifier([replace(_keys(), private_key=private_key)], chain_id=chain_id)
    for text in (signature, signature.removeprefix("0x")):
        sent = Sent(method="POST", path="/fapi/v3/order", body=f"{MESSAGE}&signature={text}")
        verifier = Verifier([replace(_keys(), private_key=private_key)], chain_id=chain_id)
        assert verifier.v3(sent, NOW) == "a"


@pytest.mark.parametrize(
    ("change", "now", "code"),
    [
        (lambda text: text.replace("quantity=0.001", "quantity=0.002"), NOW, -1022),
        (lambda text: text.replace("signature=0xf3", "signature=0xf4"), NOW, -1022),
        (lambda text: text[:-2] + "1d", NOW, -1022),
        (lambda text: text + "zz", NOW, -1022),
        (lambda text: text.split("&signature")[0], NOW, -1102),
        (lambda text: text + "&x=1", NOW, -1022),
        (lambda text: text.replace("nonce=1700000000000000&", ""), NOW, -1102),
        (lambda text: text.replace(f"&signer={AGENT}", ""), NOW, -1102),
        (lambda text: text.replace(AGENT, USER), NOW, -2015),
        (lambda text: text, NOW + 10_001, -4225),
        (lambda text: text, NOW - 10_001, -4225),
    ],
)
def test_a_v3_request_that_is_not_exactly_right_is_refused(change: Callable[[str], str], now: int, code: int) -> None:
    body = change(f"{MESSAGE}&signature={SIGNED[1666][1]}")
    verifier = Verifier([_keys()])
    assert _code(lambda: verifier.v3(Sent(method="POST", path="/", body=body), now)) == code


def test_the_other_networks_signature_is_refused() -> None:
    body = f"{MESSAGE}&signature={SIGNED[714][1]}"
    assert _code(lambda: Verifier([_keys()]).v3(Sent(method="POST", path="/", body=body), NOW)) == -1022


def test_a_nonce_is_used_once_and_the_duplicates_code_is_a_habit() -> None:
    sent = Sent(method="GET", path="/", query=f"{MESSAGE}&signature={SIGNED[1666][1]}")
    for code in (-4225, -1130):
        verifier = Verifier([_keys()], habits=Habits(duplicate_nonce_code=code))
        assert verifier.v3(sent, NOW) == "a"
        assert _code(lambda verifier=verifier: verifier.v3(sent, NOW)) == code  # type: ignore[misc]


def test_nonces_need_not_rise_but_not_fall_below_the_hundred_kept() -> None:
    key = "0x" + "11" * 32
    verifier = Verifier([_keys(private_key=key)])

    def send(nonce: int) -> str:
        text = f"nonce={nonce}&user={USER}&signer={AGENT}"
        return verifier.v3(Sent(method="GET", path="/", query=f"{text}&signature={sign_v3(text, key)}"), NOW)

    first = NOW * 1000
    for step in range(0, 200, 2):
        assert send(first + step) == "a"
    assert send(first + 1) == "a"
    assert _code(lambda: send(first + 0)) == -4225
    assert _code(lambda: send(first - 5)) == -4225


def test_the_published_hmac_vector_is_accepted_in_query_body_or_split_between_them() -> None:
    verifier = Verifier([_keys()])
    middle = HMAC_TEXT.index("&quantity")
    for query, body in (
        (f"{HMAC_TEXT}&signature={HMAC_SIGNATURE}", ""),
        ("", f"{HMAC_TEXT}&signature={HMAC_SIGNATURE}"),
        ("", f"{HMAC_TEXT}&signature={HMAC_SIGNATURE.upper()}"),
        (HMAC_TEXT[:middle], f"{HMAC_TEXT[middle:]}&signature={HMAC_SIGNATURE}"),
    ):
        sent = Sent(method="POST", path="/fapi/v1/order", query=query, body=body, api_key="k")
        assert verifier.v1(sent, HMAC_NOW) == "a"


@pytest.mark.parametrize(
    ("now", "accepted"),
    [(HMAC_NOW - 999, True), (HMAC_NOW - 1000, False), (HMAC_NOW + 5000, True), (HMAC_NOW + 5001, False)],
)
def test_the_time_window_of_v1_is_exact_at_both_ends(now: int, accepted: bool) -> None:
    sent = Sent(method="GET", path="/", query=f"{HMAC_TEXT}&signature={HMAC_SIGNATURE}", api_key="k")
    if accepted:
        assert Verifier([_keys()]).v1(sent, now) == "a"
    else:
        assert _code(lambda: Verifier([_keys()]).v1(sent, now)) == -1021


@pytest.mark.parametrize(
    ("api_key", "query", "code"),
    [
        (None, f"{HMAC_TEXT}&signature={HMAC_SIGNATURE}", -2014),
        ("other", f"{HMAC_TEXT}&signature={HMAC_SIGNATURE}", -2015),
        ("k", f"{HMAC_TEXT}&signature={HMAC_SIGNATURE[:-1]}0", -1022),
        ("k", HMAC_TEXT, -1102),
        ("k", f"signature={HMAC_SIGNATURE}&{HMAC_TEXT}", -1022),
        ("k", "symbol=BTCUSDT&signature=00", -1102),
        ("k", "recvWindow=60001&timestamp=1591702613943&signature=00", -1130),
    ],
)
def test_a_v1_request_that_is_not_exactly_right_is_refused(api_key: str | None, query: str, code: int) -> None:
    sent = Sent(method="GET", path="/", query=query, api_key=api_key)
    assert _code(lambda: Verifier([_keys()]).v1(sent, HMAC_NOW)) == code


async def test_generated_keys_are_marked_and_never_printed_by_accident() -> None:
    keys = Wire().keys
    assert keys.api_key.startswith("sim-")
    assert keys.secret.startswith("sim-")
    assert keys.secret not in repr(keys)
    assert keys.private_key is not None
    assert keys.private_key not in repr(keys)

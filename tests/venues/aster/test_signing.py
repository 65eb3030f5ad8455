"""Signatures against the venue's published vectors, nonces, and keys that never print."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from tests.venues.aster.keys import HMAC, PRIVATE, USER, agent
from vibex.domain import InvalidInput, ManualClock
from vibex.venues.aster.clock_offset import ServerClock
from vibex.venues.aster.credentials import HmacKey, agent_key
from vibex.venues.aster.nonce import NonceAllocator
from vibex.venues.aster.signing import AgentSigner, HmacSigner, domain_separator

ORDER = [
    ("symbol", "BTCUSDT"),
    ("side", "BUY"),
    ("type", "LIMIT"),
    ("timeInForce", "GTC"),
    ("quantity", "0.001"),
    ("price", "50000"),
    ("newClientOrderId", "t-1"),
]
NONCE = 1_700_000_000_000_000
MESSAGE = (
    "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=50000&newClientOrderId=t-1"
    "&nonce=1700000000000000&user=0x2222222222222222222222222222222222222222"
    "&signer=0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"
)
DIGESTS = {
    1666: "5bec3fbfb02cb8ddb2ff387b3ae9e45148cf40240f991a041eadaecefd149c7b",
    714: "f8baa9682771f8fc2d19106f60e9c045fd50fc54420068a237e4e8b627a9ddcc",
}
SIGNATURES = {
    1666: "0xf36777d5b2ccf5eb747785d3767215764e0aff86ad7d29b545a27aca3a31d5ac"
    "0227bdcb85717917383e907eb2f6dbd60d8fab0a96355f45ff7371c4fd7a59b11c",
    714: "0x82b6276efeee20d674d3997585e4352c122ea59fe1f58537ff9ec889dfb9d9ab"
    "1d1e76f41528c1c49dfc1b076e3bf6cefd2f10a13cc85c58c82d7893a7e9ff431b",
}


@pytest.mark.parametrize("chain_id", [1666, 714])
def test_the_wallet_signature_equals_the_published_vector(chain_id: int) -> None:
    signer = AgentSigner(agent(), chain_id, NonceAllocator(lambda: NONCE))
    assert signer.digest(MESSAGE).hex() == DIGESTS[chain_id]
    assert signer.sign_with(ORDER, NONCE) == f"{MESSAGE}&signature={SIGNATURES[chain_id]}"


def test_the_domain_separator_of_mainnet_equals_the_published_one() -> None:
    assert domain_separator(1666).hex() == "a95d0a7a6f3f17fcebb0c2336645385ce79cde7523f71ab147fdb7f15e9f37f9"


def test_the_older_signature_equals_the_published_vector() -> None:
    secret = SecretStr("2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9")
    signer = HmacSigner(HmacKey(api_key=SecretStr("any"), secret=secret), lambda: 1591702613943)
    params = [("symbol", "BTCUSDT"), ("side", "BUY"), ("type", "LIMIT"), ("quantity", "1"), ("price", "9000")]
    text = signer.sign([*params, ("timeInForce", "GTC")])
    assert text.endswith(
        "&recvWindow=5000&timestamp=1591702613943"
        "&signature=3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"
    )


def test_lists_are_percent_encoded_before_they_are_signed() -> None:
    signer = AgentSigner(agent(), 714, NonceAllocator(lambda: NONCE))
    assert signer.sign([("batchOrders", '[{"a":"1"}]')]).startswith("batchOrders=%5B%7B%22a%22%3A%221%22%7D%5D&nonce=")


def test_every_signature_of_one_request_has_its_own_nonce() -> None:
    signer = AgentSigner(agent(), 714, NonceAllocator(lambda: NONCE))
    assert signer.sign(ORDER) != signer.sign(ORDER)


def test_nonces_of_many_threads_never_repeat() -> None:
    allocator = NonceAllocator(lambda: NONCE)
    taken: list[list[int]] = [[] for _ in range(8)]

    def take(into: list[int]) -> None:
        into.extend(allocator.next() for _ in range(500))

    threads = [threading.Thread(target=take, args=(one,)) for one in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [nonce for one in taken for nonce in one]
    assert len(set(everything)) == 4000
    assert min(everything) == NONCE


@settings(max_examples=60)
@given(st.lists(st.integers(-40_000_000, 40_000_000), max_size=60))
def test_nonces_stay_unique_and_fresh_while_the_venues_time_is_corrected(steps: list[int]) -> None:
    now = NONCE
    allocator = NonceAllocator(lambda: now)
    seen: set[int] = set()
    for step in steps:
        now += step
        for _ in range(3):
            nonce = allocator.next()
            assert nonce not in seen
            assert now <= nonce <= now + 5_000_200
            seen.add(nonce)


def test_the_venues_time_is_that_of_the_middle_of_the_round_trip() -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    server = ServerClock(clock)
    assert server.age_s is None
    assert server.skew_s is None
    sent = clock.monotonic()
    clock.advance(0.4)
    server_ms = round(clock.now().timestamp() * 1000) - 12_000
    server.observe(server_ms=server_ms, sent=sent, received=clock.monotonic())
    assert server.now_ms() == server_ms + 200
    assert server.uncertainty_s == pytest.approx(0.2)
    assert server.skew_s == pytest.approx(11.8)
    clock.advance(5)
    assert server.now_us() == (server_ms + 5200) * 1000
    assert server.age_s == pytest.approx(5)


def test_the_agent_of_a_mnemonic_is_that_of_the_usual_path() -> None:
    words = SecretStr("test test test test test test test test test test test junk")
    # The first account of this mnemonic is published with every development chain.
    assert agent_key(user=USER, mnemonic=words).signer == "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


@pytest.mark.parametrize("bad", ["0x12", "zz" * 32, "00" * 32])
def test_a_bad_private_key_is_refused_without_being_repeated(bad: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        agent_key(user=USER, private_key=SecretStr(bad))
    assert caught.value.field == "ASTERDEX_PRIVATE_KEY"
    assert bad not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_of_another_wallet_than_the_named_agent_is_refused() -> None:
    with pytest.raises(InvalidInput, match="signs for") as caught:
        agent_key(user=USER, signer=USER, private_key=SecretStr(PRIVATE))
    assert caught.value.field == "ASTERDEX_SIGNER"


def test_keys_never_print() -> None:
    for shown in (repr(agent()), str(agent()), repr(HMAC), str(HMAC)):
        assert PRIVATE not in shown
        assert "half-of-the-pair" not in shown


def test_loading_the_wallet_library_leaves_the_recursion_limit_alone() -> None:
    code = (
        "import sys; before = sys.getrecursionlimit(); "
        "from vibex.venues.aster.wallets import load_account; load_account(); "
        "assert sys.getrecursionlimit() == before, sys.getrecursionlimit()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

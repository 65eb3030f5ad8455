"""What is sent once, what is sent again, and what an answer proves, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
import logging

import pytest

from tests.venues.aster.keys import HMAC, NOON, NOON_MS, PRIVATE, agent, transport_to
from tests.venues.aster.scripted import Answer, ScriptedVenue, error, gives
from vibex.domain import InvalidInput, ManualClock, RetryLater, StopTrading
from vibex.venues.aster import endpoints
from vibex.venues.aster.answers import Good
from vibex.venues.aster.config import local_config
from vibex.venues.aster.limits import Purpose
from vibex.venues.aster.transport import Patience, Transport, form
from vibex.venues.outcome import Refused, Unknown

HASTY = Patience(read=0.05, total=5.0, connect=1.0)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


async def test_a_signed_read_sends_exactly_the_text_that_was_signed(clock: ManualClock) -> None:
    async with ScriptedVenue([gives({"a": 1})]) as venue:
        transport = transport_to(venue, clock, agent())
        await transport.read(endpoints.QUERY_ORDER, form(symbol="BTCUSDT", origClientOrderId="a b/c:d"))
        await transport.close()
    (request,) = venue.requests
    assert request.path == "/fapi/v3/order"
    assert request.text.startswith("symbol=BTCUSDT&origClientOrderId=a+b%2Fc%3Ad&nonce=")
    assert list(request.params)[-3:] == ["user", "signer", "signature"]
    assert abs(int(request.params["nonce"]) - NOON_MS * 1000) < 1_000_000


async def test_tasks_that_sign_at_one_instant_use_different_nonces(clock: ManualClock) -> None:
    async with ScriptedVenue([gives({})] * 20) as venue:
        transport = transport_to(venue, clock, agent())
        await asyncio.gather(*(transport.write(endpoints.NEW_ORDER, form(symbol="A")) for _ in range(20)))
        await transport.close()
    assert len({request.params["nonce"] for request in venue.requests}) == 20
    assert venue.times_asked == 1


async def test_a_signed_write_goes_into_the_body(clock: ManualClock) -> None:
    async with ScriptedVenue([gives({})]) as venue:
        transport = transport_to(venue, clock, agent())
        await transport.write(endpoints.SET_LEVERAGE, form(symbol="BTCUSDT", leverage=5))
        await transport.close()
    (request,) = venue.requests
    assert (request.method, request.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    assert request.params["leverage"] == "5"


async def test_the_older_keys_use_their_own_paths_and_header(clock: ManualClock) -> None:
    async with ScriptedVenue([gives([]), gives([])]) as venue:
        transport = transport_to(venue, clock, HMAC)
        await transport.read(endpoints.BALANCE)
        await transport.read(endpoints.OPEN_ORDERS)
        await transport.close()
    assert [r.path for r in venue.requests] == ["/fapi/v2/balance", "/fapi/v1/openOrders"]
    assert venue.requests[0].headers["x-mbx-apikey"] == HMAC.api_key.get_secret_value()
    assert abs(int(venue.requests[0].params["timestamp"]) - NOON_MS) < 1000


@pytest.mark.parametrize(
    "lost",
    [
        Answer(hangs_up=True),
        Answer(stays_silent=True),
        gives({"code": -1001, "msg": "internal"}, 500),
        Answer(status=503, body="<html>Service Unavailable</html>"),
        Answer(status=502, body=""),
        Answer(status=200, body="<html>welcome</html>"),
        Answer(status=200, body='{"orderId": 1, "price": NaN}'),
        Answer(status=404, body="<html>not here</html>"),
        Answer(status=400, body='{"detail": "bad gateway page"}'),
        Answer(status=302, body="{}", headers={"Location": "http://127.0.0.1:1/"}),
        gives({"code": 17, "msg": "a code that is no refusal"}),
        gives({"code": "soon", "msg": "no number"}, 400),
        error(-1007, "Timeout waiting for response", 408),
        error(-1006, "unexpected", 400),
    ],
)
async def test_a_write_without_a_proved_outcome_is_unknown_and_sent_once(lost: Answer, clock: ManualClock) -> None:
    async with ScriptedVenue([lost]) as venue:
        transport = transport_to(venue, clock, agent(), patience=HASTY)
        outcome = await transport.write(endpoints.NEW_ORDER, form(symbol="BTCUSDT"))
        await transport.close()
    assert isinstance(outcome, Unknown)
    assert len(venue.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Answer(hangs_up=True),
        Answer(stays_silent=True),
        Answer(status=503, body="busy"),
        Answer(status=200, body="<html>500</html>"),
        error(-1001, "internal", 500),
    ],
)
async def test_a_read_is_tried_again_until_an_answer_comes(fault: Answer, clock: ManualClock) -> None:
    async with ScriptedVenue([fault, fault, gives({"price": "1.10"})]) as venue:
        transport = transport_to(venue, clock, patience=HASTY)
        assert await transport.read(endpoints.PREMIUM_INDEX) == {"price": "1.10"}
        await transport.close()
    assert len(venue.requests) == 3


async def test_a_read_gives_up_with_an_error_and_never_with_a_default(clock: ManualClock) -> None:
    async with ScriptedVenue([Answer(status=500, body="<html>")] * 9) as venue:
        transport = transport_to(venue, clock)
        with pytest.raises(RetryLater, match="HTTP 500"):
            await transport.read(endpoints.PREMIUM_INDEX)
        await transport.close()
    assert len(venue.requests) == 4


async def test_a_refused_read_is_not_repeated(clock: ManualClock) -> None:
    async with ScriptedVenue([error(-1121, "Invalid symbol.")]) as venue:
        transport = transport_to(venue, clock)
        answer = await transport.read(endpoints.PREMIUM_INDEX)
        await transport.close()
    assert isinstance(answer, Refused)
    assert answer.code == "-1121"


@pytest.mark.parametrize("code", [-4225, -1021])
async def test_a_stale_signature_is_made_anew_because_nothing_ran(code: int, clock: ManualClock) -> None:
    async with ScriptedVenue([error(code, "expired"), gives({"ok": True})]) as venue:
        transport = transport_to(venue, clock, agent())
        await transport.sync()
        venue.time_ms = NOON_MS + 12_000
        outcome = await transport.write(endpoints.NEW_ORDER, form(newClientOrderId="x"))
        await transport.close()
    assert isinstance(outcome, Good)
    first, second = (int(request.params["nonce"]) for request in venue.requests)
    assert second - first == pytest.approx(12_000_000, abs=1_000_000)
    assert venue.requests[0].params["newClientOrderId"] == venue.requests[1].params["newClientOrderId"]


async def test_a_stale_signature_is_not_made_anew_for_ever(clock: ManualClock) -> None:
    async with ScriptedVenue([error(-4225)] * 5) as venue:
        transport = transport_to(venue, clock, agent())
        outcome = await transport.write(endpoints.NEW_ORDER, form(symbol="BTCUSDT"))
        await transport.close()
    assert isinstance(outcome, Refused)
    assert len(venue.requests) == 2


async def test_a_429_silences_all_but_exits_for_as_long_as_the_venue_says(clock: ManualClock) -> None:
    limited = gives({"code": -1003, "msg": "Too many requests"}, 429, Retry_After="7")
    async with ScriptedVenue([limited, gives({"ok": 1}), gives({"late": 1})]) as venue:
        transport = transport_to(venue, clock, agent())
        refused = await transport.write(endpoints.NEW_ORDER, form(symbol="A"))
        blocked = await transport.write(endpoints.NEW_ORDER, form(symbol="B"))
        exit_order = await transport.write(endpoints.NEW_ORDER, form(symbol="C"), purpose=Purpose.EXIT)
        before = clock.monotonic()
        await transport.read(endpoints.PREMIUM_INDEX)
        waited = clock.monotonic() - before
        await transport.close()
    assert isinstance(refused, Refused)
    assert refused.retry_after_ms == 7000
    assert isinstance(blocked, Refused)
    assert blocked.code == "rate-budget"
    assert isinstance(exit_order, Good)
    assert waited == pytest.approx(7)
    assert len(venue.requests) == 3


async def test_a_ban_means_silence_for_reads_and_exits_alike(clock: ManualClock) -> None:
    ban = error(-1003, f"banned until {NOON_MS + 180_000}", 418)
    async with ScriptedVenue([ban]) as venue:
        transport = transport_to(venue, clock, agent())
        with pytest.raises(RetryLater) as caught:
            await transport.read(endpoints.PREMIUM_INDEX)
        outcome = await transport.write(endpoints.CANCEL_ORDER, form(symbol="A"), purpose=Purpose.EXIT)
        await transport.close()
    assert caught.value.retry_after_ms == pytest.approx(180_000, abs=1000)
    assert isinstance(outcome, Refused)
    assert len(venue.requests) == 1


async def test_a_write_that_finds_no_connection_is_refused_as_never_sent(clock: ManualClock) -> None:
    async with ScriptedVenue() as venue:
        url = venue.url
    transport = Transport(local_config(url, agent()), clock)
    outcome = await transport.write(endpoints.NEW_ORDER, form(symbol="A"))
    await transport.close()
    assert isinstance(outcome, Refused)
    assert outcome.code == "not-sent"


async def test_keys_that_are_not_accepted_stop_trading(clock: ManualClock) -> None:
    async with ScriptedVenue([error(-2015, "Invalid API-key", 401), error(-1022, "bad signature")]) as venue:
        transport = transport_to(venue, clock, agent())
        with pytest.raises(StopTrading):
            await transport.read(endpoints.BALANCE)
        outcome = await transport.write(endpoints.NEW_ORDER, form(symbol="A"))
        await transport.close()
    assert isinstance(outcome, Refused)
    assert outcome.stop


async def test_codes_that_come_as_text_are_codes(clock: ManualClock) -> None:
    answers = [gives({"code": "-2011", "msg": "Unknown order sent."}), gives({"code": "200", "msg": "done"})]
    async with ScriptedVenue(answers) as venue:
        transport = transport_to(venue, clock, agent())
        assert isinstance(await transport.write(endpoints.CANCEL_ORDER, ()), Refused)
        assert isinstance(await transport.write(endpoints.CANCEL_ALL, ()), Good)
        await transport.close()


async def test_a_signed_call_without_keys_says_what_to_set(clock: ManualClock) -> None:
    async with ScriptedVenue() as venue:
        transport = transport_to(venue, clock)
        with pytest.raises(InvalidInput) as caught:
            await transport.read(endpoints.BALANCE)
        await transport.close()
    assert caught.value.field == "ASTERDEX_PRIVATE_KEY"
    assert venue.requests == []


async def test_no_key_reaches_a_log_or_an_error(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for keys in (agent(), HMAC):
        repeated = f"your key {PRIVATE} and private-half-of-the-pair and public-half-of-the-pair"
        async with ScriptedVenue([error(-2010, repeated), Answer(hangs_up=True)]) as venue:
            transport = transport_to(venue, clock, keys)
            outcome = await transport.write(endpoints.NEW_ORDER, form(symbol="A"))
            lost = await transport.write(endpoints.NEW_ORDER, form(symbol="A"))
            await transport.close()
        own = PRIVATE if keys is not HMAC else "half-of-the-pair"
        for text in (repr(outcome), repr(lost), repr(transport), caplog.text):
            assert own not in text
            assert "signature=" not in text


async def test_numbers_are_read_without_passing_through_a_float(clock: ManualClock) -> None:
    async with ScriptedVenue([Answer(body='{"price": 0.1000000000000000055511151231257827}')]) as venue:
        transport = transport_to(venue, clock)
        document = await transport.read(endpoints.PREMIUM_INDEX)
        await transport.close()
    assert isinstance(document, dict)
    assert str(document["price"]) == "0.1000000000000000055511151231257827"

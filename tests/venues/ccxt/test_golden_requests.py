"""The exact request of every allowed intent. A difference here is another order: read it before accepting it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tests.venues.ccxt.intents import VENUES, requests_of
from tests.venues.ccxt.scripted import HERE

Requests = Mapping[str, list[dict[str, object]]]


def stored(venue: str) -> Requests:
    requests: Requests = json.loads((HERE / "golden" / f"{venue}.json").read_text(encoding="utf-8"))
    return requests


@pytest.mark.parametrize("venue", VENUES)
async def test_every_allowed_intent_makes_the_stored_request_and_no_other(venue: str) -> None:
    made = json.loads(json.dumps(await requests_of(venue)))
    assert made == stored(venue)


@pytest.mark.parametrize("venue", VENUES)
def test_a_placed_order_is_one_request_and_carries_our_id(venue: str) -> None:
    for name, requests in stored(venue).items():
        if name.split()[0] not in ("entry", "exit", "close") or not requests:
            continue
        assert len(requests) == 1, name
        text = json.dumps(requests)
        assert "vxabc23" in text or "0xb34b132bc0022d6c" in text, name


@pytest.mark.parametrize("venue", VENUES)
def test_every_exit_is_bound_to_reduce_and_no_entry_is(venue: str) -> None:
    flags = ('["reduceOnly", "true"]', '["closePosition", "true"]', '"reduceOnly": true', '"r": true')
    for name, requests in stored(venue).items():
        bound = any(flag in json.dumps(requests) for flag in flags)
        if name.startswith(("exit", "close")):
            assert bound, name
        elif name.startswith("entry"):
            assert not bound, name


@pytest.mark.parametrize("venue", VENUES)
def test_no_two_intents_make_the_same_request(venue: str) -> None:
    made = [
        (json.dumps(requests), name)
        for name, requests in stored(venue).items()
        if requests and name.split()[0] in ("entry", "exit", "close")
    ]
    assert len({text for text, _ in made}) == len(made)


@pytest.mark.parametrize("venue", VENUES)
def test_no_request_names_a_builder_a_broker_or_a_tag(venue: str) -> None:
    text = json.dumps(stored(venue)).lower()
    assert not [word for word in ("builder", "broker", "tag", "referer", "feerate") if f'"{word}"' in text]


def test_okx_counts_contracts_of_a_hundredth() -> None:
    (request,) = stored("okx")["entry market buy"]
    body = request["body"]
    assert isinstance(body, dict)
    assert body["sz"] == "1.2"


def test_hyperliquid_bounds_a_market_entry_by_its_approval() -> None:
    (request,) = stored("hyperliquid")["entry market buy"]
    order = request["body"]["action"]["orders"][0]  # type: ignore[index]
    assert order["p"] == "68250"

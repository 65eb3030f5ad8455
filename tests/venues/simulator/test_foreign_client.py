"""A client that others wrote trades on the simulated venue with nothing changed but its addresses: ccxt's `aster`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from tests.venues.simulated import running

ccxt = pytest.importorskip("ccxt", reason="ccxt is not installed")
SYMBOL = "BTC/USDT:USDT"


@pytest.fixture
def aster(tmp_path: Path) -> Iterator[Any]:
    """ccxt signs for the wallet whose key it has, so the account is that wallet's."""
    private_key = "0x" + "5e" * 32
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"user": Account.from_key(private_key).address, "private_key": private_key}))
    options = ("--account", "guest", "--key", f"guest={keys}", "--balance", "5000", "--symbol", "BTCUSDT")
    with running(*options) as simulated:
        assert simulated.ready["accounts"] == [{"account": "guest"}], "supplied keys are not shown"
        client = ccxt.aster(
            {
                "privateKey": private_key,
                "options": {"defaultType": "swap", "builderFee": False, "v3ChainId": simulated.ready["chain_id"]},
            }
        )
        rest = simulated.ready["rest"]
        client.urls["api"] = {
            name: f"{rest}/{'fapi' if name.startswith('fapi') else 'api'}" for name in client.urls["api"]
        }
        client.session.trust_env = False
        yield client


def test_ccxt_buys_protects_and_sells_on_the_simulated_venue(aster: Any) -> None:
    market = aster.load_markets()[SYMBOL]
    assert (market["precision"]["price"], market["precision"]["amount"]) == (0.1, 0.001)
    assert aster.fetch_balance()["USDT"]["total"] == 5000
    price = aster.fetch_ticker(SYMBOL)["last"]
    book = aster.fetch_order_book(SYMBOL, 5)
    assert book["bids"][0][0] < book["asks"][0][0]

    bought = aster.create_order(SYMBOL, "market", "buy", 0.02)
    held = aster.fetch_positions([SYMBOL])[0]
    assert (held["side"], held["contracts"]) == ("long", 0.02)
    assert aster.fetch_order(bought["id"], SYMBOL)["status"] == "closed"

    low = aster.price_to_precision(SYMBOL, price * 0.97)
    resting = aster.create_order(SYMBOL, "limit", "buy", 0.01, low)
    stop = aster.create_order(
        SYMBOL, "market", "sell", 0.02, None, {"stopLossPrice": price * 0.96, "reduceOnly": "true"}
    )  # fmt: skip
    assert {order["id"] for order in aster.fetch_open_orders(SYMBOL)} == {resting["id"], stop["id"]}
    assert aster.cancel_order(resting["id"], SYMBOL)["status"] == "canceled"
    aster.cancel_all_orders(SYMBOL)
    assert aster.fetch_open_orders(SYMBOL) == []

    aster.create_order(SYMBOL, "market", "sell", 0.02, None, {"reduceOnly": "true"})
    assert not any(position["contracts"] for position in aster.fetch_positions([SYMBOL]))
    trades = aster.fetch_my_trades(SYMBOL)
    assert sum(trade["amount"] for trade in trades) == pytest.approx(0.04)
    assert aster.fetch_balance()["USDT"]["total"] < 5000, "fees were paid"


def test_ccxt_hears_the_venues_refusals(aster: Any) -> None:
    aster.load_markets()
    with pytest.raises(ccxt.OrderNotFound):
        aster.fetch_order("42", SYMBOL)
    with pytest.raises(ccxt.ExchangeError):
        aster.create_order(SYMBOL, "market", "sell", 0.01, None, {"reduceOnly": "true"})
    with pytest.raises(ccxt.InsufficientFunds):
        aster.create_order(SYMBOL, "market", "buy", 100)

"""A simulated venue behind an in-process HTTP client, and both ways to sign a request, written out for the tests."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import urlencode

import httpx
from eth_account import Account
from eth_account.messages import encode_typed_data

from vibex.domain import ManualClock
from vibex.venues.simulator.exchange import Habits
from vibex.venues.simulator.faults import parse_script
from vibex.venues.simulator.http import AccountKeys, Application, generate_keys
from vibex.venues.simulator.participants import CrowdSettings
from vibex.venues.simulator.simulator import Plan, Simulator

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)


class Wire:
    """`clock.advance` moves the venue's time. `nonce` counts up by itself."""

    def __init__(
        self, *, scenario: str = "", habits: Habits | None = None, noise: float = 0.6, step_ms: int = 1000
    ) -> None:
        self.clock = ManualClock(START)
        plan = Plan(
            accounts=[("alice", Decimal(10_000))],
            symbols=("BTCUSDT",),
            start_ms=START_MS,
            habits=habits,
            step_ms=step_ms,
            crowd=CrowdSettings(levels=3, noise=noise),
        )
        self.simulator = Simulator(plan, self.clock)
        self.keys: AccountKeys = generate_keys("alice")
        self.application = Application(self.simulator, [self.keys], clock=self.clock, script=parse_script(scenario))
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.application), base_url="http://127.0.0.1"
        )  # fmt: skip
        self._nonce = 0

    @property
    def now_ms(self) -> int:
        return START_MS + int(self.clock.monotonic() * 1000)

    def next_nonce(self) -> int:
        self._nonce = max(self._nonce + 1, self.now_ms * 1000)
        return self._nonce

    async def public(self, name: str, **query: str | int) -> httpx.Response:
        return await self.client.get(f"/fapi/v1/{name}", params=query)

    async def v3(self, method: str, name: str, **business: str) -> httpx.Response:
        pairs = [*business.items(), ("nonce", str(self.next_nonce())), ("user", self.keys.user)]
        text = urlencode([*pairs, ("signer", self.keys.signer)])
        return await self.send_v3(method, name, text, sign_v3(text, self.keys.private_key or ""))

    async def send_v3(self, method: str, name: str, text: str, signature: str) -> httpx.Response:
        whole, url = f"{text}&signature={signature}", f"/fapi/v3/{name}"
        if method == "GET":
            return await self.client.get(f"{url}?{whole}")
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return await self.client.request(method, url, content=whole, headers=headers)

    async def v1(self, method: str, path: str, **business: str) -> httpx.Response:
        text = urlencode([*business.items(), ("timestamp", str(self.now_ms))])
        signature = hmac.new(self.keys.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return await self.client.request(
            method, f"/fapi/{path}?{text}&signature={signature}", headers={"X-MBX-APIKEY": self.keys.api_key}
        )


def sign_v3(text: str, private_key: str, chain_id: int = 1666) -> str:
    """The signature as the venue's own examples make it, through eth-account's typed data."""
    typed = {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Message": [{"name": "msg", "type": "string"}],
        },
        "domain": {
            "name": "AsterSignTransaction",
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": "0x" + "0" * 40,
        },
        "primaryType": "Message",
        "message": {"msg": text},
    }
    signed = Account.sign_message(encode_typed_data(full_message=typed), private_key)
    return str(signed.signature.to_0x_hex())

"""Throwaway keys of the tests, and clients of a scripted venue."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import SecretStr

from tests.venues.aster.scripted import ScriptedVenue
from vibex.domain import AccountId, ClientOrderId, ManualClock, OrderKind
from vibex.venues.aster.config import local_config
from vibex.venues.aster.credentials import AgentKey, HmacKey, agent_key
from vibex.venues.aster.transport import Patience, Transport

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NOON_MS = round(NOON.timestamp() * 1000)
ACCOUNT = AccountId("tests")
PRIVATE = "11" * 32
USER = "0x" + "2" * 40
HMAC = HmacKey(api_key=SecretStr("public-half-of-the-pair"), secret=SecretStr("private-half-of-the-pair"))


def agent() -> AgentKey:
    return agent_key(user=USER, private_key=SecretStr(PRIVATE))


def client_id(sequence: int = 1, kind: OrderKind = OrderKind.ENTRY) -> ClientOrderId:
    return ClientOrderId(account_tag="aaaaa", lease_epoch=1, sequence=sequence, kind=kind)


def transport_to(
    venue: ScriptedVenue,
    clock: ManualClock,
    credentials: AgentKey | HmacKey | None = None,
    *,
    patience: Patience | None = None,
) -> Transport:
    venue.time_ms = venue.time_ms or NOON_MS
    return Transport(local_config(venue.url, credentials), clock, patience=patience)

"""What a path is: its name, who may ask, what it weighs, and the function that answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from vibex.venues.simulator.exchange.account import Account
from vibex.venues.simulator.exchange.floor import Floor, Json
from vibex.venues.simulator.exchange.refusal import Refusal
from vibex.venues.simulator.http.listen_keys import ListenKeys
from vibex.venues.simulator.http.parameters import Parameters
from vibex.venues.simulator.simulator import Simulator


class Access(Enum):
    """Who may call: anybody, whoever has a key (v1; v3 signs anyway), or whoever signed."""

    PUBLIC = "public"
    KEY = "key"
    SIGNED = "signed"


@dataclass(slots=True, kw_only=True)
class Call:
    """One request on its way through. `server_ms` is the time the server shows, which a fault may have shifted."""

    simulator: Simulator
    listen_keys: ListenKeys
    parameters: Parameters
    server_ms: int
    account_name: str | None = None

    @property
    def floor(self) -> Floor:
        return self.simulator.exchange.floor

    def refuse_unknown(self) -> None:
        """−1104 for parameters that nobody asked for, where the venue has that habit; call it before any effect."""
        if self.floor.habits.refuse_unknown_parameters and self.parameters.unread():
            raise Refusal(-1104, self.parameters.unread())

    @property
    def account(self) -> Account:
        if self.account_name is None:
            raise Refusal(-2015)
        return self.floor.account(self.account_name)


Handler = Callable[[Call], Json]
Weight = Callable[[Parameters], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`orders` counts against the order limit of the account."""

    method: str
    name: str
    handler: Handler
    weight: int | Weight = 1
    access: Access = Access.SIGNED
    orders: int = 0
    versions: frozenset[str] = field(default=frozenset(("v1", "v3")))

    def cost(self, parameters: Parameters) -> int:
        return self.weight if isinstance(self.weight, int) else self.weight(parameters)

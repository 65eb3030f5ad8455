"""Every call of the venue that this client makes: method, path in both versions, weight, what it changes.

`docs/venues.md` shows this table; a test compares the two. Weights and paths: the venue's futures documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`path` stands behind /fapi/v3/, `legacy` is the whole path for keys of the older scheme where it is not the
    same name behind /fapi/v1/. `orders` is what it counts against the order limit. `weight` is the highest of the
    call; where parameters decide, the caller says so."""

    method: Method
    path: str
    weight: int
    signed: bool = True
    orders: int = 0
    legacy: str | None = None
    v1_only: bool = False

    @property
    def writes(self) -> bool:
        """Whether the call changes something, so that a lost answer leaves the outcome unknown."""
        return self.method != "GET"

    def route(self, *, legacy: bool) -> str:
        if self.v1_only:
            return f"/fapi/v1/{self.path}"
        if legacy:
            return self.legacy or f"/fapi/v1/{self.path}"
        return f"/fapi/v3/{self.path}"


def _public(path: str, weight: int, *, v1_only: bool = False) -> Endpoint:
    return Endpoint(method="GET", path=path, weight=weight, signed=False, v1_only=v1_only)


def _get(path: str, weight: int, legacy: str | None = None) -> Endpoint:
    return Endpoint(method="GET", path=path, weight=weight, legacy=legacy)


def _post(path: str, weight: int, orders: int = 0) -> Endpoint:
    return Endpoint(method="POST", path=path, weight=weight, orders=orders)


TIME = _public("time", 1)
EXCHANGE_INFO = _public("exchangeInfo", 1)
DEPTH = _public("depth", 20)
KLINES = _public("klines", 10)
MARK_PRICE_KLINES = _public("markPriceKlines", 10)
INDEX_PRICE_KLINES = _public("indexPriceKlines", 10)
PREMIUM_INDEX = _public("premiumIndex", 1)
FUNDING_RATE = _public("fundingRate", 1)
FUNDING_INFO = _public("fundingInfo", 1)
# In no document of the venue, used by everybody; its weight is a guess on the safe side.
OPEN_INTEREST = _public("openInterest", 5, v1_only=True)

NEW_ORDER = _post("order", 1, orders=1)
MODIFY_ORDER = Endpoint(method="PUT", path="order", weight=1, orders=1)
CANCEL_ORDER = Endpoint(method="DELETE", path="order", weight=1)
QUERY_ORDER = _get("order", 1)
OPEN_ORDER = _get("openOrder", 1)
OPEN_ORDERS = _get("openOrders", 40)
ALL_ORDERS = _get("allOrders", 5)
BATCH_ORDERS = _post("batchOrders", 5, orders=5)
CANCEL_BATCH = Endpoint(method="DELETE", path="batchOrders", weight=1)
CANCEL_ALL = Endpoint(method="DELETE", path="allOpenOrders", weight=1)
COUNTDOWN_CANCEL = _post("countdownCancelAll", 10)
USER_TRADES = _get("userTrades", 5)

ACCOUNT = _get("accountWithJoinMargin", 5, legacy="/fapi/v4/account")
BALANCE = _get("balance", 5, legacy="/fapi/v2/balance")
POSITION_RISK = _get("positionRisk", 5, legacy="/fapi/v2/positionRisk")
LEVERAGE_BRACKET = _get("leverageBracket", 1)
SET_LEVERAGE = _post("leverage", 1)
SET_MARGIN_TYPE = _post("marginType", 1)
GET_POSITION_MODE = _get("positionSide/dual", 30)
SET_POSITION_MODE = _post("positionSide/dual", 1)
GET_MULTI_ASSETS = _get("multiAssetsMargin", 30)
SET_MULTI_ASSETS = _post("multiAssetsMargin", 1)
SET_POSITION_MARGIN = _post("positionMargin", 1)
GET_SELF_TRADE = _get("stpMode", 30)
SET_SELF_TRADE = _post("stpMode", 1)
INCOME = _get("income", 30)
COMMISSION_RATE = _get("commissionRate", 20)

CREATE_LISTEN_KEY = _post("listenKey", 1)
RENEW_LISTEN_KEY = Endpoint(method="PUT", path="listenKey", weight=1)
CLOSE_LISTEN_KEY = Endpoint(method="DELETE", path="listenKey", weight=1)

ENDPOINTS: Mapping[str, Endpoint] = {
    name: value for name, value in sorted(globals().items()) if isinstance(value, Endpoint)
}
"""Every endpoint by its name here."""


def depth_weight(limit: int) -> int:
    """Weight of an order book with `limit` levels."""
    return next(weight for most, weight in ((50, 2), (100, 5), (500, 10), (1000, 20)) if limit <= most)


def klines_weight(limit: int) -> int:
    """Weight of `limit` bars."""
    return next(weight for most, weight in ((99, 1), (499, 2), (1000, 5), (1500, 10)) if limit <= most)

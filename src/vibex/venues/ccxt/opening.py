"""From a name and keys to a venue."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vibex.domain import Clock, InvalidInput
from vibex.venues.ccxt.aster import AsterThroughCcxt
from vibex.venues.ccxt.binanceusdm import BinanceUsdm
from vibex.venues.ccxt.bybit import Bybit
from vibex.venues.ccxt.connection import AccountKeys, Connection, Session
from vibex.venues.ccxt.dialect import Dialect
from vibex.venues.ccxt.hyperliquid import Hyperliquid
from vibex.venues.ccxt.okx import Okx
from vibex.venues.ccxt.venue import CcxtVenue

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {dialect.name: dialect for dialect in (BinanceUsdm(), Bybit(), Okx(), Hyperliquid(), AsterThroughCcxt())}
)


def open_ccxt(
    name: str,
    clock: Clock,
    *,
    keys: AccountKeys | None = None,
    mainnet: bool = False,
    may_write: bool = False,
    session: Session | None = None,
) -> CcxtVenue:
    """The venue `name`, on its test network unless `mainnet`. Loads ccxt, which takes seconds.

    Raises InvalidInput for a name that is not in `DIALECTS`, and for one without a test network unless `mainnet`.
    """
    dialect = DIALECTS.get(name)
    if dialect is None:
        raise InvalidInput(f"{name!r} is no venue", field="venue", remedy=f"use one of {', '.join(DIALECTS)}")
    connection = Connection(dialect, keys=keys, mainnet=mainnet, session=session)
    return CcxtVenue(dialect, connection, clock, may_write=may_write)

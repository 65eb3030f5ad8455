"""The account that the answers of the corpus are judged against, with what an answer's line changes of it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vibex.agent.sanitize import OpenPosition, SanitizeInput

PRICES = {"BTC": "60000", "ETH": "3000", "SOL": "150"}


def account(
    *,
    equity: str = "10000",
    prices: Mapping[str, str] = PRICES,
    positions: Mapping[str, str] | None = None,
    stops: Mapping[str, str] | None = None,
    max_exposure: str = "1",
    **more: Any,
) -> SanitizeInput:
    """An account with BTC, ETH and SOL; `positions` are signed quantities, `stops` their resting stops."""
    resting = {asset: Decimal(price) for asset, price in (stops or {}).items()}
    return SanitizeInput(
        assets=("BTC", "ETH", "SOL"),
        equity=Decimal(equity),
        prices={asset: Decimal(price) for asset, price in prices.items()},
        positions={
            asset: OpenPosition(quantity=Decimal(quantity), stop=resting.get(asset))
            for asset, quantity in (positions or {}).items()
        },
        max_exposure=Decimal(max_exposure),
        flip=bool(more.get("flip")),
        pyramiding=bool(more.get("pyramiding")),
        secrets=tuple(more.get("secrets", ())),
    )

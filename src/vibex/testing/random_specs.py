"""Random valid strategies from a seed: wide variety for parity and round-trip tests, the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from vibex.domain import Timeframe
from vibex.testing.random_exits import ExitWriter
from vibex.testing.random_rules import RuleWriter

Json = dict[str, Any]
_MARKETS = {
    "crypto": ("BTC/USDT", "ETH/USDT", "SOL/USDT"),
    "us_equity": ("AAPL", "QQQ", "SPY"),
    "hk_equity": ("0005.HK", "0700.HK", "9988.HK"),
}
_SIDES = (("long",), ("short",), ("long", "short"), ("long", "short"))


def random_spec(
    rng: random.Random,
    *,
    runnable: bool,
    market: str | None = None,
    symbols: Sequence[str] | None = None,
    timeframe: str | None = None,
) -> Json:
    """One valid strategy as JSON values; equal states of `rng` give equal strategies.

    With `runnable` it holds only what `refuse_unsupported` lets pass, otherwise all of the contract.
    `market`, `symbols` and `timeframe` fix these fields to the data at hand. Conditions are chosen so that most
    strategies trade on a few hundred bars, not so that they earn anything.
    """
    market = market or rng.choice(list(_MARKETS))
    frame = Timeframe(timeframe or rng.choice(["5m", "15m", "1h", "4h", "1d"]))
    pairs = not runnable and symbols is None and rng.random() < 0.1
    count = 2 if pairs else rng.randint(1, 3)
    chosen = list(symbols or rng.sample(_MARKETS[market], count))
    sides = rng.choice(_SIDES)
    rules = RuleWriter(rng=rng, timeframe=frame, state=not runnable, pairs=pairs, other_symbols=tuple(chosen[1:]))
    spec: Json = {
        "version": 1,
        "name": f"random {rng.randrange(10**6)}",
        "archetype": "pairs" if pairs else rng.choice(["momentum", "mean_reversion", "breakout", "custom"]),
        "market": market,
        "symbols": chosen,
        "timeframe": frame.value,
        "indicators": rules.indicators(),
    }
    spec["entry"] = {side: rules.condition(0, "entry") if side in sides else None for side in ("long", "short")}
    spec["exit"] = {
        side: rules.condition(0, "exit") if side in sides and rng.random() < 0.7 else None for side in ("long", "short")
    }
    spec["on_opposite"] = rng.choice(["reverse", "reverse", "ignore"])
    spec["leverage"] = rng.choice([1, 1, 1, 2, 3.5, 10])
    spec["time_stop_bars"] = rng.choice([None, None, 1, 2, 5, 20])
    spec["session_exit_minutes"] = rng.choice([None, None, None, 15, 60]) if frame.is_intraday else None
    exits = ExitWriter(rng=rng, rules=rules, sides=sides, managed=not runnable)
    spec |= exits.protection()
    spec["sizing"] = exits.sizing(has_stop=spec["stop_loss"] is not None)
    if not runnable:
        spec |= _rest(rng, rules, sides)
    return spec


def _rest(rng: random.Random, rules: RuleWriter, sides: Sequence[str]) -> Json:
    """The parts around the rules that the engine does not run yet, and notes."""
    kind = rng.choice(["market", "limit", "stop"])
    order: Json = {"type": kind, "expires_bars": rng.randint(1, 5)}
    if kind != "market" and rng.random() < 0.5:
        order["price"] = {side: rules.price_level() for side in sides}
    elif kind != "market":
        order["offset_bps"] = rng.choice([-5, 0, 12.5])
    more: Json = {"order": order}
    if rng.random() < 0.3:
        more["limits"] = {"max_trades_per_day": 2, "cooldown_bars": 5, "max_daily_loss_percent": 3}
    if rng.random() < 0.3:
        more["session"] = {"zone": "Europe/London", "open": "08:00", "close": "16:30"}
    if rng.random() < 0.5:
        more["metadata"] = {"expected_conditions": "none", "risk_assumptions": ["random rules earn nothing"]}
        more["assumptions"] = [{"field": "order", "value": order, "reason": "drawn at random"}]
    return more

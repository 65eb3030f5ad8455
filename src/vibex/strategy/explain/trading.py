"""Size, leverage, orders, sessions, limits and the benchmark in words."""

from __future__ import annotations

from collections.abc import Iterator

from vibex.strategy.explain.conditions import operand_text
from vibex.strategy.explain.exits import SIDES, by_side, exit_text
from vibex.strategy.explain.voice import Voice, number
from vibex.strategy.spec import RiskNotional, RiskPercent, Sizing, StrategySpec, VolatilityTarget

_LIMITS = ("max_trades_per_day", "cooldown_bars", "max_daily_loss_percent", "max_drawdown_percent")


def money_lines(spec: StrategySpec, voice: Voice) -> Iterator[str]:
    """Size, leverage, how entries are sent, limits, benchmark."""
    yield from by_side(spec.sizing, lambda one: [voice.say("size", size=_size(one, voice))], voice)
    yield voice.say("leverage", value=number(spec.leverage))
    yield _order(spec, voice)
    if spec.limits is not None:
        for name in _LIMITS:
            value = getattr(spec.limits, name)
            if value is not None:
                yield voice.say(f"limit.{name}", value=number(value))
    if spec.benchmark is None:
        yield voice.say("benchmark.none")
    elif spec.benchmark == "buy_and_hold":
        yield voice.say("benchmark.buy_and_hold")
    else:
        yield voice.say("benchmark.symbol", symbol=spec.benchmark)


def time_lines(spec: StrategySpec, voice: Voice) -> Iterator[str]:
    """What the clock does to a position, and what its day is."""
    if spec.time_stop_bars is not None:
        yield voice.say("time_stop", bars=number(spec.time_stop_bars))
    if spec.session_exit_minutes is not None:
        yield voice.say("session_exit", minutes=number(spec.session_exit_minutes))
    if spec.session is not None:
        yield voice.say("session", open=spec.session.open, close=spec.session.close, zone=spec.session.zone)


def _size(sizing: Sizing, voice: Voice) -> str:
    if isinstance(sizing, VolatilityTarget):
        return voice.say(f"size.{sizing.type}", value=number(sizing.value), lookback=number(sizing.lookback))
    text = voice.say(f"size.{sizing.type}", value=number(sizing.value))
    if isinstance(sizing, RiskPercent | RiskNotional):
        if sizing.distance is not None:
            text = voice.say("size.distance", text=text, exit=exit_text(sizing.distance, voice))
        if sizing.cap_percent is not None:
            text = voice.say("size.cap", text=text, value=number(sizing.cap_percent))
    return text


def _order(spec: StrategySpec, voice: Voice) -> str:
    order = spec.order
    text = voice.say(f"order.{order.type}")
    if order.price is not None:
        for side in SIDES:
            price = getattr(order.price, side)
            if price is not None:
                text = voice.say("order.price", text=text, side=voice.say(side), price=operand_text(price, voice))
    elif order.type != "market":
        text = voice.say("order.offset", text=text, value=number(order.offset_bps))
    if order.type != "market" or order.expires_bars != 1:
        text = voice.say("order.expires", text=text, bars=number(order.expires_bars))
    return text

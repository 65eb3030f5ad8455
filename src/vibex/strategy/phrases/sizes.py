"""Sizes, leverage, orders, limits, benchmark, timeframe: the parts of a strategy that are settings."""

from __future__ import annotations

from vibex.strategy.phrases.cursor import Cursor
from vibex.strategy.phrases.elements import Part, Value
from vibex.strategy.phrases.operands import operand
from vibex.strategy.phrases.series import length
from vibex.strategy.phrases.terms import CLOSE, Num


def setting_part(c: Cursor) -> Part | None:
    return c.first_of(
        _trades_per_day, _daily_loss, _drawdown, _cooldown, _leverage, _order, _volatility_target, _risk, _share, _notional,
        _quantity, _all_in, _benchmark, _opposite,
    )  # fmt: skip


def _introduce(c: Cursor) -> None:
    while c.sign(":", "=", "-") or c.take("at") or c.take("of") or c.take("by"):
        pass


def _percent(c: Cursor) -> float | None:
    """ "10%", "三成" (30 %)."""
    value = c.number()
    if value is None:
        return None
    if c.take_if_text("成"):
        return value * 10
    return value if c.take("pct") is not None else None


def _risk(c: Cursor) -> Part | None:
    """ "risk 1% per trade", "1% risk", "risk $500 per trade"."""
    named = c.take("risk") is not None
    if named:
        _introduce(c)
        c.skip("maximum")
    value = c.attempt(_percent)
    kind = "risk_percent"
    if value is None:
        value, kind = c.attempt(_money), "risk_notional"
    if value is None:
        return None
    start = c.i
    c.skip("of")
    if not c.skip("equity"):
        c.i = start
    if not named and c.take("risk") is None:
        return None
    c.skip("equity_tail", "per_trade")
    c.attempt(lambda c: (c.take("of"), c.take("equity"))[1])
    c.skip("per_trade")
    return Part(field="sizing", value={"type": kind, "value": value})


def _money(c: Cursor) -> float | None:
    sign = c.take("money")
    value = c.number()
    if value is None or c.peek("pct") is not None:
        return None
    return value if c.take("money") or sign else None


def _share(c: Cursor) -> Part | None:
    """ "use 20% of equity", "position size 10%", "25% of my account", "half of my capital", "每次用三成资金"."""
    named = c.skip("size", "per_trade", "equity")
    if named:
        _introduce(c)
        c.skip("size", "maximum")
    fraction = c.take("fraction")
    value = float(fraction) * 100 if isinstance(fraction, int | float) and fraction > 0 else c.attempt(_percent)
    if value is None:
        return None
    start = c.i
    c.skip("of", "available")
    if not c.skip("equity", "size"):
        c.i = start
        if not named and c.take("per_trade") is None:
            return None
    c.skip("prep_in", "in", "per_trade")
    return Part(field="sizing", value={"type": "fixed_percent", "value": value})


def _notional(c: Cursor) -> Part | None:
    """ "$1000 per trade", "size 1000 USDT"."""
    named = c.skip("size", "per_trade")
    if named:
        _introduce(c)
    value = c.attempt(_money)
    if value is None:
        value = c.number()
        if value is None or value < 100 or c.peek("per_trade") is None:
            return None
    tail = c.take("per_trade")
    if not named and not tail:
        return None
    return Part(field="sizing", value={"type": "fixed_notional", "value": value})


def _quantity(c: Cursor) -> Part | None:
    """ "100 shares", "size: 2 contracts"."""
    bought = c.i > 0 and c.tokens[c.i - 1].has("act")
    c.skip("size", "per_trade")
    _introduce(c)
    value = c.number()
    if value is not None and bought and c.find("asset") == c.i:
        return Part(field="sizing", value={"type": "fixed_quantity", "value": value})
    if value is None or c.take("quantity") is None:
        return None
    c.skip("per_trade")
    return Part(field="sizing", value={"type": "fixed_quantity", "value": value})


def _all_in(c: Cursor) -> Part | None:
    c.skip("size")
    return Part(field="sizing", value={"type": "fixed_percent", "value": 100.0}) if c.take("all_in") else None


def _volatility_target(c: Cursor) -> Part | None:
    """ "target 15% annual volatility with a 20 day lookback", "volatility target 30% annualized"."""
    named = c.take("vol_target")
    if named is None:
        c.take("target")
    _introduce(c)
    value = c.attempt(_percent)
    if value is None:
        return None
    noun = c.take("vol_noun")
    c.take_if_text("annualized", "annualised", "annual")
    if not named and not noun and c.take("vol_target") is None:
        return None
    found: dict[str, Value] = {"type": "volatility_target", "value": value}
    look = c.attempt(_lookback)
    return Part(field="sizing", value=found | ({"lookback": look} if look else {}))


def _lookback(c: Cursor) -> int | None:
    c.sign(",", "(")
    c.skip("with", "over", "in", "lookback")
    size = length(c)
    if size is None:
        return None
    return int(size[0]) if c.take("lookback") or size[1] else None


def _leverage(c: Cursor) -> Part | None:
    """ "3x leverage", "leverage: 3x", "2倍杠杆", "no leverage"."""
    if c.take("no_leverage"):
        return Part(field="leverage", value=1.0)
    if c.take("leverage"):
        _introduce(c)
        value = c.number()
        c.take("times_sign")
    elif c.take("with") is not None:
        value = c.number()
        if c.take("times_sign") is None or not (c.done or c.tokens[c.i].has("break", "leverage")):
            return None
        c.take("leverage")
    else:
        value = c.number()
        c.take("times_sign")
        c.take_if_text("isolated", "cross")
        if value is not None and c.take("leverage") is None:
            return None
    return None if value is None else Part(field="leverage", value=value)


def _order(c: Cursor) -> Part | None:
    """ "limit 0.5% below the close", "buy stop 10 bps above the close, good for 3 bars"."""
    expires = c.attempt(_good_for)
    if expires is not None:
        return Part(field="order", value={"expires_bars": expires})
    at = c.find("order")
    kind = c.take("order")
    if kind is None or at is None:
        return None
    found: dict[str, Value] = {"type": str(kind)}
    place = c.attempt(_order_place)
    if place is not None:
        found |= place
    elif kind != "market" and c.tokens[at].text in ("limit", "or"):
        return None
    c.sign(",")
    expires = c.attempt(_good_for)
    if expires is not None:
        found["expires_bars"] = expires
    elif c.tokens[c.i - 1].text == ",":
        c.i -= 1
    return Part(field="order", value=found)


def _order_place(c: Cursor) -> dict[str, Value] | None:
    c.skip("at", "prep")
    start = c.i
    value = c.number()
    scale = 1.0 if value is not None and c.take("bps") else 100.0 if value is not None and c.take("pct") else None
    if value is not None and scale is not None:
        direction = c.take("cmp")
        base = c.attempt(operand)
        if direction in (">", "<") and (base is None or base == CLOSE):
            # Signed for now: what is a better price depends on the side, which may be said later.
            return {"offset_bps": round(value * scale, 6), "direction": str(direction)}
    c.i = start
    c.take("cmp")
    price = operand(c)
    return None if price is None or isinstance(price, Num) else {"price": price}


def _good_for(c: Cursor) -> int | None:
    if c.take("good_for") is None:
        return None
    c.skip("for")
    size = length(c)
    return int(size[0]) if size else None


def _trades_per_day(c: Cursor) -> Part | None:
    """ "max 2 trades per day", "每天最多3笔"."""
    limited = c.skip("maximum", "cmp")
    daily = False
    if not limited:
        daily = c.skip("per_day")
        limited = c.skip("maximum", "cmp")
    count = c.number()
    if count is None or count != int(count):
        return None
    if c.take("trades") is None:
        return None
    c.skip("trades")
    c.sign("/")
    daily = c.skip("per_day") or daily
    limited = c.skip("maximum") or limited
    return Part(field="limits.max_trades_per_day", value=int(count)) if daily else None


def _daily_loss(c: Cursor) -> Part | None:
    """ "max daily loss 3%", "stop after losing 3% in a day", "stop trading after a 2% daily loss"."""
    c.skip("stop_trading", "after", "when", "maximum")
    if c.take("daily_loss"):
        _introduce(c)
        c.skip("maximum", "cmp")
        value = c.attempt(_percent)
    else:
        losing = c.skip("lose")
        value = c.attempt(_percent)
        if value is None:
            return None
        if c.take("daily_loss") is None and not (losing and _in_a_day(c)):
            return None
    c.sign(",") if c.i + 1 < len(c.tokens) and c.tokens[c.i + 1].has("stop_trading") else None
    c.skip("stop_trading")
    return None if value is None else Part(field="limits.max_daily_loss_percent", value=value)


def _in_a_day(c: Cursor) -> bool:
    c.skip("of", "equity", "prep")
    return c.take("per_day") is not None or c.take("unit") == "day"


def _drawdown(c: Cursor) -> Part | None:
    """ "max drawdown 12%, then stop everything"."""
    c.skip("stop_trading", "after", "when", "at", "maximum")
    if c.take("drawdown"):
        c.skip("cmp", "touch", "maximum")
        _introduce(c)
        value = c.attempt(_percent)
    else:
        value = c.attempt(_percent)
        if value is None or c.take("drawdown") is None:
            return None
    if value is None:
        return None
    start = c.i
    c.sign(",")
    c.skip("then")
    if not c.skip("stop_trading"):
        c.i = start
    return Part(field="limits.max_drawdown_percent", value=value)


def _cooldown(c: Cursor) -> Part | None:
    """ "wait 5 bars after each exit", "cooldown 3 bars"."""
    if c.take("cooldown") is None:
        return None
    _introduce(c)
    c.skip("cmp", "for")
    size = length(c)
    if size is None:
        return None
    c.skip(
        "cooldown", "after", "between", "per", "per_trade", "trades", "act", "stop", "lose", "loss", "before", "trades"
    )
    return Part(field="limits.cooldown_bars", value=int(size[0]), unit=size[1])


def _benchmark(c: Cursor) -> Part | None:
    if c.take("benchmark") is None:
        return None
    _introduce(c)
    c.skip("with", "until")
    if c.take("buy_and_hold"):
        c.attempt(lambda c: c.take("asset"))
        return Part(field="benchmark", value="buy_and_hold")
    asset = c.take("asset")
    return Part(field="benchmark", value=str(asset[1])) if isinstance(asset, tuple) else None


def _opposite(c: Cursor) -> Part | None:
    if c.take("ignore_opposite"):
        c.sign(",")
        c.skip("ignore_opposite")
        c.attempt(lambda c: (c.take_if_text("while") and c.skip("prep", "trades")) or None)
        return Part(field="on_opposite", value="ignore")
    return Part(field="on_opposite", value="reverse") if c.take("act") == "reverse" else None

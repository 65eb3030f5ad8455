"""Sizes, leverage, orders, limits, benchmark, timeframe: the parts of a strategy that are settings."""

from __future__ import annotations

from vibex.strategy.phrases.grammar.amounts import introduce, percent, sum_of_money
from vibex.strategy.phrases.grammar.cursor import Cursor
from vibex.strategy.phrases.grammar.elements import Part, Value
from vibex.strategy.phrases.grammar.lengths import length
from vibex.strategy.phrases.grammar.limits import cooldown, daily_loss, drawdown, trades_per_day
from vibex.strategy.phrases.grammar.orders import order


def setting_part(c: Cursor) -> Part | None:
    return c.first_of(
        trades_per_day, daily_loss, drawdown, cooldown, _leverage, order, _volatility_target, _risk, _share, _notional,
        _quantity, _all_in, _benchmark, _opposite,
    )  # fmt: skip


def _risk(c: Cursor) -> Part | None:
    """ "risk 1% per trade", "1% risk", "risk $500 per trade"."""
    c.attempt(lambda c: c.take("not") if c.i + 1 < len(c.tokens) and c.tokens[c.i + 1].has("risk") else None)
    named = c.take("risk") is not None
    if named:
        introduce(c)
        c.skip("maximum", "cmp")
        c.skip("equity")
    value = c.attempt(percent)
    kind = "risk_percent"
    if value is None:
        value, kind = c.attempt(sum_of_money), "risk_notional"
    if value is None:
        return None
    start = c.i
    c.skip("of")
    if not c.skip("equity"):
        c.i = start
    if not named and c.attempt(lambda c: (c.skip("at") or True) and c.take("risk")) is None:
        return None
    c.skip("equity_tail", "per_trade")
    c.attempt(lambda c: (c.take("of"), c.take("equity"))[1])
    c.skip("per_trade")
    return Part(field="sizing", value={"type": kind, "value": value})


def _share(c: Cursor) -> Part | None:
    """ "use 20% of equity", "position size 10%", "25% of my account", "half of my capital", "每次用三成资金"."""
    start = c.i
    named = c.skip("size", "per_trade", "equity")
    only_trade = named and all(
        t.has("per_trade", "fill") and not t.has("size", "equity") for t in c.tokens[start : c.i]
    )
    if named:
        introduce(c)
        c.skip("size", "maximum")
    fraction = c.take("fraction")
    value = float(fraction) * 100 if isinstance(fraction, int | float) and fraction > 0 else c.attempt(percent)
    if value is None:
        return None
    start = c.i
    c.skip("of", "available")
    if not c.skip("equity", "size"):
        c.i = start
        if (not named or only_trade) and c.take("per_trade") is None:
            return None
    c.skip("prep_in", "in", "per_trade")
    if any(c.peek(kind) for kind in ("risk", "stop", "trail", "target", "risk_multiple", "profit", "loss", "vol_noun")):
        return None
    return Part(field="sizing", value={"type": "fixed_percent", "value": value})


def _notional(c: Cursor) -> Part | None:
    """ "$1000 per trade", "size 1000 USDT"."""
    named = c.i > 0 and c.tokens[c.i - 1].has("act")
    if c.skip("size", "per_trade"):
        named = True
        introduce(c)
    value = c.attempt(sum_of_money)
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
    named = c.skip("size", "per_trade")
    introduce(c)
    value = c.number()
    if value is not None and (bought or named) and c.find("asset") == c.i and c.take("asset"):
        return Part(field="sizing", value={"type": "fixed_quantity", "value": value})
    if value is None or c.take("quantity") is None:
        return None
    c.skip("per_trade")
    return Part(field="sizing", value={"type": "fixed_quantity", "value": value})


def _all_in(c: Cursor) -> Part | None:
    c.skip("size")
    if c.take("all_in") is None or c.peek("flat") or c.peek("act"):
        return None  # "everything flat" leaves
    return Part(field="sizing", value={"type": "fixed_percent", "value": 100.0})


def _volatility_target(c: Cursor) -> Part | None:
    """ "target 15% annual volatility with a 20 day lookback", "volatility target 30% annualized"."""
    named = c.take("vol_target")
    if named is None and not c.take("target"):
        c.skip("size", "until")
    introduce(c)
    value = c.attempt(percent)
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
    c.skip("with", "over", "in", "lookback", "size")
    size = length(c)
    if size is None:
        return None
    return int(size[0]) if c.take("lookback") or size[1] else None


def _leverage(c: Cursor) -> Part | None:
    """ "3x leverage", "leverage: 3x", "2倍杠杆", "no leverage"."""
    if c.take("no_leverage"):
        return Part(field="leverage", value=1.0)
    if c.take("leverage"):
        introduce(c)
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


def _benchmark(c: Cursor) -> Part | None:
    if c.take("benchmark") is None:
        return None
    introduce(c)
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
    if c.take("act") != "reverse" or c.peek("when"):
        return None  # "and the reverse when …" is a rule of the other side
    return Part(field="on_opposite", value="reverse")

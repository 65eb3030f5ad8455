"""What is filled in where a request says nothing: one table, each entry with its reason in words.

A side, a condition, an asset and a take-profit are never filled in: nobody but the user can know them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vibex.domain import JsonValue, Market
from vibex.strategy.draft import Language
from vibex.strategy.drafting.archetype import infer_archetype
from vibex.strategy.drafting.parts import parts_of

Json = Mapping[str, JsonValue]
SHARE_WITHOUT_STOP = 10.0
_TIMES_OF_DAY = ("session_exit_minutes", "session")
_TIMES_INSIDE = ("minutes_since_open", "minutes_to_close", "session_bar", "OPENING_RANGE", "clock")


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """`value` for `field` where `applies`; `reason` per language."""

    field: str
    applies: Callable[[Json], bool]
    value: Callable[[Json], JsonValue]
    reason: Mapping[Language, str]


def _always(_: Json) -> bool:
    return True


def _market(spec: Json) -> JsonValue:
    symbols = spec.get("symbols")
    first = str(symbols[0]) if isinstance(symbols, list) and symbols else ""
    if first.upper().endswith(".HK") or first.isdigit():
        return Market.HK_EQUITY.value
    return Market.CRYPTO.value if "/" in first else Market.US_EQUITY.value


def _has_symbols(spec: Json) -> bool:
    return bool(spec.get("symbols"))


def _inside_the_day(spec: Json) -> bool:
    return any(spec.get(key) is not None for key in _TIMES_OF_DAY) or any(_mentions(spec, w) for w in _TIMES_INSIDE)


def _mentions(spec: Json, word: str) -> bool:
    return any(word in part if isinstance(part, Mapping) else part == word for part in parts_of(spec))


def _is_crypto(spec: Json) -> bool:
    return spec.get("market") == Market.CRYPTO.value


def _is_unprotected(spec: Json) -> bool:
    return spec.get("stop_loss") is None and spec.get("trailing_stop") is None


def _stops_every_side(spec: Json) -> bool:
    entry = spec.get("entry")
    trading = [side for side in ("long", "short") if isinstance(entry, dict) and entry.get(side) is not None]
    return all(any(_serves(spec.get(key), side) for key in ("stop_loss", "trailing_stop")) for side in trading)


def _serves(value: JsonValue, side: str) -> bool:
    if isinstance(value, dict) and ("long" in value or "short" in value):
        return value.get(side) is not None
    return value is not None


def _share(spec: Json) -> JsonValue:
    symbols = spec.get("symbols")
    count = len(symbols) if isinstance(symbols, list) else 1
    return {"type": "fixed_percent", "value": min(SHARE_WITHOUT_STOP, round(100 / max(count, 1), 2))}


def _name(spec: Json) -> JsonValue:
    symbols = spec.get("symbols")
    named = [str(each) for each in symbols] if isinstance(symbols, list) else []
    shown = ", ".join(named[:3]) + (f" +{len(named) - 3}" if len(named) > 3 else "")
    family = str(spec.get("archetype")).replace("_", " ").capitalize()
    return " · ".join(part for part in (family, shown, str(spec.get("timeframe"))) if part)[:200]


DEFAULTS: tuple[Default, ...] = (
    Default(
        field="market",
        applies=_has_symbols,
        value=_market,
        reason={"en": "the market of the assets", "zh-Hant": "標的所屬的市場", "zh-Hans": "标的所属的市场"},
    ),
    Default(
        field="timeframe",
        applies=_inside_the_day,
        value=lambda _: "15m",
        reason={
            "en": "no timeframe was given, and times of the day need bars inside the day",
            "zh-Hant": "沒有指定時間框架，而規則用到日內時間，需要日內K線",
            "zh-Hans": "没有指定时间框架，而规则用到日内时间，需要日内K线",
        },
    ),
    Default(
        field="timeframe",
        applies=_is_crypto,
        value=lambda _: "1h",
        reason={
            "en": "no timeframe was given; hourly bars are usual for crypto",
            "zh-Hant": "沒有指定時間框架；加密貨幣常用小時K線",
            "zh-Hans": "没有指定时间框架；加密货币常用小时K线",
        },
    ),
    Default(
        field="timeframe",
        applies=_always,
        value=lambda _: "1d",
        reason={
            "en": "no timeframe was given; daily bars are usual for equities",
            "zh-Hant": "沒有指定時間框架；股票常用日K線",
            "zh-Hans": "没有指定时间框架；股票常用日K线",
        },
    ),
    Default(
        field="archetype",
        applies=_always,
        value=infer_archetype,
        reason={
            "en": "the family that the entry rules belong to; it changes no trade",
            "zh-Hant": "入場規則所屬的類別；不影響任何交易",
            "zh-Hans": "入场规则所属的类别；不影响任何交易",
        },
    ),
    Default(
        field="stop_loss",
        applies=_is_unprotected,
        value=lambda _: {"type": "atr", "value": 2},
        reason={
            "en": "no stop was given and none was refused; two average ranges, ATR(14), leave room for ordinary moves",
            "zh-Hant": "沒有指定止蝕，也沒有拒絕止蝕；兩倍平均波幅 ATR(14) 可容納一般波動",
            "zh-Hans": "没有指定止损，也没有拒绝止损；两倍平均波幅 ATR(14) 可容纳一般波动",
        },
    ),
    Default(
        field="sizing",
        applies=_stops_every_side,
        value=lambda _: {"type": "risk_percent", "value": 1, "cap_percent": 100},
        reason={
            "en": "no size was given; 1 % of equity lost at the stop is a usual risk, without borrowing for it",
            "zh-Hant": "沒有指定注碼；觸及止蝕時損失資產的 1 % 是常用的風險，且不超出資產",
            "zh-Hans": "没有指定仓位大小；触及止损时损失资产的 1 % 是常用的风险，且不超出资产",
        },
    ),
    Default(
        field="sizing",
        applies=_always,
        value=_share,
        reason={
            "en": "no size was given and without a stop no risk can be measured; a small share of equity as margin",
            "zh-Hant": "沒有指定注碼，而沒有止蝕便無法量度風險；以資產的一小部分作保證金",
            "zh-Hans": "没有指定仓位大小，而没有止损便无法量度风险；以资产的一小部分作保证金",
        },
    ),
    Default(
        field="name",
        applies=_always,
        value=_name,
        reason={"en": "no name was given", "zh-Hant": "沒有指定名稱", "zh-Hans": "没有指定名称"},
    ),
)


def fill(
    partial: Json, refused: frozenset[str] = frozenset(), language: Language = "en"
) -> tuple[dict[str, JsonValue], tuple[dict[str, JsonValue], ...]]:
    """`partial` with the gaps filled, and the assumptions made, which the filled strategy lists as well.

    A field that `partial` holds with a value, or that is `refused`, is left as it is.
    """
    spec: dict[str, JsonValue] = {"version": 1, **partial}
    made: list[dict[str, JsonValue]] = []
    for default in DEFAULTS:
        field = default.field
        if spec.get(field) is None and field not in refused and default.applies(spec):
            spec[field] = default.value(spec)
            made.append({"field": field, "value": spec[field], "reason": default.reason[language]})
    said = spec.get("assumptions")
    spec["assumptions"] = [*(said if isinstance(said, list) else []), *made]
    return spec, tuple(made)

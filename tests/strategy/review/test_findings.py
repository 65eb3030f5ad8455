"""Each finding on a strategy that has it, and silence on the nearest strategy that has not."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import pytest

from vibex.domain import Market
from vibex.strategy import parse_spec
from vibex.strategy.draft import Issue
from vibex.strategy.review import Costs, review
from vibex.testing.evidence import Measured
from vibex.testing.random_specs import random_spec

from .examples import SOUND, bars, compare, every, spec, trade

Json = dict[str, Any]
LONG = SOUND["entry"]["long"]


def enter(condition: Json) -> Json:
    return {"entry": {"long": condition}}


def leave(condition: Json) -> Json:
    return {"exit": {"long": condition}}


def risky(condition: Json, stop: object) -> Json:
    return {**enter(condition), "stop_loss": {"type": "level", "value": stop}}


def twice(name: str, params: Json) -> Json:
    return {"indicators": [*SOUND["indicators"], {"id": "other", "name": name, "params": params}]}


def resting(price: float) -> Json:
    return {"order": {"type": "limit", "price": {"long": price}}}


def us_hours(start: str, end: str, zone: str) -> Json:
    window = {"clock": [start, end], "zone": zone}
    return {"market": "us_equity", "symbols": ["SPY"], "timeframe": "5m"} | enter(every(window, LONG))


# Finding: severity, field, a word of the message; changes that have it; changes that have not.
CASES: dict[str, tuple[str, str, str, Json, Json]] = {
    "empty interval": (
        *("error", "entry.long", "hold together"),
        enter(every(compare("rsi", ">", 70), compare("rsi", "<", 30))),
        enter(every(compare("rsi", ">", 30), compare("rsi", "<", 45))),
    ),
    "empty by not": (
        *("error", "entry.long", "never"),
        enter(every(compare("rsi", ">", 40), {"not": compare("rsi", ">", 30)})),
        enter(every(compare("rsi", "<", 40), {"not": compare("rsi", "<", 30)})),
    ),
    "every branch empty": (
        *("error", "entry.long", "never"),
        enter({"any": [compare("rsi", ">", 120), every(compare("adx", ">", 50), compare("adx", "<", 20))]}),
        enter({"any": [compare("rsi", ">", 20), every(compare("adx", ">", 50), compare("adx", "<", 60))]}),
    ),
    "one dead branch": (
        *("warning", "entry.long.any[1]", "no effect"),
        enter({"any": [compare("rsi", "crosses_below", 30), compare("rsi", "<", -5)]}),
        enter({"any": [compare("rsi", "crosses_below", 30), compare("rsi", "<", 5)]}),
    ),
    "beyond the range": (
        *("error", "entry.long", "between 0 and 100"),
        enter(compare("rsi", ">", 120)),
        enter(compare("rsi", ">", 60)),
    ),
    "wrong scale": (
        *("error", "entry.long", "between -100 and 0"),
        enter(compare("will", "crosses_above", 20)),
        enter(compare("will", "crosses_above", -80)),
    ),
    "output beyond the range": (
        *("error", "entry.long", "between 0 and 100"),
        enter(compare("stoch.k", "<", -10)),
        enter(compare("stoch.k", "<", 10)),
    ),
    "three in a circle": (
        *("error", "entry.long", "hold together"),
        enter(every(compare("close", ">", "ema"), compare("ema", ">", "slow"), compare("slow", ">", "close"))),
        enter(every(compare("close", ">", "ema"), compare("ema", ">", "slow"), compare("close", ">", "slow"))),
    ),
    "above the upper band and below the lower": (
        *("error", "entry.long", "hold together"),
        enter(every(compare("close", ">", "bb.upper"), compare("close", "<", "bb.lower"))),
        enter(every(compare("close", "<", "bb.upper"), compare("close", ">", "bb.lower"))),
    ),
    "a cross inside a lasting state": (
        *("error", "entry.long", "hold together"),
        enter(every(compare("rsi", "crosses_below", 30), {"for": 3, "of": compare("rsi", "<", 30)})),
        enter(every(compare("rsi", "crosses_below", 30), {"within": 3, "of": compare("rsi", "<", 25)})),
    ),
    "two windows of the day": (
        *("error", "entry.long", "hold together"),
        enter(every({"clock": ["01:00", "05:00"], "zone": "UTC"}, {"clock": ["13:00", "17:00"], "zone": "UTC"}, LONG)),
        enter(every({"clock": ["22:00", "05:00"], "zone": "UTC"}, {"clock": ["02:00", "17:00"], "zone": "UTC"}, LONG)),
    ),
    "a day that does not exist": (
        *("error", "entry.long", "between 1 and 7"),
        enter(every(compare("weekday", "==", 8), LONG)),
        enter(every(compare("weekday", "==", 7), LONG)),
    ),
    "entry implies exit": (
        *("error", "exit.long", "nothing would ever be entered"),
        enter(compare("rsi", "<", 30)) | leave(compare("rsi", "<", 50)),
        enter(compare("rsi", "<", 30)) | leave(compare("rsi", ">", 50)),
    ),
    "exit never true": (
        *("error", "exit.long", "between 0 and 100"),
        leave(compare("rsi", ">", 120)),
        leave(compare("rsi", ">", 80)),
    ),
    "entry always true": (
        *("warning", "entry.long", "always true"),
        enter(compare("rsi", ">=", 0)),
        enter(compare("rsi", ">=", 1)),
    ),
    "both sides at once": (
        *("error", "entry.", "neither is made"),
        {"entry": {"long": compare("rsi", "<", 30), "short": compare("rsi", "<", 40)}, "exit": None},
        {"entry": {"long": compare("rsi", "<", 30), "short": compare("rsi", ">", 40)}, "exit": None},
    ),
    "stop on the wrong side": (
        *("error", "stop_loss", "below its entry"),
        risky(compare("close", "<", "bb.lower"), "bb.middle"),
        risky(compare("close", ">", "bb.middle"), "bb.lower"),
    ),
    "one indicator under two ids": (
        *("error", "entry.long", "hold together"),
        twice("RSI", {"timeperiod": 14}) | enter(every(compare("rsi", ">", 70), compare("other", "<", 30))),
        twice("RSI", {"timeperiod": 2}) | enter(every(compare("rsi", ">", 70), compare("other", "<", 30))),
    ),
    "stop above a resting order": (
        *("error", "stop_loss", "below its entry"),
        {**resting(60000), "stop_loss": {"type": "price", "value": 61000}, "take_profit": None},
        {**resting(60000), "stop_loss": {"type": "price", "value": 59000}, "take_profit": None},
    ),
    "stop inside the costs": (
        *("warning", "stop_loss", "mostly costs"),
        {"stop_loss": {"type": "percent", "value": 0.2}},
        {"stop_loss": {"type": "percent", "value": 0.5}},
    ),
    "trailing stop behind the liquidation": (
        *("error", "trailing_stop", "liquidated"),
        {"leverage": 20, "stop_loss": None, "trailing_stop": {"type": "percent", "value": 6}},
        {"leverage": 20, "stop_loss": None, "trailing_stop": {"type": "percent", "value": 3}},
    ),
    "hours in which the market is closed": (
        *("warning", "entry.long.all[0]", "no bar of 5m closes"),
        us_hours("02:00", "04:00", "America/New_York"),
        us_hours("15:00", "16:00", "America/New_York"),
    ),
    "hours in another zone": (
        *("warning", "entry.long.all[0]", "no bar of 5m closes"),
        us_hours("10:00", "16:00", "Asia/Hong_Kong"),
        us_hours("22:00", "02:00", "Asia/Hong_Kong"),
    ),
    "a window shorter than the bars": (
        *("warning", "entry.long.all[0]", "no bar of 4h closes"),
        enter(every({"clock": ["09:00", "11:00"], "zone": "UTC"}, LONG)),
        enter(every({"clock": ["11:00", "13:00"], "zone": "UTC"}, LONG)),
    ),
    "a window of the day on daily bars": (
        *("warning", "entry.long.all[0]", "no bar of 1d closes"),
        {"timeframe": "1d"} | enter(every({"clock": ["09:00", "11:00"], "zone": "UTC"}, LONG)),
        {"timeframe": "1d"} | enter(every({"clock": ["23:00", "01:00"], "zone": "UTC"}, LONG)),
    ),
    "stop price above the entry": (
        *("error", "stop_loss", "below its entry"),
        {**enter(compare("close", "<", 60000)), "stop_loss": {"type": "price", "value": 61000}, "take_profit": None},
        {**enter(compare("close", "<", 60000)), "stop_loss": {"type": "price", "value": 55000}, "take_profit": None},
    ),
    "stop price above the price of the signal": (
        *("error", "stop_loss", "the entry is at 60000"),
        {**enter(compare("close", "crosses_above", 60000)), "stop_loss": {"type": "price", "value": 65000}},
        {**enter(compare("close", "crosses_above", 60000)), "stop_loss": {"type": "price", "value": 58000}},
    ),
    "target price below the price of the signal": (
        *("error", "take_profit", "above its entry"),
        {**enter(compare("close", "<", 60000)), "take_profit": {"type": "price", "value": 55000}},
        {**enter(compare("close", "<", 60000)), "take_profit": {"type": "price", "value": 65000}},
    ),
    "target on the wrong side": (
        *("error", "take_profit", "above its entry"),
        {**enter(compare("close", ">", "bb.upper")), "take_profit": {"type": "level", "value": "bb.middle"}},
        {**enter(compare("close", "<", "bb.lower")), "take_profit": {"type": "level", "value": "bb.middle"}},
    ),
    "symbol of another market": (
        *("error", "symbols[1]", "no symbol of crypto"),
        {"symbols": ["ETH/USDT", "0700.HK"]},
        {"symbols": ["ETH/USDT", "BTC/USDT"]},
    ),
    "equity filter on a crypto strategy": (
        *("error", "indicators[0].symbol", "no symbol of crypto"),
        {"indicators": [{"id": "rsi", "name": "RSI", "symbol": "SPY"}]},
        {"indicators": [{"id": "rsi", "name": "RSI", "symbol": "BTCUSDT"}]},
    ),
    "pair on an equity market": (
        *("error", "symbols[0]", "no symbol of us_equity"),
        {"market": "us_equity", "timeframe": "1d"},
        {"market": "us_equity", "timeframe": "1d", "symbols": ["BRK.B"]},
    ),
    "years of warm-up": (
        *("warning", "indicators", "years"),
        {
            "timeframe": "1w",
            "indicators": [*SOUND["indicators"], {"id": "x", "name": "SMA", "params": {"timeperiod": 600}}],
        },
        {
            "timeframe": "1w",
            "indicators": [*SOUND["indicators"], {"id": "x", "name": "SMA", "params": {"timeperiod": 50}}],
        },
    ),
    "not run yet": (
        *("warning", "take_profit", "does not run"),
        {"take_profit": [{"type": "level", "value": "high", "trigger": "close", "fraction": 1}]},
        {"take_profit": [{"type": "level", "value": "high", "fraction": 1}]},
    ),
    "leverage beyond policy": (*("warning", "leverage", "policy"), {"leverage": 20}, {"leverage": 5}),
    "stop behind the liquidation": (
        *("error", "stop_loss", "liquidated"),
        {"leverage": 50},
        {"leverage": 4},
    ),
    "stop close to the liquidation": (*("warning", "stop_loss", "close to"), {"leverage": 22}, {"leverage": 15}),
    "no stop": (*("warning", "stop_loss", "no stop"), {"stop_loss": None}, {}),
    "trailing stop is a stop": (
        *("warning", "stop_loss", "no stop"),
        {"stop_loss": None},
        {"stop_loss": None, "trailing_stop": {"type": "percent", "value": 5}},
    ),
    "position larger than the account": (
        *("warning", "sizing", "position of 200 %"),
        {"leverage": 4, "sizing": {"type": "fixed_percent", "value": 50}},
        {"leverage": 2, "sizing": {"type": "fixed_percent", "value": 50}},
    ),
    "more than the margin": (
        *("warning", "sizing", "add up to 150 %"),
        {"symbols": ["BTC/USDT", "ETH/USDT", "SOL/USDT"], "sizing": {"type": "fixed_percent", "value": 50}},
        {"symbols": ["BTC/USDT", "ETH/USDT", "SOL/USDT"], "sizing": {"type": "fixed_percent", "value": 33}},
    ),
    "much at risk": (
        *("warning", "sizing", "at risk"),
        {"sizing": {"type": "risk_percent", "value": 20}},
        {"sizing": {"type": "risk_percent", "value": 2}},
    ),
    "short of Hong Kong shares": (
        *("warning", "entry.short", "designated"),
        {
            "market": "hk_equity",
            "symbols": ["0700.HK"],
            "entry": {"short": compare("rsi", "crosses_above", 70)},
            "exit": None,
        },
        {"market": "hk_equity", "symbols": ["0700.HK"], "entry": {"long": LONG}},
    ),
    "short of US shares": (
        *("warning", "entry.short", "borrow"),
        {
            "market": "us_equity",
            "symbols": ["SPY"],
            "entry": {"short": compare("rsi", "crosses_above", 70)},
            "exit": None,
        },
        {"entry": {"short": compare("rsi", "crosses_above", 70)}, "exit": None},
    ),
    "target eaten by costs": (
        *("warning", "take_profit", "every win is a loss"),
        {"take_profit": {"type": "percent", "value": 0.2}, "stop_loss": {"type": "percent", "value": 0.3}},
        {"take_profit": {"type": "percent", "value": 2}, "stop_loss": {"type": "percent", "value": 2}},
    ),
    "target small beside the stop": (
        *("warning", "take_profit", "pay for one loss"),
        {"take_profit": {"type": "atr", "value": 0.5}, "stop_loss": {"type": "atr", "value": 3}},
        {"take_profit": {"type": "atr", "value": 1}, "stop_loss": {"type": "atr", "value": 3}},
    ),
    "state that may re-enter": (
        *("info", "entry.long", "cooldown"),
        enter(compare("rsi", "<", 30)),
        enter(compare("rsi", "crosses_below", 30)),
    ),
    "no way out but the stop": (
        *("warning", "exit.long", "only the stop"),
        {"exit": None, "take_profit": None},
        {"exit": None, "take_profit": None, "time_stop_bars": 10},
    ),
    "no way out at all": (
        *("warning", "exit.long", "nothing ever ends"),
        {"exit": None, "take_profit": None, "stop_loss": None},
        {"exit": None},
    ),
    "target as a suggestion": (*("info", "take_profit", "risk_multiple"), {"take_profit": None}, {}),
}


def found(issues: tuple[Issue, ...], severity: str, field: str, word: str) -> list[Issue]:
    return [i for i in issues if i.severity == severity and i.field.startswith(field) and word in i.message]


@pytest.mark.parametrize("name", CASES)
def test_a_finding_is_made_where_it_applies_and_only_there(name: str) -> None:
    severity, field, word, having, lacking = CASES[name]
    assert found(review(spec(**having)), severity, field, word)
    assert not found(review(spec(**lacking)), severity, field, word)


def test_a_sound_strategy_has_no_findings() -> None:
    assert review(spec()) == ()


def test_findings_are_ordered_and_none_is_repeated() -> None:
    issues = review(spec(entry={"long": compare("rsi", ">", 120)}, take_profit=None, stop_loss=None, leverage=30))
    ranks = [("error", "warning", "info").index(issue.severity) for issue in issues]
    assert ranks == sorted(ranks)
    assert len(set(issues)) == len(issues)
    assert set(ranks) == {0, 1, 2}


def test_any_valid_strategy_can_be_reviewed_with_and_without_data() -> None:
    for seed in range(100):
        strategy = parse_spec(random_spec(random.Random(seed), runnable=False))
        held = {symbol: bars(symbol, count=60) for symbol in strategy.symbols}
        for evidence in (None, Measured(bars=held), Measured(bars=held, trades=()), Measured(bars={})):
            assert all(issue.field and issue.message for issue in review(strategy, evidence))


# With data at hand.


def test_data_of_every_symbol_is_asked_for() -> None:
    two = spec(symbols=["ETH/USDT", "BTC/USDT"])
    issues = review(two, Measured(bars={"ETH/USDT": bars()}))
    assert found(issues, "error", "symbols", "no data of BTC/USDT")
    both = {symbol: bars(symbol) for symbol in two.symbols}
    assert not found(review(two, Measured(bars=both)), "error", "symbols", "no data")


def test_warm_up_longer_than_the_data_is_an_error() -> None:
    assert found(review(spec(), Measured(bars={"ETH/USDT": bars(count=150)})), "error", "indicators", "199 bars")
    assert not found(review(spec(), Measured(bars={"ETH/USDT": bars(count=250)})), "error", "indicators", "bars")


def test_volume_is_asked_of_data_that_has_none() -> None:
    silent = dataclasses.replace(bars(), volume=None)
    assert found(review(spec(), Measured(bars={"ETH/USDT": silent})), "error", "indicators[7]", "volume")
    assert not found(review(spec(), Measured(bars={"ETH/USDT": bars()})), "error", "indicators[7]", "volume")


def test_a_strategy_that_never_traded_is_told_so() -> None:
    issues = review(spec(), Measured(bars={"ETH/USDT": bars()}, trades=()))
    assert found(issues, "warning", "entry.long", "not have traded once")


def test_fewer_than_thirty_trades_are_too_few() -> None:
    data = bars()
    last = int(data.open_time[-1])
    few = Measured(bars={"ETH/USDT": data}, trades=[trade(last)] * 29)
    enough = Measured(bars={"ETH/USDT": data}, trades=[trade(last)] * 30)
    assert found(review(spec(), few), "warning", "entry.long", "29 trades")
    assert not found(review(spec(), enough), "warning", "entry.long", "too few")


def test_no_trade_in_the_last_fifth_of_the_data_is_told() -> None:
    data = bars()
    early = Measured(bars={"ETH/USDT": data}, trades=[trade(int(data.open_time[300]))] * 40)
    late = Measured(bars={"ETH/USDT": data}, trades=[trade(int(data.open_time[350]))] * 40)
    assert found(review(spec(), early), "warning", "entry.long", "has not traded since")
    assert not found(review(spec(), late), "warning", "entry.long", "has not traded since")


@pytest.mark.parametrize(("gap", "flagged"), [(1, True), (3, True), (4, False), (None, False)])
def test_re_entry_within_three_bars_of_a_stop_is_flagged(gap: int | None, flagged: bool) -> None:
    data = bars()
    trades = [trade(int(data.open_time[390]), after_stop=gap)] * 40
    issues = review(spec(), Measured(bars={"ETH/USDT": data}, trades=trades))
    assert bool(found(issues, "warning", "entry.long", "bars of a stop")) == flagged


def test_costs_that_eat_the_average_move_are_told() -> None:
    data = bars()
    at = int(data.open_time[390])
    eaten = Measured(bars={"ETH/USDT": data}, trades=[trade(at, percent=-0.1)] * 40)
    kept = Measured(bars={"ETH/USDT": data}, trades=[trade(at, percent=0.5)] * 40)
    assert found(review(spec(), eaten), "warning", "timeframe", "costs eat")
    assert not found(review(spec(), kept), "warning", "timeframe", "costs eat")


def test_a_target_in_ranges_is_weighed_with_the_ranges_of_the_data() -> None:
    tight = spec(take_profit={"type": "atr", "value": 1}, stop_loss={"type": "atr", "value": 1})
    dear = Measured(bars={"ETH/USDT": bars()}, costs=Costs(fee_bps=100, slippage_bps=100))
    cheap = Measured(bars={"ETH/USDT": bars()}, costs=Costs(fee_bps=1, slippage_bps=0))
    assert found(review(tight, dear), "warning", "take_profit", "every win")
    assert not found(review(tight, cheap), "warning", "take_profit", "entry and exit cost")


def test_a_stop_in_ranges_is_weighed_with_the_liquidation_on_the_data() -> None:
    wide = spec(stop_loss={"type": "atr", "value": 20}, leverage=10)
    issues = review(wide, Measured(bars={"ETH/USDT": bars()}))
    assert found(issues, "warning", "stop_loss", "liquidated")
    assert not found(review(wide), "warning", "stop_loss", "liquidated")


def test_equities_are_reviewed_on_their_own_calendar_days() -> None:
    weekend = spec(market="us_equity", symbols=["SPY"], entry={"long": compare("weekday", ">", 5)})
    assert found(review(weekend), "error", "entry.long", "between 1 and 5")
    assert Market.US_EQUITY.is_equity

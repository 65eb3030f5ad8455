"""Yahoo's tables as yfinance gives them (auto_adjust off) become bars and an actions file that a run understands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from yfinance.exceptions import YFPricesMissingError, YFRateLimitError, YFTzMissingError

from vibex.domain import InvalidInput, ManualClock, Market, RetryLater, Timeframe, VibexError
from vibex.market import Adjustment, Series, adjust, read_actions, read_bars
from vibex.market.fetching import Fetched, FetchRequest, Page, PageQuery, fetch
from vibex.market.sources.yahoo import YahooPrices

NOW = datetime(2024, 3, 1, tzinfo=UTC)
DAYS = pd.DatetimeIndex(["2023-06-07", "2023-06-08", "2023-06-09", "2023-06-12"])


class Yahoo:
    """`download` as `YahooPrices` calls it, on one table; remembers what was asked."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self.asked: list[tuple[str, str, str, str]] = []

    def __call__(self, ticker: str, interval: str, start: datetime, end: datetime) -> pd.DataFrame:
        self.asked.append((ticker, interval, f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}"))
        zone = pd.DatetimeIndex(self.table.index).tz
        first, last = pd.Timestamp(start.replace(tzinfo=None), tz=zone), pd.Timestamp(end.replace(tzinfo=None), tz=zone)
        return self.table[(self.table.index >= first) & (self.table.index < last)]


def table(index: pd.DatetimeIndex, **changes: list[float]) -> pd.DataFrame:
    rows = len(index)
    columns = {
        "Open": [100.0] * rows,
        "High": [102.0] * rows,
        "Low": [99.0] * rows,
        "Close": [101.0] * rows,
        "Adj Close": [98.0] * rows,
        "Volume": [1000.0] * rows,
        "Dividends": [0.0] * rows,
        "Stock Splits": [0.0] * rows,
    }
    return pd.DataFrame({**columns, **changes}, index=index)


async def brought(
    yahoo: Yahoo, folder: Path, *, symbol: str = "BRK.B", timeframe: Timeframe = Timeframe.D1, start: str = "2023-06-07"
) -> Fetched:
    market = Market.HK_EQUITY if symbol.endswith(".HK") else Market.US_EQUITY
    request = FetchRequest(
        symbol=symbol,
        market=market,
        series=Series.BARS,
        timeframe=timeframe,
        start_ms=int(datetime.fromisoformat(start).replace(tzinfo=UTC).timestamp() * 1000),
        end_ms=int(datetime(2024, 2, 28, tzinfo=UTC).timestamp() * 1000),
    )
    clock = ManualClock(NOW)
    return await fetch(request, YahooPrices(market, clock, folder / "cache", download=yahoo), clock, folder)


async def test_daily_bars_are_labelled_with_their_session_and_state_that_they_are_split_adjusted(
    tmp_path: Path,
) -> None:
    yahoo = Yahoo(table(DAYS.tz_localize("America/New_York")))
    done = await brought(yahoo, tmp_path)
    file = read_bars(done.path)
    assert yahoo.asked == [("BRK-B", "1d", "2023-06-07", "2024-02-29")]
    assert file.declared.adjustment is Adjustment.SPLIT
    assert file.bars.open_time.tolist() == [int(day.timestamp() * 1000) for day in DAYS.tz_localize("UTC")]
    assert file.bars.close.tolist() == [101.0] * 4  # never the adjusted close


async def test_splits_and_dividends_become_an_actions_file_in_todays_shares(tmp_path: Path) -> None:
    zone = DAYS.tz_localize("America/New_York")
    events = table(zone, **{"Dividends": [0.0, 2.02, 0.0, 0.0], "Stock Splits": [0.0, 0.0, 0.0, 4.0]})
    done = await brought(Yahoo(events), tmp_path)
    assert done.actions is not None
    assert done.actions.read_text() == (
        "symbol,ex_date,type,value,source\n"
        'BRK.B,2023-06-08,dividend,2.02,"yfinance, split-adjusted"\n'
        "BRK.B,2023-06-12,split,4.0,yfinance\n"
    )
    bars = read_bars(done.path).bars
    total = adjust(bars, read_actions(done.actions, Market.US_EQUITY), Adjustment.SPLIT, Adjustment.TOTAL)
    # 2.02 of 101 is 2 %; the split is in Yahoo's prices already.
    np.testing.assert_allclose(total.close, [98.98, 101.0, 101.0, 101.0])


async def test_intraday_bars_are_in_utc_and_rows_without_prices_are_no_bars(tmp_path: Path) -> None:
    index = pd.DatetimeIndex(["2024-02-27 09:30", "2024-02-27 10:30", "2024-02-27 11:30"]).tz_localize("Asia/Hong_Kong")
    yahoo = Yahoo(table(index, Close=[101.0, float("nan"), 101.0]))
    done = await brought(yahoo, tmp_path, symbol="0700.HK", timeframe=Timeframe.H1, start="2024-02-26")
    times = [datetime.fromtimestamp(ms / 1000, UTC).strftime("%H:%M") for ms in read_bars(done.path).bars.open_time]
    assert times == ["01:30", "03:30"]
    assert yahoo.asked[0][:2] == ("0700.HK", "1h")
    assert done.gaps is not None
    assert done.gaps.missing_bars == 1


async def test_a_split_since_the_last_fetch_shows_and_asks_for_a_fresh_file(tmp_path: Path) -> None:
    zone = DAYS.tz_localize("America/New_York")
    clock = ManualClock(NOW)
    source = YahooPrices(Market.US_EQUITY, clock, tmp_path, download=Yahoo(table(zone)))
    request = FetchRequest(
        symbol="SPY",
        market=Market.US_EQUITY,
        series=Series.BARS,
        timeframe=Timeframe.D1,
        start_ms=int(DAYS[0].timestamp() * 1000),
        end_ms=int(DAYS[2].timestamp() * 1000),
    )
    await fetch(request, source, clock, tmp_path)
    halved = table(zone)[["Open", "High", "Low", "Close"]] / 2
    after = YahooPrices(Market.US_EQUITY, clock, tmp_path, download=Yahoo(table(zone).assign(**halved)))
    longer = FetchRequest(
        symbol="SPY", market=Market.US_EQUITY, series=Series.BARS, timeframe=Timeframe.D1, start_ms=request.start_ms
    )
    with pytest.raises(InvalidInput, match="another row for 2023-06-09"):
        await fetch(longer, after, clock, tmp_path)


async def test_what_yahoo_does_not_keep_is_refused_before_it_is_asked(tmp_path: Path) -> None:
    yahoo = Yahoo(table(DAYS))
    with pytest.raises(InvalidInput, match="keeps 1m bars for 30 days only"):
        await brought(yahoo, tmp_path, timeframe=Timeframe.M1)
    with pytest.raises(InvalidInput, match="no 4h bars") as refused:
        await brought(yahoo, tmp_path, timeframe=Timeframe.H4)
    assert "fetch 1h or 1d" in str(refused.value.remedy)
    assert not yahoo.asked


class Ticker:
    """Stands in for `yfinance.Ticker`."""

    answer: pd.DataFrame | Exception = pd.DataFrame()
    asked: ClassVar[dict[str, object]] = {}

    def __init__(self, ticker: str) -> None:
        self.ticker = ticker

    def history(self, **asked: object) -> pd.DataFrame:
        Ticker.asked.update(ticker=self.ticker, **asked)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def asked_of_yfinance(folder: Path) -> Page:
    query = PageQuery(
        symbol="BRK.B",
        series=Series.BARS,
        timeframe=Timeframe.D1,
        start_ms=int(DAYS[0].timestamp() * 1000),
        end_ms=int(DAYS[3].timestamp() * 1000),
    )
    return await YahooPrices(Market.US_EQUITY, ManualClock(NOW), folder).page(query)


async def test_yfinance_is_asked_for_prices_that_it_has_not_adjusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yfinance.Ticker", Ticker)
    monkeypatch.setattr(Ticker, "answer", table(DAYS.tz_localize("America/New_York")))
    assert len((await asked_of_yfinance(tmp_path)).rows) == 4
    assert Ticker.asked == {
        "ticker": "BRK-B",
        "start": "2023-06-07",
        "end": "2023-06-13",
        "interval": "1d",
        "auto_adjust": False,
        "actions": True,
        "prepost": False,
    }


@pytest.mark.parametrize(
    ("failure", "becomes", "said"),
    [
        (YFRateLimitError(), RetryLater, "fewer requests"),
        (YFTzMissingError("BRK-B"), InvalidInput, "Yahoo says of BRK-B: no timezone found"),
        (YFPricesMissingError("BRK-B", "", yahoo_reason="No data found"), InvalidInput, "No data found"),
        (ConnectionError("offline"), RetryLater, "Yahoo cannot be read"),
    ],
)
async def test_what_yfinance_raises_says_what_can_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception, becomes: type[VibexError], said: str
) -> None:
    monkeypatch.setattr("yfinance.Ticker", Ticker)
    monkeypatch.setattr(Ticker, "answer", failure)
    with pytest.raises(becomes, match=said):
        await asked_of_yfinance(tmp_path)


async def test_days_without_a_session_are_an_empty_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yfinance.Ticker", Ticker)
    monkeypatch.setattr(Ticker, "answer", YFPricesMissingError("BRK-B", "(1d 2023-06-10 -> 2023-06-11)"))
    assert len((await asked_of_yfinance(tmp_path)).rows) == 0

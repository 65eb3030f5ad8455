"""The split of history: how much is sealed, what is refused, and what a result may claim."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from vibex.backtest.holdout import HoldoutStatus, Seal, parse_share, seal
from vibex.domain import Bars, InvalidInput, Timeframe
from vibex.domain.arrays import I64

DAY = 86_400_000


def days(first: str, count: int) -> I64:
    return ms(first) + np.arange(count, dtype=np.int64) * DAY


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def test_a_fifth_of_ten_years_is_sealed() -> None:
    assert seal(days("2015-01-01", 3651), 0.2).sealed_from_ms == ms("2015-01-01") + 2920 * DAY


def test_at_least_six_months_are_sealed_where_half_of_the_history_allows_it() -> None:
    assert seal(days("2023-01-01", 731), 0.05).sealed_from_ms == ms("2024-06-30")
    # Eleven months: six would be more than half, so it is the share that counts.
    assert seal(days("2023-10-01", 336), 0.05).sealed_from_ms == ms("2023-10-01") + 319 * DAY
    # The last bar opens on 31 August 2024: six months before is the last day of February.
    assert seal(days("2022-09-01", 731), 0.01).sealed_from_ms == ms("2024-02-29")


def test_never_more_than_half_is_sealed() -> None:
    for count in (2, 3, 10, 400, 4000):
        for share in (0.01, 0.2, 0.5):
            opens = days("2020-01-01", count)
            sealed = int(np.count_nonzero(opens >= seal(opens, share).sealed_from_ms))
            assert 1 <= sealed <= (count + 1) // 2


def test_the_seal_begins_with_a_bar_and_hides_it_and_all_after_it() -> None:
    opens = days("2020-01-01", 1000)
    opens = opens[np.r_[0:700, 850:1000]]  # a hole where the cut would be
    sealed = seal(opens, 0.25)
    assert sealed.sealed_from_ms in opens
    prices = np.full(len(opens), 10.0)
    bars = Bars(symbol="A", timeframe=Timeframe.D1, open_time=opens, open=prices, high=prices, low=prices, close=prices)
    seen = sealed.visible(bars)
    assert len(seen) == int(np.searchsorted(opens, sealed.sealed_from_ms))
    assert seen.open_time[-1] < sealed.sealed_from_ms
    assert sealed.hides(None)
    assert sealed.hides(sealed.sealed_from_ms)
    assert not sealed.hides(sealed.sealed_from_ms - 1)


@pytest.mark.parametrize(("text", "share"), [("20%", 0.2), (" 12.5 % ", 0.125), ("0.5", 0.5), (".1", 0.1)])
def test_a_share_is_read_as_percent_or_fraction(text: str, share: float) -> None:
    assert parse_share(text) == share


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("100%", "not shorter than the data"),
        ("150%", "not shorter than the data"),
        ("20", "not shorter than the data"),
        ("60%", "less than half"),
        ("0%", "seals nothing"),
        ("-20%", "is no share"),
        ("six months", "is no share"),
        ("", "is no share"),
    ],
)
def test_a_share_that_cannot_be_sealed_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refusal:
        parse_share(text)
    assert refusal.value.field == "holdout"


@pytest.mark.parametrize("count", [0, 1])
def test_without_history_there_is_nothing_to_seal(count: int) -> None:
    with pytest.raises(InvalidInput, match="no history"):
        seal(days("2020-01-01", count), 0.2)


def test_a_result_says_when_the_seal_was_opened_and_cannot_have_seen_a_closed_one() -> None:
    closed = HoldoutStatus(sealed_from_ms=ms("2024-01-01"))
    assert closed.to_json() == {"sealed_from": "2024-01-01T00:00:00Z", "opened_at": None, "seen": False}
    opened = HoldoutStatus(sealed_from_ms=ms("2024-01-01"), opened_at_ms=ms("2024-06-01"), seen=True)
    assert opened.to_json()["opened_at"] == "2024-06-01T00:00:00Z"
    assert HoldoutStatus().to_json() == {"sealed_from": None, "opened_at": None, "seen": False}
    with pytest.raises(InvalidInput, match="only after it was opened"):
        HoldoutStatus(sealed_from_ms=1, seen=True)
    assert Seal(sealed_from_ms=1, share=0.2) == Seal(sealed_from_ms=1, share=0.2)

"""Bars accept good rows as they are and refuse bad ones, naming the row."""

from __future__ import annotations

import numpy as np
import pytest

from vibex.domain import Bars, InvalidBars, Timeframe

HOUR = 3_600_000


def bars(**changes: object) -> Bars:
    columns: dict[str, object] = {
        "symbol": "BTC/USDT",
        "timeframe": Timeframe.H1,
        "open_time": [0, HOUR, 2 * HOUR],
        "open": [10.0, 11.0, 12.0],
        "high": [11.0, 12.0, 13.0],
        "low": [9.0, 10.0, 11.0],
        "close": [10.5, 11.5, 12.5],
        "volume": [1.0, 0.0, 2.0],
    }
    columns.update(changes)
    return Bars(**columns)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "row", "field"),
    [
        ({"open_time": [0, 0, HOUR]}, 1, "timestamp"),
        ({"open_time": [0, 2 * HOUR, HOUR]}, 2, "timestamp"),
        ({"close": [10.5, float("nan"), 12.5]}, 1, "close"),
        ({"low": [9.0, 10.0, 0.0]}, 2, "low"),
        ({"high": [11.0, 11.2, 13.0]}, 1, "high"),
        ({"low": [10.2, 10.0, 11.0]}, 0, "low"),
        ({"volume": [1.0, -1.0, 2.0]}, 1, "volume"),
        ({"open": [10.0, float("inf"), 12.0]}, 1, "open"),
    ],
)
def test_a_bad_row_is_refused_and_named(changes: dict[str, object], row: int, field: str) -> None:
    with pytest.raises(InvalidBars) as error:
        bars(**changes)
    assert (error.value.row, error.value.field) == (row, field)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(InvalidBars, match="has 2 rows, the times have 3"):
        bars(close=[10.5, 11.5])


def test_columns_are_read_only_and_not_copied() -> None:
    close = np.array([10.5, 11.5, 12.5])
    made = bars(close=close)
    assert np.shares_memory(made.close, close)
    with pytest.raises(ValueError, match="read-only"):
        made.close[0] = 1.0


def test_the_digest_changes_with_any_value() -> None:
    assert bars().digest() == bars().digest()
    assert bars().digest() != bars(close=[10.5, 11.5, 12.500001]).digest()
    assert bars().digest() != bars(volume=None).digest()


def test_a_range_holds_both_ends() -> None:
    assert list(bars().between(HOUR, 2 * HOUR).open_time) == [HOUR, 2 * HOUR]
    assert len(bars().between(3 * HOUR, None)) == 0


def test_zero_volume_everywhere_is_no_volume() -> None:
    assert bars().has_volume
    assert not bars(volume=[0.0, 0.0, 0.0]).has_volume
    assert not bars(volume=None).has_volume

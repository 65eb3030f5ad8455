"""Which file goes to which symbol."""

from __future__ import annotations

from pathlib import Path

import pytest

from vibex.domain import InvalidInput, Market
from vibex.market import DataArgument, match_data, parse_data_argument

CRYPTO = Market.CRYPTO


def match(texts: list[str], symbols: list[str], filters: tuple[str, ...] = ()) -> dict[str, str]:
    arguments = [parse_data_argument(text) for text in texts]
    return {symbol: str(path) for symbol, path in match_data(arguments, symbols, filters, CRYPTO).items()}


def test_files_without_a_symbol_follow_the_strategys_order() -> None:
    assert match(["a.csv", "b.csv"], ["ETH/USDT", "BTC/USDT"]) == {"ETH/USDT": "a.csv", "BTC/USDT": "b.csv"}


def test_named_files_are_found_in_any_spelling_and_the_rest_fills_up() -> None:
    found = match(["btcusdt=b.csv", "a.csv"], ["ETH", "BTC-USDT"])
    assert found == {"ETH/USDT": "a.csv", "BTC/USDT": "b.csv"}


def test_a_filter_symbol_has_to_be_named() -> None:
    assert match(["BTC=b.csv", "a.csv"], ["ETH"], ("BTC",)) == {"ETH/USDT": "a.csv", "BTC/USDT": "b.csv"}
    with pytest.raises(InvalidInput, match=r"no symbol is left for b\.csv") as refused:
        match(["a.csv", "b.csv"], ["ETH"], ("BTC",))
    assert "--data BTC/USDT=b.csv" in str(refused.value.remedy)


def test_a_filter_that_is_also_traded_needs_one_file() -> None:
    assert match(["a.csv"], ["ETH"], ("ETHUSDT",)) == {"ETH/USDT": "a.csv"}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["a.csv"], "no file for BTC/USDT"),
        ([], "no file for ETH/USDT, BTC/USDT"),
        (["a", "b", "c"], "no symbol is left for c"),
        (["SOL=a", "b"], "the strategy has no symbol SOL/USDT"),
        (["ETH=a", "eth-usdt=b", "c"], "two files for ETH/USDT"),
        (["=a", "b"], "names no symbol"),
        (["ETH=", "b"], "names no file"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(texts: list[str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message) as refused:
        match(texts, ["ETH", "BTC"])
    assert refused.value.field == "data"


def test_an_equals_sign_inside_an_existing_path_is_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "year=2024.csv"
    path.touch()
    assert parse_data_argument(str(path)) == DataArgument(path=path)
    assert parse_data_argument(f"ETH={path}") == DataArgument(path=path, symbol="ETH")


def test_a_refusal_names_the_option_that_was_wrong() -> None:
    files = [parse_data_argument("ETH=a.csv", "funding")]
    with pytest.raises(InvalidInput) as refusal:
        match_data(files, ["BTC", "ETH"], [], Market.CRYPTO, "funding")
    assert str(refusal.value) == "funding: no file for BTC/USDT (add --funding BTC/USDT=FILE)"

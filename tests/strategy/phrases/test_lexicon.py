"""The lexicon: longest match, both scripts, and typos that never turn one known word into another."""

from __future__ import annotations

import pytest

from vibex.strategy.phrases.lexicon import lexicon
from vibex.strategy.phrases.text.hanzi import fold, language_of, numeral
from vibex.strategy.phrases.text.lexer import lex


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("belwo", "below"),
        ("crossses", "crosses"),
        ("averge", "average"),
        ("boilinger", "bollinger"),
        ("Appel", "apple"),
    ],
)
def test_a_word_of_five_letters_is_known_by_all_but_one(written: str, meant: str) -> None:
    assert lexicon().repaired(written.lower()) == meant


@pytest.mark.parametrize("word", ["short", "shore", "price", "prize", "least", "those", "tower", "lower", "stock"])
def test_a_word_that_exists_is_never_read_as_another(word: str) -> None:
    assert lexicon().is_known(word)


@pytest.mark.parametrize("ticker", ["SPX", "AAP", "QQX", "btx"])
def test_a_ticker_is_never_repaired(ticker: str) -> None:
    assert lex(f"Buy {ticker} now", 0, len(ticker) + 8).typos == []


def test_every_indicator_and_candle_of_the_lexicon_is_in_the_catalogue() -> None:
    from vibex.analysis.indicators import complete, find
    from vibex.strategy.phrases.lexicon.candles import CANDLES
    from vibex.strategy.phrases.lexicon.indicators import INDICATORS

    for known in INDICATORS:
        definition = find(known.name)
        names = {name for spoken in known.spoken for name in spoken.split("+")}
        assert names <= {parameter.name for parameter in definition.parameters}, known.name
        assert not known.output or known.output in definition.outputs, known.name
        complete(definition, {})
    for name, _ in CANDLES:
        find(name)


@pytest.mark.parametrize(
    ("text", "value"),
    [("二十", 20), ("十五", 15), ("两百五十", 250), ("一百二", 120), ("三万", 30_000), ("〇五", 5), ("五", 5)],
)
def test_chinese_numerals_have_their_value(text: str, value: float) -> None:
    assert numeral(text) == value


def test_traditional_and_simplified_writing_are_one() -> None:
    assert fold("騰訊日線跌穿買入") == "腾讯日线跌穿买入"
    assert language_of("騰訊跌穿二十天線買入") == "zh-Hant"
    assert language_of("腾讯跌破二十日均线买入") == "zh-Hans"
    assert language_of("buy 騰訊 when it falls below the 20 SMA") == "en"


def test_numbers_are_read_in_every_usual_writing() -> None:
    text = "1,000 10 000 5k twenty five 百分之二 ２０ 0.5 -2"
    found = [token.senses["num"] for token in lex(text, 0, len(text)).tokens if token.has("num")]
    assert found == [1000, 10_000, 5000, 25, 2, 20, 0.5, -2]

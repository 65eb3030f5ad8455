"""What `vibex chat` shows: the equity chart, a model's sentences as they come, and its own words in three languages."""

from __future__ import annotations

import json
from string import Formatter

import numpy as np
import pytest

from vibex.cli.chat_words import WORDS
from vibex.cli.equity_chart import equity_chart
from vibex.cli.reading_stream import ReadingStream


def heard(text: str, size: int) -> str:
    said: list[str] = []
    stream = ReadingStream(said.append)
    for at in range(0, len(text), size):
        stream.hear(text[at : at + size])
    return "".join(said)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_only_the_reading_is_shown_whatever_the_pieces(size: int) -> None:
    reading = ['buys when "RSI" is below 30', "止蝕 2 % \U0001f600 \\ ]", "tab\tand\u001b[2J"]
    answer = {"intent": "strategy", "reading": reading, "problems": [], "spec": {"reading": ["no"]}}
    expected = "".join(each.replace("\t", " ").replace("\u001b", " ") + "\n" for each in reading)
    assert heard(json.dumps(answer, ensure_ascii=False), size) == expected


@pytest.mark.parametrize("text", ["", "no json at all", '{"reading": "text"}', '{"reading": [1, {', '{"reading": ["\\'])
def test_what_is_no_reading_shows_nothing(text: str) -> None:
    assert heard(text, 3) == ""


def test_a_second_answer_begins_anew() -> None:
    said: list[str] = []
    stream = ReadingStream(said.append)
    stream.hear('{"reading": ["one"], ')
    stream.begin()
    stream.hear('{"reading": ["two"]}')
    assert "".join(said) == "one\ntwo\n"


def test_the_chart_rises_where_equity_rises_and_names_its_ends() -> None:
    lines = equity_chart(np.linspace(10_000, 20_000, 500), "2024-01-01", "2024-12-31", width=40, height=5)
    assert lines[0].startswith("20,000 ")
    assert lines[4].startswith("10,000 ")
    assert lines[-1].strip().startswith("2024-01-01")
    assert lines[-1].endswith("2024-12-31")
    filled = [sum(line[7 + column] != " " for line in lines[:5]) for column in range(40)]
    assert filled == sorted(filled)
    assert (filled[0], filled[-1]) == (1, 5)


@pytest.mark.parametrize("equity", [[10_000.0], [5.0, 5.0, 5.0], [1.0, 0.0], [0.0, 1e12]])
def test_any_equity_can_be_drawn(equity: list[float]) -> None:
    assert len(equity_chart(np.array(equity), "a", "b")) == 9


def test_every_language_says_everything_with_the_same_slots() -> None:
    def slots(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    for table in WORDS.values():
        assert list(table) == list(WORDS["en"])
        assert [key for key, text in table.items() if slots(text) != slots(WORDS["en"][key])] == []

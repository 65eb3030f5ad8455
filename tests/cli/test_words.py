"""The commands about words: one object per request, exit code 2 without a strategy."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.cli.conftest import Vibex
from vibex.cli import strategy as cli_strategy
from vibex.cli.words import draft_batch, draft_command
from vibex.domain import InvalidInput
from vibex.strategy.draft import Draft, Language, Reading
from vibex.strategy.drafting import draft

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def read(text: str) -> Reading:
    """Reads one sentence, and nothing else."""
    rule: Any = {
        "symbols": ["BTC/USDT"],
        "indicators": [{"id": "rsi", "name": "RSI"}],
        "entry": {"long": {"left": "rsi", "op": "crosses_below", "right": 30}},
        "exit": {"long": {"left": "rsi", "op": ">", "right": 55}},
    }
    known = text == "buy the dip"
    return Reading(text=text, language="en", partial=rule if known else None, refused=frozenset(), facts=(), issues=())


def write(text: str) -> Draft:
    return draft(read(text))


def test_a_draft_prints_one_object_and_tells_by_its_exit_code() -> None:
    for text, code in (("buy the dip", 0), ("hello", 2)):
        out = io.StringIO()
        assert draft_command(text, write=write, as_json=True, out=out) == code
        shown = json.loads(out.getvalue())
        assert set(shown) == {"spec", "issues", "explanation"}
        assert (shown["spec"] is None) == (code == 2)
        assert out.getvalue().count("\n") == 1


def test_a_draft_in_words_ends_with_its_findings() -> None:
    out = io.StringIO()
    assert draft_command("buy the dip", write=write, as_json=False, out=out) == 0
    assert "RSI(14) crosses below 30" in out.getvalue()
    assert "info: take_profit:" in out.getvalue()


def test_a_batch_answers_every_line_with_its_id(tmp_path: Path) -> None:
    texts = {"a": "buy the dip", "b": "hello\u2028there", "c": "\ud800"}
    file = tmp_path / "batch.jsonl"
    file.write_text("\n".join(json.dumps({"id": id_, "text": text}) for id_, text in texts.items()) + "\n\n")
    out = io.StringIO()
    assert draft_batch(file, write=write, out=out) == 0
    shown = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [each["id"] for each in shown] == list(texts)
    assert [each["spec"] is None for each in shown] == [False, True, True]


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": 2}'])
def test_a_broken_line_of_a_batch_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text('{"id": 1, "text": "x"}\n' + line + "\n")
    with pytest.raises(InvalidInput, match="line 2"):
        draft_batch(file, write=write, out=io.StringIO())


def test_a_batch_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nowhere"):
        draft_batch(tmp_path / "nowhere", write=write, out=io.StringIO())


def test_the_languages_offered_are_those_of_the_explanations() -> None:
    assert get_args(cli_strategy.Language) == get_args(Language)


def test_a_file_is_reviewed_explained_and_compared(vibex: Vibex, tmp_path: Path) -> None:
    example = EXAMPLES / "btc_donchian_breakout_4h.json"
    changed = json.loads(example.read_text()) | {"leverage": 50}
    changed["stop_loss"] = {"type": "percent", "value": 10}
    (other := tmp_path / "other.json").write_text(json.dumps(changed))

    assert vibex("strategy", "review", example).exit_code == 0
    found = vibex("strategy", "review", other, "--json")
    assert found.exit_code == 2
    assert {"error", "warning"} <= {issue["severity"] for issue in json.loads(found.stdout)["issues"]}
    assert "error: stop_loss: " in vibex("strategy", "review", other).stdout

    said = vibex("strategy", "explain", example, "--language", "zh-Hant", "--json")
    assert "突破" in json.loads(said.stdout)["explanation"]
    assert "Buys at the next open" in vibex("strategy", "explain", example).stdout

    assert "leverage changes from 1 to 50" in vibex("strategy", "diff", example, other).stdout
    changes = json.loads(vibex("strategy", "diff", example, other, "--json").stdout)["changes"]
    assert {change["path"] for change in changes} == {"leverage", "stop_loss"}
    assert vibex("strategy", "diff", example, example).stdout == "no difference\n"


def test_a_file_that_is_no_strategy_is_refused_in_words(vibex: Vibex, tmp_path: Path) -> None:
    (broken := tmp_path / "broken.json").write_text("{}")
    for command in ("review", "explain"):
        done = vibex("strategy", command, broken)
        assert done.exit_code == 2
        assert done.stderr.startswith("error: ")

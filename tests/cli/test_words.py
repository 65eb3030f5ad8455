"""The commands about words: one object per request, exit code 2 without a strategy."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from vibex.cli.words import diff_command, draft_batch, draft_command, explain_command, review_command
from vibex.domain import InvalidInput
from vibex.strategy.draft import Reading

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


def test_a_draft_prints_one_object_and_tells_by_its_exit_code() -> None:
    for text, code in (("buy the dip", 0), ("hello", 2)):
        out = io.StringIO()
        assert draft_command(text, read=read, as_json=True, out=out) == code
        shown = json.loads(out.getvalue())
        assert set(shown) == {"spec", "issues", "explanation"}
        assert (shown["spec"] is None) == (code == 2)
        assert out.getvalue().count("\n") == 1


def test_a_draft_in_words_ends_with_its_findings() -> None:
    out = io.StringIO()
    assert draft_command("buy the dip", read=read, as_json=False, out=out) == 0
    assert "RSI(14) crosses below 30" in out.getvalue()
    assert "info: take_profit:" in out.getvalue()


def test_a_batch_answers_every_line_with_its_id(tmp_path: Path) -> None:
    texts = {"a": "buy the dip", "b": "hello\u2028there", "c": "\ud800"}
    file = tmp_path / "batch.jsonl"
    file.write_text("\n".join(json.dumps({"id": id_, "text": text}) for id_, text in texts.items()) + "\n\n")
    out = io.StringIO()
    assert draft_batch(file, read=read, out=out) == 0
    shown = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [each["id"] for each in shown] == list(texts)
    assert [each["spec"] is None for each in shown] == [False, True, True]


@pytest.mark.parametrize("line", ["no json", "[]", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": 2}'])
def test_a_broken_line_of_a_batch_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "batch.jsonl"
    file.write_text('{"id": 1, "text": "x"}\n' + line + "\n")
    with pytest.raises(InvalidInput, match="line 2"):
        draft_batch(file, read=read, out=io.StringIO())


def test_a_batch_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="nowhere"):
        draft_batch(tmp_path / "nowhere", read=read, out=io.StringIO())


def test_a_file_is_reviewed_explained_and_compared(tmp_path: Path) -> None:
    example = EXAMPLES / "btc_donchian_breakout_4h.json"
    changed = json.loads(example.read_text()) | {"leverage": 50}
    changed["stop_loss"] = {"type": "percent", "value": 10}
    (other := tmp_path / "other.json").write_text(json.dumps(changed))

    out = io.StringIO()
    assert review_command(example, as_json=False, out=out) == 0
    assert review_command(other, as_json=True, out=(found := io.StringIO())) == 2
    assert {"error", "warning"} <= {issue["severity"] for issue in json.loads(found.getvalue())["issues"]}

    assert explain_command(example, language="zh-Hant", as_json=True, out=(said := io.StringIO())) == 0
    assert "突破" in json.loads(said.getvalue())["explanation"]

    assert diff_command(example, other, as_json=False, out=(differs := io.StringIO())) == 0
    assert "leverage changes from 1 to 50" in differs.getvalue()
    assert diff_command(example, example, as_json=False, out=(same := io.StringIO())) == 0
    assert same.getvalue() == "no difference\n"

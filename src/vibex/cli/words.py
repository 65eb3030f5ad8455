"""What `vibex strategy draft|review|explain|diff` print: one JSON object, or plain lines. Each returns its exit code.

`write` turns words into a draft; the command decides how (offline, or with a model).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vibex.domain import InvalidInput
from vibex.domain.json_text import loads

if TYPE_CHECKING:
    from vibex.domain import JsonValue
    from vibex.strategy import StrategySpec
    from vibex.strategy.draft import Draft, Issue, Language
    from vibex.strategy.review import Evidence

    Write = Callable[[str], Draft]

DONE, REFUSED = 0, 2


def draft_command(text: str, *, write: Write, as_json: bool, out: TextIO | None = None) -> int:
    """Draft one request; 0 with a strategy, 2 without. `--json` prints the draft output of the contract."""
    out = out or sys.stdout
    made = write(text)
    if as_json:
        _print_json(made.to_json(), out)
    else:
        _show(made, out)
    return DONE if made.spec is not None else REFUSED


def draft_batch(file: Path, *, write: Write, out: TextIO | None = None) -> int:
    """Draft every line of `file`, {"id", "text"}, and print an object with its id per line, in order; 0.

    Raises InvalidInput naming the line that is no such object; the lines before it are printed.
    """
    out = out or sys.stdout
    for id_, text in _requests(file):
        _print_json({"id": id_, **write(text).to_json()}, out)
    return DONE


def review_command(
    spec: StrategySpec,
    *,
    as_json: bool,
    evidence: Evidence | None = None,
    language: Language = "en",
    out: TextIO | None = None,
) -> int:
    """Review a strategy, by what a run of it did where there is `evidence`; 2 when a finding is an error."""
    from vibex.strategy.review import review

    out = out or sys.stdout
    issues = review(spec, evidence, language)
    if as_json:
        _print_json({"issues": [issue.to_json() for issue in issues]}, out)
    else:
        for line in _lines(issues):
            out.write(line + "\n")
    return REFUSED if any(issue.severity == "error" for issue in issues) else DONE


def explain_command(spec: StrategySpec, *, language: Language, as_json: bool, out: TextIO | None = None) -> int:
    """Explain a strategy in `language`."""
    from vibex.strategy.explain import explain

    out = out or sys.stdout
    text = explain(spec, language)
    if as_json:
        _print_json({"language": language, "explanation": text}, out)
    else:
        out.write(text + "\n")
    return DONE


def diff_command(old: StrategySpec, new: StrategySpec, *, as_json: bool, out: TextIO | None = None) -> int:
    """What differs between two strategies."""
    from vibex.strategy.drafting import difference

    out = out or sys.stdout
    changes = difference(old, new)
    if as_json:
        _print_json({"changes": [change.to_json() for change in changes]}, out)
    else:
        out.write("\n".join(change.words for change in changes) + "\n" if changes else "no difference\n")
    return DONE


def _requests(file: Path) -> Iterator[tuple[JsonValue, str]]:
    """Ids and texts of a batch file."""
    try:
        # Not splitlines: a text may hold line separators that are no end of a JSON line.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"cannot read {file}: {error}", field="batch", remedy="give a JSON Lines file") from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            request = loads(line)
        except ValueError as error:
            raise _bad_line(number, f"is not JSON ({error})") from None
        if not isinstance(request, dict) or not isinstance(request.get("text"), str) or "id" not in request:
            raise _bad_line(number, "is no object with id and text")
        yield request["id"], request["text"]


def _bad_line(number: int, what: str) -> InvalidInput:
    return InvalidInput(
        f"line {number} {what}", field="batch", remedy='write {"id": "1", "text": "buy when …"} per line'
    )


def _show(made: Draft, out: TextIO) -> None:
    out.write(made.explanation + "\n")
    if made.spec is not None:
        for line in _lines(made.issues):
            out.write(line + "\n")


def _lines(issues: tuple[Issue, ...]) -> Iterator[str]:
    yield from (f"{issue.severity}: {issue.field}: {issue.message}" for issue in issues)


def _print_json(value: object, out: TextIO) -> None:
    """One object on one line; half a character from a broken text is escaped rather than a failure."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(value, allow_nan=False)
    out.write(text + "\n")

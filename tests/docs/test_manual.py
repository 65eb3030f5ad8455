"""What the manual shows is run: its strategies, its errors, its names, its links and its Python."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from vibex.analysis.indicators import all_definitions, find
from vibex.analysis.indicators.catalogue import complete
from vibex.backtest.engine.outcome import Reason, Skip
from vibex.domain import InvalidSpec, NotSupported
from vibex.strategy import parse_spec, refuse_unsupported
from vibex.strategy.spec import CALENDAR, PRICES, STATE, StrategySpec

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(DOCS.glob("*.md"))

SMALL = {
    "version": 1,
    "name": "frame of the manual's fragments",
    "market": "crypto",
    "symbols": ["ETH/USDT"],
    "timeframe": "1h",
    "indicators": [{"id": "rsi_14", "name": "RSI"}, {"id": "atr_14", "name": "ATR"}],
    "entry": {"long": {"left": "rsi_14", "op": "<", "right": 30}},
    "stop_loss": {"type": "percent", "value": 2},
    "sizing": {"type": "fixed_percent", "value": 10},
}


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def blocks(language: str) -> list[tuple[str, str]]:
    """(place, text) of every fenced block whose first line says `language`."""
    return [
        (f"{path.name}#{number}", found[1])
        for path in PAGES
        for number, found in enumerate(
            re.finditer(rf"^```{language}\n(.*?)^```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        )
    ]


def cases(language: str) -> list[object]:
    found = blocks(language)
    assert found, f"the manual has no {language} block"
    return [pytest.param(text, id=place) for place, text in found]


def table_rows(text: str, heading: str) -> Iterator[list[str]]:
    """Cells of the first table after `heading`, without its two head lines."""
    lines = text[text.index(heading) :].splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("|"))
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def code_words(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@pytest.mark.parametrize("text", cases("json strategy"))
def test_every_complete_strategy_of_the_manual_parses_and_runs_in_this_version(text: str) -> None:
    refuse_unsupported(parse_spec(text))


@pytest.mark.parametrize("text", cases("json partial"))
def test_every_fragment_of_the_manual_fits_into_a_strategy(text: str) -> None:
    refuse_unsupported(parse_spec({**SMALL, **json.loads(text)}))


@pytest.mark.parametrize("text", cases("json refused"))
def test_what_the_manual_calls_refused_parses_and_is_refused_in_the_words_shown(text: str) -> None:
    spec = parse_spec({**SMALL, **json.loads(text)})
    with pytest.raises(NotSupported) as refusal:
        refuse_unsupported(spec)
    assert str(refusal.value) in page("strategy-spec.md")


@pytest.mark.parametrize("text", cases("json invalid"))
def test_errors_of_strategies_read_as_the_manual_shows_them(text: str) -> None:
    with pytest.raises(InvalidSpec) as refusal:
        parse_spec({**SMALL, **json.loads(text)})
    for issue in refusal.value.issues:
        assert f"{issue.field}: {issue.message}\n" in page("strategy-spec.md")


def test_every_json_block_says_what_it_is() -> None:
    kinds = {kind for path in PAGES for kind in re.findall(r"^```(json.*)$", path.read_text("utf-8"), re.MULTILINE)}
    assert kinds <= {"json strategy", "json partial", "json refused", "json invalid", "json example"}


def test_the_table_of_fields_is_the_strategy() -> None:
    listed = {word for row in table_rows(page("strategy-spec.md"), "## Fields") for word in code_words(row[0])}
    assert listed == set(StrategySpec.model_fields) - {"stop_steps", "limits"}


def test_own_indicators_stand_in_the_manual_with_their_parameters_and_outputs() -> None:
    documented = {}
    for name, parameters, outputs, _ in table_rows(page("strategy-spec.md"), "### Own indicators"):
        definition = find(code_words(name)[0])
        documented[definition.name] = definition
        assert code_words(parameters) == [p.name for p in definition.parameters]
        assert tuple(code_words(outputs)) == definition.outputs
        for word, shown in re.findall(r"`(\w+)` \((\w+)\)", parameters):
            parameter = next(p for p in definition.parameters if p.name == word)
            expected = "required" if parameter.required else "absent"
            assert shown == (expected if parameter.default is None else f"{parameter.default:g}")
    own = {definition.name for definition in all_definitions() if definition.compute.__module__.endswith(_OWN_ROOMS)}
    assert set(documented) == own


_OWN_ROOMS = ("channels", "derived", "events", "pivots", "sessions", "windows")


def test_outputs_of_library_indicators_are_those_of_the_catalogue() -> None:
    for names, outputs in table_rows(page("strategy-spec.md"), "### TA-Lib"):
        for name in code_words(names):
            assert tuple(code_words(outputs)) == find(name).outputs


def test_the_defaults_that_traders_mean_are_those_of_the_catalogue() -> None:
    assert complete(find("STOCH"), {})["fastk_period"] == 14
    assert complete(find("CCI"), {})["timeperiod"] == 20
    assert complete(find("BBANDS"), {})["timeperiod"] == 20


def test_references_of_the_manual_are_those_of_the_strategy() -> None:
    text = page("strategy-spec.md")
    for name in (*PRICES, *CALENDAR, *STATE):
        assert f"`{name}`" in text


def test_each_fill_rule_stands_in_the_manual_once_and_in_order() -> None:
    numbers = [int(number) for number in re.findall(r"^\*\*(\d+)\. ", page("fill-rules.md"), re.MULTILINE)]
    assert numbers == list(range(1, 70))


def test_every_reason_and_every_skip_is_explained() -> None:
    rules, results = page("fill-rules.md"), page("results.md")
    for name in (*(reason.name.lower() for reason in Reason), *(skip.name.lower() for skip in Skip)):
        assert f"`{name}`" in rules
        assert f"`{name}`" in results


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_between_pages_resolve(path: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", path.read_text("utf-8")):
        file, _, anchor = target.partition("#")
        linked = path.parent / file if file else path
        assert linked.exists(), target
        if anchor:
            assert anchor in _anchors(linked), target


def _anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_python_of_the_manual_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    for place, text in blocks("python"):
        exec(compile(text, place, "exec"), namespace)  # noqa: S102 - the manual's own code is the subject
    assert namespace

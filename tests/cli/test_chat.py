"""`vibex chat` from a pipe: every line a turn, kept over restarts, with a model behind a real endpoint and without."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.strategy.author.answers import TEXT, gives, spec
from vibex.cli.app import app
from vibex.domain import JsonValue
from vibex.settings import Settings
from vibex.store import LOCAL_OWNER, ConversationRepository, Database, RunRepository, StrategyRepository
from vibex.testing.model_replies import Fails, HangsUp, Says
from vibex.testing.model_server import ModelServer, serve_in_thread

ASSUMED = "Buy BTC when RSI(14) crosses below 30 on the 1h chart, sell when it goes above 55"
Chat = Callable[..., str]


@pytest.fixture
def chat() -> Chat:
    """Say these lines in one process, from a pipe; what was printed."""

    def run(lines: list[str], *options: object) -> str:
        arguments = ["chat", *(str(each) for each in options)]
        done: Result = CliRunner().invoke(app, arguments, input="\n".join(lines) + "\n", catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Callable[[ModelServer], None]:
    return lambda server: monkeypatch.setenv("OPENROUTER_BASE_URL", server.base_url)


def test_a_request_is_shaped_run_and_compared_with_no_stop(chat: Chat, bars: Path) -> None:
    said = chat([ASSUMED, "run"], "--offline", "--data", f"BTC/USDT={bars}")
    assert "stop_loss: no stop was given" in said
    assert "Measured on the prices at hand" in said
    assert "with stop" in said
    assert "without stop" in said
    assert "SIMULATED" in said
    assert "Versions of this idea tried on these data: 2 (3 runs)" in said
    assert "█" in said


def test_a_run_is_kept_with_its_trials_in_the_result_and_the_report(chat: Chat, bars: Path, home: Path) -> None:
    chat([TEXT, "run", "make the stop 3 %", "run"], "--offline", "--data", bars)

    async def kept() -> list[str]:
        database = Database(Settings().storage.url)
        runs = await RunRepository(database).newest(LOCAL_OWNER)
        await database.close()
        return [run.folder for run in runs]

    folders = asyncio.run(kept())
    assert len(folders) == 2
    newest = json.loads((home / folders[0] / "result.json").read_text(encoding="utf-8"))
    assert (newest["trials"]["runs"], newest["trials"]["distinct"]) == (4, 2)
    assert any(warning["code"] == "many_trials" for warning in newest["warnings"])
    assert '"distinct":2' in (home / folders[0] / "report.html").read_text(encoding="utf-8")


def test_the_last_fifth_is_sealed_until_it_is_opened_once_and_that_is_said_ever_after(
    chat: Chat, bars: Path, home: Path
) -> None:
    said = chat([TEXT, "run"], "--offline", "--data", bars)
    assert "is sealed and was not looked at" in said
    again = chat(["open", "open"], "--offline", "--data", bars, "--conversation", "last")
    assert "Opened: from now on every run of this idea sees all of its history" in again
    assert "There is nothing to open" in again
    assert again.count("was opened on") == 2
    later = chat(["make the stop 3 %", "run"], "--offline", "--data", bars, "--conversation", "last")
    assert "is sealed" not in later
    assert "was opened on" in later
    statuses = [json.loads(file.read_text("utf-8"))["holdout"] for file in sorted(home.glob("runs/*/result.json"))]
    assert [status["seen"] for status in statuses] == [False, True, True, True]
    assert len({status["sealed_from"] for status in statuses}) == 1
    assert len({status["opened_at"] for status in statuses[1:]}) == 1


def test_another_timeframe_of_the_same_prices_is_another_trial_on_the_same_data(chat: Chat, bars: Path) -> None:
    said = chat([TEXT, "switch to 1h", "run"], "--offline", "--data", bars)
    assert "Versions of this idea tried on these data: 2 (3 runs)" in said


def test_undo_and_redo_work_after_a_restart_and_versions_remain(chat: Chat) -> None:
    first = chat([TEXT, "make the stop 3 %"], "--offline")
    identifier = first.strip().splitlines()[-1].split()[-1]
    second = chat(["undo", "versions"], "--offline", "--conversation", identifier)
    assert "stop_loss.value changes from 2 to 3" in second
    assert [line.endswith("← now") for line in second.splitlines() if line.startswith("Version") and ": " in line] == [
        True,
        False,
    ]
    third = chat(["redo", "show"], "--offline", "--conversation", "last")
    assert '"value": 3' in third

    async def stored() -> tuple[int, list[str]]:
        database = Database(Settings().storage.url)
        [strategy] = await StrategyRepository(database).newest(LOCAL_OWNER)
        talk = await ConversationRepository(database).find(LOCAL_OWNER, identifier)
        versions = await StrategyRepository(database).versions(LOCAL_OWNER, strategy.id)
        await database.close()
        assert talk is not None
        return len(talk.messages), [version.author for version in versions]

    assert asyncio.run(stored()) == (8, ["reader", "reader"])


def test_a_question_is_answered_by_its_number_also_after_a_restart(chat: Chat) -> None:
    twice = "Buy ETH when RSI(14) crosses below 14 on 1h, sell when RSI(14) is above 50, stop 2%"
    asked = chat([twice, "make it RSI 10 instead of 14"], "--offline")
    assert "1) RSI timeperiod: 14 → 10" in asked
    assert "2) entry.long.right: 14 → 10" in asked
    assert "entry.long.right changes from 14 to 10" in chat(["2"], "--offline", "--conversation", "last")


def test_without_prices_nothing_is_measured_generated_or_run(chat: Chat, vibex: Callable[..., Result]) -> None:
    vibex("data", "generate", "--symbol", "BTC/USDT", "--timeframe", "4h", "--bars", "500")
    said = chat([TEXT, "run"], "--offline")
    assert said.count("Prices of BTC/USDT (4h) are not at hand") == 2
    assert "vibex data import FILE --symbol BTC/USDT --market crypto" in said
    assert "Signals: not measured" in said


def test_prices_of_one_asset_are_not_used_for_another(chat: Chat, bars: Path) -> None:
    said = chat([ASSUMED, "try it on ETH", "run"], "--offline", "--data", bars)
    assert "Prices of ETH/USDT (1h) are not at hand" in said
    assert "btc.parquet holds" in said


def test_the_bar_library_is_used_where_no_file_is_given(chat: Chat, bars: Path, tmp_path: Path) -> None:
    from vibex.domain import Market
    from vibex.market import import_file, read_bars

    csv = tmp_path / "real.csv"
    read = read_bars(bars).bars
    rows = zip(read.open_time, read.open, read.high, read.low, read.close, strict=True)
    csv.write_text("timestamp,open,high,low,close\n" + "\n".join(",".join(map(str, row)) for row in rows))
    import_file(csv, Settings().storage.bars_folder, symbol="BTC/USDT", market=Market.CRYPTO)
    said = chat([ASSUMED, "run"], "--offline")
    assert "SIMULATED" not in said
    assert "Buy and hold BTC/USDT" in said


def test_the_answer_follows_the_language_of_the_request(chat: Chat, bars: Path) -> None:
    said = chat(["當 BTC 1小時 RSI 低於 30 買入，高於 55 賣出", "止損改為3%", "2", "回測"], "--offline", "--data", bars)
    assert "規則" in said
    assert "stop_loss 由 距離入場價 2 × ATR(14) 改為 距離入場價 3 %" in said
    assert "最大回撤" in said
    assert "error" not in said


def test_what_cannot_be_done_is_said_and_the_talk_goes_on(chat: Chat) -> None:
    said = chat(["run", "code", "undo", "hello", TEXT, "why", "code", "quit", "never read"], "--offline")
    assert said.count("There is no version yet") == 2
    assert "there is no version before this one" in said
    assert "def signals" in said or "import pandas" in said
    assert "never read" not in said


def test_a_block_between_three_quotes_is_one_request(chat: Chat) -> None:
    said = chat(['"""', "Buy BTC when RSI(14) crosses below 30", "on the 4h chart, stop 2 %", '"""'], "--offline")
    assert "Version 1" in said
    assert "Version 2" not in said


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--offline", "--model", "x"), "model"),
        (("--new", "--conversation", "last"), "conversation"),
        (("--conversation", "nobody"), "conversation"),
        (("--data", "nowhere.csv"), "nowhere.csv"),
        (("--capital", "-1"), "capital"),
    ],
)
def test_bad_options_are_refused_by_name(vibex: Callable[..., Result], options: tuple[str, ...], field: str) -> None:
    refused = vibex("chat", *options)
    assert refused.exit_code == 2
    assert field in refused.stderr
    assert "Traceback" not in refused.output


def in_pieces(value: JsonValue, size: int = 5) -> Says:
    text = json.dumps(value, ensure_ascii=False)
    return Says(pieces=tuple(text[at : at + size] for at in range(0, len(text), size)))


def test_a_models_reading_is_shown_as_it_is_written(chat: Chat, endpoint: Callable[[ModelServer], None]) -> None:
    value = gives(spec(), reading=["buy when the “RSI”\ncrosses \u001b[31mbelow 30", "4h chart"]).value
    with serve_in_thread([in_pieces(value)]) as server:
        endpoint(server)
        said = chat([TEXT])
    assert "buy when the “RSI” crosses  [31mbelow 30\n4h chart\n" in said
    assert "\x1b" not in said
    assert said.index("4h chart\n") < said.index("Version 1, by the model")
    assert '"intent"' not in said


def test_a_model_that_goes_down_in_the_middle_leaves_the_offline_answer_marked(
    chat: Chat, endpoint: Callable[[ModelServer], None]
) -> None:
    with serve_in_thread([gives(spec()), HangsUp(), Fails(status=400, message="gone")]) as server:
        endpoint(server)
        said = chat([TEXT, "make the stop 3 %", "only long", "versions"])
    assert "Version 1, by the model" in said
    assert "this is the offline reading" in said
    assert "Version 2, by the offline reader" in said


def test_over_budget_nothing_is_asked_and_the_offline_answer_says_so(
    chat: Chat, endpoint: Callable[[ModelServer], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_DAILY_BUDGET_USD", "0.01")
    with serve_in_thread([gives(spec())]) as server:
        endpoint(server)
        said = chat([TEXT])
        assert server.received == []
    assert "the model was not asked" in said
    assert "Version 1, by the offline reader" in said


def test_the_model_knows_the_earlier_strategies_of_the_same_person(
    chat: Chat, endpoint: Callable[[ModelServer], None]
) -> None:
    chat([ASSUMED], "--offline")
    with serve_in_thread([gives(spec())]) as server:
        endpoint(server)
        chat([TEXT])
        messages = server.received[0].body["messages"]
    assert isinstance(messages, list)
    assert isinstance(messages[1], dict)
    sent = json.loads(str(messages[1]["content"]))
    [earlier] = sent["earlier_strategies"]
    assert "RSI(14) crosses below 30" in earlier["reading"]


def test_a_models_question_with_readings_is_answered_by_number(
    chat: Chat, endpoint: Callable[[ModelServer], None]
) -> None:
    question: JsonValue = {
        "field": "entry.long",
        "text": "Which?",
        "readings": ["a cross below 30", "any bar below 30"],
    }
    with serve_in_thread([gives(None, question=question), gives(spec())]) as server:
        endpoint(server)
        said = chat([TEXT, "1"])
        messages = server.received[1].body["messages"]
    assert isinstance(messages, list)
    assert isinstance(messages[1], dict)
    assert json.loads(str(messages[1]["content"]))["text"] == "a cross below 30"
    assert "2) any bar below 30" in said
    assert "Version 1, by the model" in said


def test_an_interrupt_ends_a_run_and_not_the_talk(chat: Chat, bars: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from vibex.chat import Bench

    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Bench, "run", interrupted)
        said = chat([TEXT, "run", "make the stop 3 %"], "--offline", "--data", bars)
    assert "Stopped; the strategy is as it was." in said
    assert "Version 2" in said
    again = chat(["run"], "--offline", "--data", bars, "--conversation", "last")
    assert "Versions of this idea tried on these data: 2 (3 runs)" in again, "a run that nobody saw is no trial"

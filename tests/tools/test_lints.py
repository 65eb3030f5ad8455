"""Each house rule catches what it is for and lets the neighbouring good case pass."""

from __future__ import annotations

import pytest

from tools.lints.registry import RULES
from tools.lints.rules import (
    approved_entry,
    broad_except,
    clock,
    download_addresses,
    file_length,
    module_names,
    open_ends,
    room_docstring,
    secrets,
)
from tools.lints.run import judge
from tools.lints.source import Rule, SourceFile


def lines_broken(rule: Rule, path: str, text: str) -> list[int]:
    """The lines on which `rule` finds something that no skip excuses."""
    return [finding.line for _, finding in judge(SourceFile(path, text), [rule])]


@pytest.mark.parametrize(
    "text",
    [
        "import time\ntime.sleep(1)\n",
        "import time as t\nt.monotonic()\n",
        "from time import perf_counter\nperf_counter()\n",
        "from datetime import UTC, datetime\ndatetime.now(UTC)\n",
        "import datetime as dt\ndt.datetime.utcnow()\n",
        "from datetime import date\ndate.today()\n",
        "import asyncio\nasyncio.sleep(0)\n",
        "import pandas as pd\npd.Timestamp.now()\n",
        "import time\ndefault = time.time_ns\n",
    ],
)
def test_reading_or_waiting_for_the_machines_time_is_caught(text: str) -> None:
    assert lines_broken(clock.RULE, "src/vibex/store/journal.py", text) == [2]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/vibex/domain/clock.py", "import time\ntime.sleep(1)\n"),
        ("tests/domain/test_clock.py", "import time\ntime.sleep(1)\n"),
        ("src/vibex/store/journal.py", "async def f(clock):\n    clock.now()\n    await clock.sleep(1)\n"),
        ("src/vibex/store/journal.py", "from datetime import datetime\ndatetime.fromisoformat(text)\n"),
        ("src/vibex/store/journal.py", "import asyncio\nasyncio.timeout(3)\n"),
    ],
)
def test_the_clock_port_its_home_and_other_uses_of_time_pass(path: str, text: str) -> None:
    assert lines_broken(clock.RULE, path, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "from vibex.risk import ApprovedEntry\nApprovedEntry(wish=1)\n",
        "from vibex.risk import ApprovedEntry as Approval\nApproval(wish=1)\n",
        "from vibex import risk\nrisk.ApprovedEntry(wish=1)\n",
    ],
)
def test_an_approval_made_outside_risk_is_caught(text: str) -> None:
    assert lines_broken(approved_entry.RULE, "src/vibex/execution/lifecycle.py", text) == [2]


def test_risk_makes_approvals_and_others_may_name_the_type() -> None:
    make = "from vibex.domain import ApprovedEntry\nApprovedEntry(wish=1)\n"
    name = "from vibex.domain import ApprovedEntry\ndef send(entry: ApprovedEntry) -> None: ...\n"
    assert lines_broken(approved_entry.RULE, "src/vibex/risk/gates.py", make) == []
    assert lines_broken(approved_entry.RULE, "src/vibex/venues/port.py", name) == []


@pytest.mark.parametrize("handler", ["except:", "except Exception:", "except (ValueError, BaseException) as error:"])
def test_a_handler_for_everything_is_caught(handler: str) -> None:
    text = f"try:\n    f()\n{handler}\n    pass\n"
    assert lines_broken(broad_except.RULE, "src/vibex/jobs/worker.py", text) == [3]


def test_a_handler_for_named_exceptions_passes() -> None:
    text = "try:\n    f()\nexcept (ValueError, OSError):\n    pass\nexcept ExceptionGroup:\n    pass\n"
    assert lines_broken(broad_except.RULE, "src/vibex/jobs/worker.py", text) == []


def test_a_skip_with_a_reason_excuses_its_own_line_and_its_own_rule_only() -> None:
    head = "try:\n    f()\n"
    reasoned = head + "except Exception:  # lint: skip=broad-except the edge of a job: logged and counted\n    pass\n"
    unreasoned = head + "except Exception:  # lint: skip=broad-except\n    pass\n"
    other_code = head + "except Exception:  # lint: skip=clock the edge of a job\n    pass\n"
    other_line = "# lint: skip=broad-except the edge of a job\n" + head + "except Exception:\n    pass\n"
    path = "src/vibex/jobs/worker.py"
    assert lines_broken(broad_except.RULE, path, reasoned) == []
    assert lines_broken(broad_except.RULE, path, unreasoned) == [3]
    assert lines_broken(broad_except.RULE, path, other_code) == [3]
    assert lines_broken(broad_except.RULE, path, other_line) == [4]


@pytest.mark.parametrize(
    "path", ["src/vibex/utils.py", "src/vibex/market/_helpers.py", "src/vibex/common/prices.py", "web/lib/misc.ts"]
)
def test_a_module_or_package_with_a_vague_name_is_caught(path: str) -> None:
    assert lines_broken(module_names.RULE, path, "") == [1]


@pytest.mark.parametrize("path", ["src/vibex/market/baseline.py", "src/vibex/store/database.py", "docs/common.md"])
def test_names_that_only_contain_a_vague_word_and_documents_pass(path: str) -> None:
    assert lines_broken(module_names.RULE, path, "") == []


def test_a_module_of_the_product_may_have_450_lines_and_no_more() -> None:
    longest = "x = 1\n" * file_length.LONGEST
    assert lines_broken(file_length.RULE, "src/vibex/a.py", longest) == []
    assert lines_broken(file_length.RULE, "src/vibex/a.py", longest + "y = 2\n") == [1]
    assert lines_broken(file_length.RULE, "tests/test_a.py", longest + "y = 2\n") == []


@pytest.mark.parametrize(
    ("path", "text", "broken"),
    [
        ("requirements/runtime.lock", "numpy==2.0 \\\n    --hash=sha256:00\n", []),
        ("requirements/runtime.lock", "numpy @ https://example.org/numpy.whl\n", [1]),
        ("requirements/dev.lock", "numpy==2.0\n--index-url somewhere\n", [2]),
        ("uv.lock", "version = 1\n", [1]),
        ("web/package-lock.json", '"funding": {"url": "https://example.org"}\n', []),
        ("web/package-lock.json", '"resolved": "https://example.org/a.tgz"\n', [1]),
        ("docs/install.md", "https://example.org\n", []),
    ],
)
def test_locks_hold_no_download_addresses(path: str, text: str, broken: list[int]) -> None:
    assert lines_broken(download_addresses.RULE, path, text) == broken


@pytest.mark.parametrize(("text", "broken"), [('"""Why."""\n', []), ("import os\n", [1]), ("", [1]), ('""""""\n', [1])])
def test_a_module_of_the_product_begins_with_a_docstring(text: str, broken: list[int]) -> None:
    assert lines_broken(room_docstring.RULE, "src/vibex/a.py", text) == broken


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
def test_an_open_end_names_its_issue(word: str) -> None:
    assert lines_broken(open_ends.RULE, "src/vibex/a.py", f"x = 1  # {word}: later\n") == [1]
    assert lines_broken(open_ends.RULE, "src/vibex/a.py", f"x = 1  # {word} #12: later\n") == []
    assert lines_broken(open_ends.RULE, "web/app/page.tsx", f"// {word}: later\n") == [1]
    assert lines_broken(open_ends.RULE, "src/vibex/a.py", f'"""Head.\n\n{word}: later.\n"""\n') == [3]


def test_strings_and_documents_may_use_the_words_of_open_ends() -> None:
    word = "TO" + "DO"
    assert lines_broken(open_ends.RULE, "src/vibex/a.py", f'def f():\n    return "{word}"\n') == []
    assert lines_broken(open_ends.RULE, "CONTRIBUTING.md", f"no {word} without an issue\n") == []


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "Z" * 16,
        "-----BEGIN EC " + "PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----",
        "sk-" + "or-v1-" + "0a" * 20,
        "ghp_" + "a" * 36,
    ],
)
def test_what_looks_like_a_credential_is_caught_in_any_file(secret: str) -> None:
    assert lines_broken(secrets.RULE, "docs/setup.md", f"key: {secret}\n") == [1]


@pytest.mark.parametrize(
    "text", ["sk-...", "sk-your-openrouter-api-key-here", "risk-adjusted-return-over-365-days", "AKIA"]
)
def test_placeholders_and_prose_are_no_credentials(text: str) -> None:
    assert lines_broken(secrets.RULE, ".env.example", text + "\n") == []


def test_a_file_that_does_not_parse_is_reported_once() -> None:
    assert [code for code, _ in judge(SourceFile("src/vibex/a.py", "def (:\n"))] == ["syntax"]


def test_every_rule_has_a_code_of_its_own() -> None:
    assert len({rule.code for rule in RULES}) == len(RULES)

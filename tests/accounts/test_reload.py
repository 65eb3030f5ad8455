"""A changed configuration is taken as a whole, and a bad one changes nothing and says why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from vibex.accounts.configuration import AccountsSource, AccountsWatch
from vibex.domain import InvalidInput, ManualClock

FIRST = """accounts:
  - {id: a, assets: [BTC], asterdex: {api_key: k, api_secret: s}}
  - {id: b, assets: [BTC]}
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "accounts.yaml"
    path.write_text(FIRST, encoding="utf-8")
    return path


def write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")


def watch(file: Path, refuse: str = "") -> AccountsWatch:
    def check(account: object) -> None:
        if refuse and refuse in repr(account):
            raise InvalidInput("may not be traded")

    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    return AccountsWatch(lambda: AccountsSource(environment={}, multi_account=True, file=file), clock, check)


async def test_added_removed_changed_and_unchanged_accounts_are_told(file: Path) -> None:
    watching = watch(file)
    assert [account.id for account in watching.start()] == ["a", "b"]
    assert watching.poll() is None
    second = FIRST.replace("id: b", "id: c").replace("api_key: k", "api_key: other")
    write(file, second)
    reload = await anext(watching.reloads(every_s=1))
    assert (reload.added, reload.removed, reload.changed, reload.unchanged) == (("c",), ("b",), ("a",), ())
    write(file, "# a comment\n" + second)
    again = await anext(watching.reloads(every_s=1))
    assert (again.changed, again.unchanged, again.refused) == ((), ("a", "c"), None)


@pytest.mark.parametrize("bad", ["accounts: [", "accounts: [{id: a, asets: [BTC]}]", "accounts: [{id: forbidden}]", ""])
def test_a_bad_file_changes_nothing_and_is_told_once(bad: str, file: Path) -> None:
    watching = watch(file, refuse="forbidden")
    before = watching.start()
    write(file, bad)
    reload = watching.poll()
    assert reload is not None
    assert reload.refused
    assert (reload.accounts, reload.unchanged) == (before, ("a", "b"))
    assert watching.poll() is None
    write(file, FIRST)
    mended = watching.poll()
    assert mended is not None
    assert (mended.unchanged, mended.refused) == (("a", "b"), None)


def test_a_file_that_is_gone_is_bad(file: Path) -> None:
    watching = watch(file)
    before = watching.start()
    file.unlink()
    reload = watching.poll()
    assert reload is not None
    assert "cannot be read" in (reload.refused or "")
    assert reload.accounts == before


def test_a_bad_file_at_the_start_is_refused(file: Path) -> None:
    file.write_text("accounts: 1", encoding="utf-8")
    with pytest.raises(InvalidInput):
        watch(file).start()

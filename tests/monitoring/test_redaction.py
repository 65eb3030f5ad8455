"""No secret reaches a log: not in a field, not in a nested value, not in the text of an exception."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
import structlog

from vibex.monitoring import LogDomain, Redactor, configure_logs, logger
from vibex.monitoring.log_files import DomainFiles

HEX = secrets.token_hex(32)
WORDS = " ".join(["letter", "advice", "cage", "absurd", "amount", "doctor"] * 2)
LISTEN_KEY = "pqia91ma19a5s61cv6a81va65sd099v8a65a1a5s61cv6a81va65sdf19v8a65a1"
JWT = ".".join("eyJ" + secrets.token_urlsafe(24).replace("-", "a") for _ in range(3))
TOLD = "tolD-only-by-name"

CANARIES = {
    "a private key": (f"signing with {HEX} failed", HEX),
    "a private key with its prefix": (f"0x{HEX}", HEX),
    "a signature": ("GET /fapi/v3/order?symbol=BTCUSDT&signature=abc123def456&x=1", "abc123def456"),
    "a listen key": (f"wss://host/ws/{LISTEN_KEY}", LISTEN_KEY),
    "the words of a wallet": (f"bad checksum in {WORDS}", WORDS),
    "a bearer token": ("Authorization: Bearer opaque.token/12", "opaque.token/12"),
    "a JSON web token": (f"cookie was {JWT}", JWT),
    "a model provider's key": ("401 for sk-" + "or-v1-0a1b2c3d4e5f6a7b8c9d", "0a1b2c3d4e5f6a7b8c9d"),
    "a venue's key": ("X-MBX-APIKEY=" + "a1B2" * 16, "a1B2" * 16),
    "what only its owner can know": (f"the password {TOLD} was wrong", TOLD),
    "a key by its name": ("ASTERDEX_API_SECRET=s3cretvalue", "s3cretvalue"),
}


@pytest.fixture(autouse=True)
def _reset() -> object:
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("what", CANARIES)
@pytest.mark.parametrize("as_json", [True, False])
def test_a_canary_is_not_seen_in_any_place_of_a_line(
    what: str, as_json: bool, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    said, canary = CANARIES[what]
    configure_logs(level="DEBUG", as_json=as_json, redactor=Redactor([TOLD]), folder=tmp_path)
    log = logger(LogDomain.VENUE)
    log.info(said)
    log.info(
        "called", url=said, nested={"deep": [{"er": said}, (said,)]}, raw=said.encode().decode(), error=OSError(said)
    )
    log.bind(header=said).warning("bound")
    try:
        raise ValueError(said) from RuntimeError(said)
    except ValueError:
        log.exception("failed")
    shown = capsys.readouterr()
    everything = shown.out + shown.err + (tmp_path / "venue.jsonl").read_text(encoding="utf-8")
    assert canary not in everything
    assert everything.count("failed") >= 2
    assert "[redacted]" in everything


@pytest.mark.parametrize(
    "field", ["api_key", "API_SECRET", "private_key", "mnemonic", "listenKey", "token", "signature", "authorization"]
)
def test_a_field_is_hidden_by_its_name_whatever_it_holds(field: str) -> None:
    assert Redactor().value({"a": [{field: "short"}]}) == {"a": [{field: "[redacted]"}]}
    assert Redactor().value({field: {"inner": "x"}}) == {field: "[redacted]"}


@pytest.mark.parametrize(
    "harmless",
    [
        "0192f4c8-7e1a-7b3c-9d4e-5f6a7b8c9d0e",
        "vxabcde000100000ae00",
        "close if the 4h close is above EMA50 and the RSI falls below 70",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "order 1234567890123456789 of BTCUSDT filled 0.022 at 45000.10",
    ],
)
def test_ids_addresses_and_sentences_stay_readable(harmless: str) -> None:
    assert Redactor().text(harmless) == harmless


def test_unknown_and_numbers_stay_what_they_are() -> None:
    digest = "ab12" * 16
    line = {"price": None, "n": 3, "share": 0.5, "ok": True, "spec_digest": digest, "prompt_tokens": 12}
    assert Redactor().value(line) == line


def test_each_domain_has_its_file_that_rotates(tmp_path: Path) -> None:
    files = DomainFiles(tmp_path, most_bytes=400, kept=2)
    for number in range(30):
        files(None, "info", {"event": "order filled", "domain": "trading", "n": number})
    files(None, "info", {"event": "asked", "domain": "llm"})
    files(None, "info", {"event": "no domain"})
    files.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "llm.jsonl",
        "trading.jsonl",
        "trading.jsonl.1",
        "trading.jsonl.2",
    ]
    newest = (tmp_path / "trading.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(newest[-1])["n"] == 29


def test_a_level_hides_what_lies_below_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    configure_logs(level="WARNING", as_json=True, folder=tmp_path)
    logger(LogDomain.RISK).info("quiet")
    logger(LogDomain.RISK).warning("loud", account_id="a")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["event"], line["domain"], line["account_id"]) for line in lines] == [("loud", "risk", "a")]
    assert "quiet" not in (tmp_path / "risk.jsonl").read_text(encoding="utf-8")

"""One rotating file of JSON lines per domain, beside what is shown on the terminal."""

from __future__ import annotations

import json
import logging
from enum import StrEnum
from logging.handlers import RotatingFileHandler
from pathlib import Path

from structlog.typing import EventDict, WrappedLogger

MOST_BYTES = 10 * 1024 * 1024
KEPT = 5
"""Older files of each domain that are kept, `trading.jsonl.1` being the newest of them."""


class LogDomain(StrEnum):
    """What a line is about; it names the file."""

    TRADING = "trading"
    LLM = "llm"
    VENUE = "venue"
    RISK = "risk"
    API = "api"


class DomainFiles:
    """A processor of structlog that writes each line into the file of its domain, and lets it go on.

    A disk that refuses a line stops no trading: the line is still shown, and the first refusal is told on stderr by the
    standard library's handler.
    """

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES, kept: int = KEPT) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._handlers = {
            domain.value: RotatingFileHandler(
                folder / f"{domain}.jsonl", maxBytes=most_bytes, backupCount=kept, encoding="utf-8", delay=True
            )
            for domain in LogDomain
        }

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        handler = self._handlers.get(str(event.get("domain")))
        if handler is not None:
            line = json.dumps(event, ensure_ascii=False, default=str)
            handler.handle(logging.LogRecord("vibex", logging.INFO, "", 0, line, None, None))
        return event

    def close(self) -> None:
        for handler in self._handlers.values():
            handler.close()

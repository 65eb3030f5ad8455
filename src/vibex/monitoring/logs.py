"""Structured logs: an event is a past-tense phrase, its values are keys with units, and no secret is among them.

Text for people goes to stderr, so that stdout stays free for results; JSON for collectors goes to stdout.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import structlog

from vibex.monitoring.log_files import DomainFiles, LogDomain
from vibex.monitoring.redaction import Redactor

# Tracebacks without local variables, which both ready-made renderers print: keys and prompts are among them.
_PLAIN_TRACEBACKS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def configure_logs(*, level: str, as_json: bool, redactor: Redactor | None = None, folder: Path | None = None) -> None:
    """Set up logging for this process. `redactor` knows the process's secrets; with `folder` each domain has a
    rotating file of JSON lines there as well."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(default=str)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            _PLAIN_TRACEBACKS if as_json else structlog.processors.format_exc_info,
            redactor or Redactor(),
            *([] if folder is None else [DomainFiles(folder)]),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stdout if as_json else sys.stderr),
        cache_logger_on_first_use=False,
    )


def logger(domain: LogDomain) -> structlog.typing.FilteringBoundLogger:
    """The logger of one domain; bind `account_id` and `correlation_id` to it."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(domain=domain.value)
    return bound

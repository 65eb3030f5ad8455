"""What is seen: structured logs without secrets. Must not know anything but the domain."""

from vibex.monitoring.log_files import DomainFiles, LogDomain
from vibex.monitoring.logs import configure_logs, logger
from vibex.monitoring.redaction import Redactor

__all__ = ["DomainFiles", "LogDomain", "Redactor", "configure_logs", "logger"]

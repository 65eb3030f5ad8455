"""What is seen: structured logs. Must not know anything but the domain."""

from vibex.monitoring.logs import configure_logs

__all__ = ["configure_logs"]

"""One backtest result as one HTML page that opens from disk without a network, and holds everything it shows.

Knows the result's JSON and nothing else: not the engine, not where results are stored, not how pages are served.
"""

from vibex.backtest.report.html import render_report
from vibex.backtest.report.payload import ReportBars

__all__ = ["ReportBars", "render_report"]

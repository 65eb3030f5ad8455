"""A strategy as a stand-alone Python script that vectorbt or plain pandas can run anywhere.

Code is generated from the typed strategy, form by form; its words reach the script as comments only. The room
writes text and must not run it, nor know orders, fills, accounts or files of market data.
"""

from vibex.strategy.script.writer import Target, write_script

__all__ = ["Target", "write_script"]

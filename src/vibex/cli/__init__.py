"""How do I start it from a terminal? One module per command group, one edge where errors become an exit code.

Commands turn options into one call of `services` and show what comes back; they must not compute anything that a
Python caller could not get. Nothing heavy is imported before a command runs, so that help answers at once.
"""

from vibex.cli.app import main

__all__ = ["main"]

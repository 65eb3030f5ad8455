"""The conditions of one symbol at one close, as bits of one byte."""

from __future__ import annotations


class Flag:
    """Bits of a uint8 column: what is true at the close of a bar, and what kind of bar it is.

    The four conditions are raw (rule 23). SESSION_EXIT: leave at the next open, enter nothing. NO_TRADES: the
    bar fills nothing (rule 60). NO_BAR: the symbol has no row at this timestamp (rule 61).
    """

    ENTRY_LONG = 1
    EXIT_LONG = 2
    ENTRY_SHORT = 4
    EXIT_SHORT = 8
    SESSION_EXIT = 16
    NO_TRADES = 32
    NO_BAR = 64

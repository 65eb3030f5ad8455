"""TA-Lib without the data-frame libraries that its Python package would load."""

from __future__ import annotations

import sys
from importlib import import_module

_FRAMES = ("pandas", "polars")


def load_without_data_frames() -> None:
    """Load TA-Lib as if no data-frame library were installed: over half a second less for a short process.

    TA-Lib's package imports pandas and polars only to accept their series, which this product never passes; where
    they are absent it takes arrays alone. It then refuses series for the rest of the process, so only a process
    that is ours may call this: the command line does, a library call does not. Where TA-Lib or one of the two is
    loaded already, nothing is changed for it. Both can be imported afterwards as ever.
    """
    hidden = [name for name in _FRAMES if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # Python's own mark of a module that is not there
    try:
        import_module("talib.abstract")
    finally:
        for name in hidden:
            del sys.modules[name]

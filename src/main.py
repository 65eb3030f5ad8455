"""The door: `python src/main.py …` is the command line, `uvicorn src.main:app` serves the gateway."""

import sys
from pkgutil import resolve_name


def __getattr__(name: str) -> object:
    """`app`, built when a server asks for it: the command line does not load the gateway."""
    if name == "app":
        return resolve_name("vibex.gateway.app:create_app")()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if __name__ == "__main__":
    sys.exit(resolve_name("vibex.cli:main")())

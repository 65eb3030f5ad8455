"""`--data [SYMBOL=]FILE` and its like (`--funding`, `--mark`, `--detail`): which file belongs to which symbol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vibex.domain.errors import InvalidInput
from vibex.domain.instrument import Market
from vibex.market.symbols import canonical_symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class DataArgument:
    """One value of such an option; `symbol` None leaves the symbol to the order of the arguments."""

    path: Path
    symbol: str | None = None


def parse_data_argument(text: str, field: str = "data") -> DataArgument:
    """Read `FILE` or `SYMBOL=FILE` of the option `field`. An existing file whose path has an equals sign is it."""
    symbol, equals, path = text.partition("=")
    if not equals or Path(text).exists():
        symbol, path = "", text
    elif not symbol.strip():
        raise InvalidInput(f"{text!r} names no symbol", field=field, remedy="write SYMBOL=FILE or FILE")
    if not path.strip():
        raise InvalidInput(f"{text!r} names no file", field=field, remedy="write SYMBOL=FILE or FILE")
    return DataArgument(path=Path(path).expanduser(), symbol=symbol.strip() or None)


def match_data(
    arguments: Sequence[DataArgument],
    symbols: Sequence[str],
    filter_symbols: Iterable[str],
    market: Market,
    field: str = "data",
) -> dict[str, Path]:
    """The file of every symbol, by canonical symbol: the traded ones in the strategy's order, then the filters.

    Files without a symbol go, in order, to the traded symbols that no argument names. Raises InvalidInput
    (with `field`, the option) for an unknown or doubled name, a file too many, and a symbol without a file.
    """
    traded = [canonical_symbol(symbol, market) for symbol in symbols]
    filters = [f for f in dict.fromkeys(canonical_symbol(f, market) for f in filter_symbols) if f not in traded]
    named: dict[str, Path] = {}
    for argument in arguments:
        if argument.symbol is not None:
            symbol = canonical_symbol(argument.symbol, market)
            _refuse_name(symbol, [*traded, *filters], named, field)
            named[symbol] = argument.path
    unnamed = [argument.path for argument in arguments if argument.symbol is None]
    open_symbols = [symbol for symbol in traded if symbol not in named]
    if len(unnamed) > len(open_symbols):
        raise _too_many(unnamed[len(open_symbols) :], [f for f in filters if f not in named], field)
    named.update(zip(open_symbols, unnamed, strict=False))
    missing = [symbol for symbol in (*traded, *filters) if symbol not in named]
    if missing:
        raise InvalidInput(f"no file for {', '.join(missing)}", field=field, remedy=f"add --{field} {missing[0]}=FILE")
    return {symbol: named[symbol] for symbol in (*traded, *filters)}


def _refuse_name(symbol: str, known: Sequence[str], named: dict[str, Path], field: str) -> None:
    if symbol not in known:
        raise InvalidInput(f"the strategy has no symbol {symbol}", field=field, remedy=f"it has {', '.join(known)}")
    if symbol in named:
        raise InvalidInput(f"two files for {symbol}", field=field, remedy="keep one")


def _too_many(extra: Sequence[Path], open_filters: Sequence[str], field: str) -> InvalidInput:
    remedy = "remove it, or name its symbol"
    if open_filters:
        remedy = f"a filter symbol's file is named: --{field} {open_filters[0]}={extra[0].name}"
    return InvalidInput(f"no symbol is left for {', '.join(path.name for path in extra)}", field=field, remedy=remedy)

"""Which files hold the prices that a strategy asks for? Those that were given, else those of the bar library.

Prices of a generator are never taken for those of a named market; a file that names another asset is not taken either.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from vibex.domain import InvalidInput
from vibex.domain.arrays import I64
from vibex.market import DataFile, bars_for, canonical_symbol, list_library, parse_data_argument, read_bars
from vibex.strategy import StrategySpec

_PAIR = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{2,12})[-_]?(USDT|USDC|USD)(?![A-Z0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """`arguments` as a backtest takes them: SYMBOL=FILE for every symbol that the strategy reads."""

    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """No prices of `symbols` at hand; `reason` says more where a file was given and cannot serve."""

    symbols: tuple[str, ...]
    reason: str = ""


@dataclass(slots=True, kw_only=True)
class Prices:
    """The files of one conversation: `given` on the command line, [SYMBOL=]FILE, and the library's folder."""

    given: Sequence[str]
    library: Path
    _bound: dict[str, str] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)
    _files: dict[Path, DataFile] = field(default_factory=dict)

    def digest(self, files: Files) -> str:
        """What the files hold, as they are: another timeframe made from the same prices is a look at the same data."""
        for argument in files.arguments:
            if argument not in self._digests:
                self._digests[argument] = self._read(parse_data_argument(argument).path).bars.digest()
        whole = ";".join(
            sorted(f"{argument.partition('=')[0]}={self._digests[argument]}" for argument in files.arguments)
        )
        return hashlib.sha256(whole.encode()).hexdigest()

    def opens(self, files: Files, spec: StrategySpec) -> I64:
        """The opens of all bars of the traded symbols, epoch ms, ascending."""
        traded = [parse_data_argument(argument) for argument in files.arguments]
        times = [self._read(each.path).bars.open_time for each in traded if each.symbol in spec.symbols]
        return np.unique(np.concatenate(times)).astype(np.int64)

    def of(self, spec: StrategySpec, also: Iterable[str] = ()) -> Files | Missing:
        """Files for every symbol of a canonical `spec`, and for the symbols that it only reads (`also`)."""
        wanted = (*spec.symbols, *also)
        found: dict[str, str] = {}
        reasons: list[str] = []
        for symbol in wanted:
            file = self._given_for(symbol, spec, reasons) or self._kept_for(symbol, spec)
            if file is not None:
                found[symbol] = file
        lacking = tuple(dict.fromkeys(symbol for symbol in wanted if symbol not in found))
        if lacking:
            return Missing(symbols=lacking, reason="; ".join(dict.fromkeys(reasons)))
        return Files(arguments=tuple(f"{symbol}={path}" for symbol, path in found.items()))

    def _given_for(self, symbol: str, spec: StrategySpec, reasons: list[str]) -> str | None:
        """The file given for `symbol`: by its name before the file, else by what the file's own name says."""
        for argument in map(parse_data_argument, self.given):
            path = str(argument.path)
            if argument.symbol is not None:
                if _same(argument.symbol, symbol, spec):
                    return path
                continue
            named = (
                self._bound.get(path) or self._read(argument.path).declared.symbol or _symbol_in(argument.path, spec)
            )
            if named == symbol:
                self._bound[path] = symbol
                return path
            if named is None and len(spec.symbols) == 1 and symbol == spec.symbols[0]:
                # A file without any name in it belongs to the first asset that was spoken of, and to no other.
                self._bound[path] = symbol
                return path
            reasons.append(f"{argument.path.name} holds {named or 'another asset'}")
        return None

    def _read(self, path: Path) -> DataFile:
        if path not in self._files:
            self._files[path] = read_bars(path)
        return self._files[path]

    def _kept_for(self, symbol: str, spec: StrategySpec) -> str | None:
        """The library's file of real prices in the strategy's timeframe, or the coarsest finer one it is made from."""
        best = bars_for(list_library(self.library), spec.market, symbol, spec.timeframe)
        return None if best is None else str(best.path)


def _same(named: str, symbol: str, spec: StrategySpec) -> bool:
    try:
        return canonical_symbol(named, spec.market) == symbol
    except InvalidInput:
        return False


def _symbol_in(path: Path, spec: StrategySpec) -> str | None:
    """The symbol that the file's name names: a pair of coins, or one of the strategy's own symbols."""
    name = path.stem.upper()
    pair = _PAIR.search(name)
    if pair is not None:
        return f"{pair[1]}/{pair[2]}"
    tokens = set(re.split(r"[^A-Z0-9]+", name))
    return next((symbol for symbol in spec.symbols if re.split(r"[/.]", symbol)[0] in tokens), None)

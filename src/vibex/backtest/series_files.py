"""From the options of a run to its series: which files hold funding, mark prices, finer bars and brackets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from vibex.backtest.series import CashActions, RunSeries
from vibex.domain import Bars, InvalidInput
from vibex.market.adjustment import Adjustment, CorporateActions
from vibex.market.brackets import read_brackets
from vibex.market.data_arguments import match_data, parse_data_argument
from vibex.market.detail import read_detail
from vibex.market.entitlements import entitlements_of
from vibex.market.funding import read_funding
from vibex.market.mark import read_mark
from vibex.strategy.spec import StrategySpec

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFiles:
    """`[SYMBOL=]FILE` each, as `--data`; empty: the part is off. `brackets` is one file for all symbols."""

    funding: Sequence[Path | str] = ()
    mark: Sequence[Path | str] = ()
    detail: Sequence[Path | str] = ()
    brackets: Path | None = None


def read_series(
    spec: StrategySpec,
    files: SeriesFiles,
    bars: Mapping[str, Bars],
    actions: CorporateActions | None,
    adjustment: Adjustment | None,
) -> RunSeries:
    """Every series that the options name, for the symbols that `spec` trades.

    Corporate actions that the prices do not contain are booked by the account: dividends, and on raw prices splits.
    Raises InvalidInput naming the option, on equities for the parts that only perpetuals have.
    """
    if spec.market.is_equity:
        for name in ("funding", "mark", "brackets"):
            if getattr(files, name):
                raise InvalidInput("only perpetuals have one", field=name, remedy=f"leave --{name} out")
    return RunSeries(
        funding=_each("funding", files.funding, spec, read_funding),
        mark=_each("mark", files.mark, spec, read_mark),
        detail=_each("detail", files.detail, spec, read_detail),
        brackets={} if files.brackets is None else read_brackets(files.brackets, spec.symbols),
        actions=_booked(spec, bars, actions, adjustment),
    )


def _each(
    field: str, arguments: Sequence[Path | str], spec: StrategySpec, read: Callable[[Path, str], T]
) -> dict[str, T]:
    if not arguments:
        return {}
    parsed = [parse_data_argument(str(text), field) for text in arguments]
    paths = match_data(parsed, spec.symbols, (), spec.market, field)
    return {symbol: read(path, symbol) for symbol, path in paths.items()}


def _booked(
    spec: StrategySpec,
    bars: Mapping[str, Bars],
    actions: CorporateActions | None,
    adjustment: Adjustment | None,
) -> dict[str, CashActions]:
    if actions is None or adjustment in (None, Adjustment.TOTAL):
        return {}
    return {
        symbol: CashActions.of(entitlements_of(bars[symbol], actions, adjustment), bars[symbol])
        for symbol in spec.symbols
    }

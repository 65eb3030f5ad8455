"""Runs the current strategy on the prices at hand, and once more without its stop where the stop was assumed.

Which bars a conversation may see is decided here alone: the sealed part of history is left out until it was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from vibex.backtest import BacktestResult, RunEvidence, evidence_of
from vibex.backtest.holdout import HoldoutStatus
from vibex.chat.prices import Files, Missing, Prices
from vibex.domain import InvalidInput, JsonValue, VibexError
from vibex.domain.arrays import I64
from vibex.strategy import StrategySpec, parse_spec

RunFiles = Callable[[StrategySpec, Sequence[str], HoldoutStatus | None], BacktestResult]
"""A backtest of a strategy on SYMBOL=FILE arguments, without the bars that are sealed."""
FilterSymbols = Callable[[StrategySpec], Sequence[str]]
"""The symbols that a strategy reads and does not trade."""
Canonical = Callable[[StrategySpec], StrategySpec]


class Holdouts(Protocol):
    """What is sealed of the history of some symbols, whose bars open at `opens` (epoch ms); None: nothing is."""

    def status(self, symbols: Sequence[str], opens: I64) -> HoldoutStatus | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """`result`, and `without_stop`: the same with no stop and the same size, where the stop was only assumed.

    `data_digest` names the prices as they came, before they were resampled.
    """

    result: BacktestResult
    data_digest: str
    without_stop: BacktestResult | None = None


class Bench:
    """The prices of one conversation and what runs on them. Keeps its last result, so that a draft that was measured
    is not computed again when it is run."""

    def __init__(
        self, prices: Prices, run: RunFiles, reads_also: FilterSymbols, canonical: Canonical, seals: Holdouts
    ) -> None:
        self._prices = prices
        self._seals = seals
        self._run = run
        self._reads_also = reads_also
        self._canonical = canonical
        self._last: tuple[str, tuple[str, ...], HoldoutStatus | None, Ran] | None = None
        self.trouble: str | None = None
        """Why the last draft could not be measured, in words; None where it was, or where no prices are at hand."""
        self.missing: Missing | None = None
        """Prices that the last draft lacked."""

    def measure(self, spec: StrategySpec) -> RunEvidence | None:
        """What the strategy does on the prices at hand; None where there are none or where it cannot be run."""
        self.trouble, self.missing = None, None
        try:
            found = self._result(spec)
        except VibexError as error:
            self.trouble = error.message if error.field is None else f"{error.field}: {error.message}"
            return None
        if isinstance(found, Missing):
            self.missing = found
            return None
        return evidence_of(found.result)

    def run(self, spec: StrategySpec) -> Ran | Missing:
        """Run `spec`. Raises InvalidInput where the prices or the strategy do not allow it."""
        found = self._result(spec)
        if isinstance(found, Missing):
            return found
        bare = without_assumed_stop(found.result.spec)
        if bare is None:
            return found
        files = self._files(bare)
        return (
            files
            if isinstance(files, Missing)
            else replace(found, without_stop=self._run(bare, files.arguments, self._sealed(bare, files)))
        )

    def symbols(self, spec: StrategySpec) -> Sequence[str]:
        """What `spec` trades, in the one spelling of each."""
        return self._canonical(spec).symbols

    def measured(self, spec: StrategySpec) -> Ran | None:
        """What `measure` ran of these rules, None when it ran nothing."""
        if self._last is None or self._last[0] != self._canonical(spec).rules_digest():
            return None
        return self._last[3]

    def _sealed(self, spec: StrategySpec, files: Files) -> HoldoutStatus | None:
        return self._seals.status(spec.symbols, self._prices.opens(files, spec))

    def _result(self, spec: StrategySpec) -> Ran | Missing:
        canonical = self._canonical(spec)
        files = self._files(canonical)
        if isinstance(files, Missing):
            return files
        key = canonical.rules_digest(), files.arguments, self._sealed(canonical, files)
        if self._last is None or self._last[:3] != key:
            made = Ran(result=self._run(canonical, files.arguments, key[2]), data_digest=self._prices.digest(files))
            self._last = (*key, made)
        made = self._last[3]
        # Name, notes and benchmark do not belong to the rules, and are those of this version.
        return replace(made, result=replace(made.result, spec=canonical))

    def _files(self, spec: StrategySpec) -> Files | Missing:
        return self._prices.of(spec, self._reads_also(spec))


def without_assumed_stop(spec: StrategySpec) -> StrategySpec | None:
    """`spec` without a stop that nobody asked for, its size still measured by that stop's distance; None where the
    stop was asked for, or where something else needs it (a target in multiples of the risk)."""
    if spec.stop_loss is None or all(each.field != "stop_loss" for each in spec.assumptions):
        return None
    bare = spec.to_json_dict()
    stop, sizing = bare.pop("stop_loss"), bare.get("sizing")
    if isinstance(sizing, dict) and str(sizing.get("type", "")).startswith("risk") and "distance" not in sizing:
        measured: dict[str, JsonValue] = {**sizing, "distance": stop}
        bare["sizing"] = measured
    assumed = bare.get("assumptions")
    bare["assumptions"] = [each for each in assumed if not _about_stop(each)] if isinstance(assumed, list) else []
    try:
        return parse_spec(bare)
    except InvalidInput:
        return None


def _about_stop(assumption: JsonValue) -> bool:
    return isinstance(assumption, dict) and assumption.get("field") in ("stop_loss", "sizing")

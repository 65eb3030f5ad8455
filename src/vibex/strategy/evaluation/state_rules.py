"""What of a strategy reads the position's state, as programs: the input of `SymbolState`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vibex.domain.arrays import F64, I64
from vibex.strategy.evaluation.stateful import ProgramWriter, holds_state
from vibex.strategy.evaluation.step import NO_STEPS, StepProgram
from vibex.strategy.spec import Condition, StrategySpec


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StateRules:
    """What reads the position's state. A side's programs see that side's `State` only.

    The four conditions are programs that give the bit of their flag; one that does not exist leaves the flag of the
    evaluation as it is. `levels` are the levels that move or read the position. Accumulators: `since_column` and
    `since_kind` (of `Since`), both (A,). `memory` (M,) is what each symbol's rings hold at first.
    """

    entry_long: StepProgram
    exit_long: StepProgram
    entry_short: StepProgram
    exit_short: StepProgram
    levels: tuple[StepProgram, ...]
    since_column: I64
    since_kind: I64
    memory: F64


class StateParts:
    """The programs of the conditions that read state; written first, for they add columns to the run's table."""

    def __init__(self, spec: StrategySpec, writer: ProgramWriter) -> None:
        self._writer = writer
        self._conditions = [
            _program(spec.entry.long, writer.entry),
            _program(spec.exit.long, writer.exit),
            _program(spec.entry.short, writer.entry),
            _program(spec.exit.short, writer.exit),
        ]

    def rules(self, levels: Sequence[StepProgram] = ()) -> StateRules | None:
        """All that reads state, `levels` of the same writer included; None where nothing does."""
        if not levels and not any(program.exists for program in self._conditions):
            return None
        entry_long, exit_long, entry_short, exit_short = self._conditions
        return StateRules(
            entry_long=entry_long,
            exit_long=exit_long,
            entry_short=entry_short,
            exit_short=exit_short,
            levels=tuple(levels),
            since_column=self._writer.since_column,
            since_kind=self._writer.since_kind,
            memory=self._writer.memory,
        )


def _program(condition: Condition | None, write: Callable[[Condition], StepProgram]) -> StepProgram:
    return NO_STEPS if condition is None or not holds_state(condition) else write(condition)

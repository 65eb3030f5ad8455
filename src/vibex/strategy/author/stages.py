"""Where the author is, for people who wait: the stages in their order, and the answer as it is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["intent", "extraction", "feasibility", "spec", "review", "repair", "explanation", "offline"]

# The keys of the answer, in the order in which the model is asked to write them, tell how far it has come.
_MARKS: tuple[tuple[str, Stage], ...] = (
    ('"reading"', "extraction"),
    ('"problems"', "feasibility"),
    ('"spec"', "spec"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEvent:
    """A stage begins (`piece` empty, `detail` says why where there is a reason), or the model wrote `piece` in it.

    A piece is raw text of the model: untrusted, to be escaped before it is shown.
    """

    stage: Stage
    piece: str = ""
    detail: str = ""


StageListener = Callable[[StageEvent], None]
"""Called on the event loop, must be quick."""


class Stages:
    """Tells `listen` of each stage of a round once, in order, also where an answer does not come in pieces."""

    def __init__(self, listen: StageListener | None) -> None:
        self._listen = listen
        self._left = list(_MARKS)
        self._written = ""
        self._stage: Stage = "intent"

    def begin(self, stage: Stage, detail: str = "") -> None:
        self._stage = stage
        if self._listen is not None:
            self._listen(StageEvent(stage=stage, detail=detail))

    def ask(self) -> None:
        """A question is on its way; its answer will be written from the beginning."""
        self._left, self._written = list(_MARKS), ""
        self.begin("intent")

    def hear(self, piece: str) -> None:
        """The model wrote `piece`. Keys are looked for in the order of the answer: one inside a text skips none."""
        self._written += piece
        while self._left and (at := self._written.find(self._left[0][0])) >= 0:
            self._written = self._written[at:]
            self.begin(self._left.pop(0)[1])
        if self._listen is not None:
            self._listen(StageEvent(stage=self._stage, piece=piece))

    def answered(self) -> None:
        """The answer is complete: stages that no piece announced are over as well."""
        while self._left:
            self.begin(self._left.pop(0)[1])

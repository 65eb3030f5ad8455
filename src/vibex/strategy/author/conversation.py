"""A conversation about one idea: what was said, and every version of the strategy with its maker and its difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from vibex.domain import Clock, JsonValue, new_id
from vibex.llm import Model
from vibex.strategy.author.author import Authored, author
from vibex.strategy.author.edits import UNDO, Read, bare, read_change
from vibex.strategy.author.request import Turn
from vibex.strategy.author.stages import StageListener
from vibex.strategy.draft import Draft, Issue, Language, Reading
from vibex.strategy.drafting import Change, Measure, difference, draft
from vibex.strategy.explain import explain
from vibex.strategy.review import in_order, review
from vibex.strategy.spec import StrategySpec

if TYPE_CHECKING:
    from vibex.store import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of the strategy. `text` is what was asked; `changes` is the difference from the version `parent`,
    whose place in the conversation's versions it is; None for the first."""

    spec: StrategySpec
    author: Literal["user", "model", "offline"]
    text: str
    changes: tuple[Change, ...] = ()
    parent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Turns and versions; nothing is ever removed. `at` is the place of the current version, None before the first.

    `lineage` names the idea over all its versions: trials are counted by it. `open_texts` are requests that were
    answered with a question and that the next text completes.
    """

    lineage: str
    turns: tuple[Turn, ...] = ()
    versions: tuple[Version, ...] = ()
    at: int | None = None
    open_texts: tuple[str, ...] = ()

    @classmethod
    def start(cls, clock: Clock) -> Conversation:
        return cls(lineage=new_id(clock))

    @property
    def current(self) -> StrategySpec | None:
        return None if self.at is None else self.versions[self.at].spec

    def words(self, text: str) -> str:
        """The requests that were answered with a question, and `text`, which answers it."""
        return "\n".join([*self.open_texts, text])

    def read(self, text: str, read: Read) -> Reading:
        """The offline reading of the next request: of a strategy, or of the current one changed."""
        words = self.words(text)
        return read(words) if self.current is None else read_change(self.current, words, read)

    def answered(self, text: str, authored: Authored) -> Conversation:
        """With this request and its answer; with a new version where there is a strategy and it differs."""
        made = authored.draft
        question = next((issue.message for issue in made.issues if _is_question(issue)), None)
        said = question or made.explanation
        turns = (*self.turns, Turn(role="user", text=text), Turn(role="assistant", text=said))
        after = replace(self, turns=turns, open_texts=(*self.open_texts, text) if question else ())
        if made.spec is None:
            return after
        return after.changed(made.spec, authored.source, self.words(text))

    def undone(self) -> Conversation:
        """Back at the version from which the current one was made; the same conversation where there is none."""
        parent = None if self.at is None else self.versions[self.at].parent
        return self if parent is None else replace(self, at=parent, open_texts=())

    def changed(self, spec: StrategySpec, maker: Literal["user", "model", "offline"], text: str) -> Conversation:
        """With `spec` as the current version, made by `maker` from `text`; the same one where nothing differs."""
        before = self.current
        changes = () if before is None else difference(before, spec)
        if before is not None and not changes:
            return self
        version = Version(spec=spec, author=maker, text=text, changes=changes, parent=self.at)
        return replace(self, versions=(*self.versions, version), at=len(self.versions), open_texts=())


async def converse(
    conversation: Conversation,
    text: str,
    *,
    read: Read,
    owner: Owner,
    model: Model | None = None,
    model_name: str = "",
    insight: Mapping[str, JsonValue] | None = None,
    measure: Measure | None = None,
    listen: StageListener | None = None,
) -> tuple[Conversation, Authored]:
    """Answer the next request of a conversation. "Undo" needs no model; without one, a change of single fields is read
    offline. `read` is the offline reader. Raises as `author`."""
    if bare(text) in UNDO:
        return _undo(conversation, text, read(text).language)
    reading = conversation.read(text, read)
    if model is None:
        authored = Authored(draft=draft(reading, measure), source="offline")
    else:
        authored = await author(
            text,
            model=model,
            model_name=model_name,
            owner=owner,
            offline_reading=reading,
            history=conversation.turns,
            current=conversation.current,
            insight=insight,
            measure=measure,
            listen=listen,
            correlation_id=conversation.lineage,
        )
    spec, before = authored.draft.spec, conversation.current
    if spec is not None and before is not None and not difference(before, spec):
        authored = _with_issue(authored, "warning", "nothing changes by this: say which part should become what")
    return conversation.answered(text, authored), authored


def _undo(conversation: Conversation, text: str, language: Language) -> tuple[Conversation, Authored]:
    after = conversation.undone()
    spec = after.current
    if after is conversation or spec is None:
        message = "there is no version before this one to go back to"
        made = Draft(spec=None, issues=(Issue(severity="error", field="text", message=message),), explanation=message)
    else:
        made = Draft(spec=spec, issues=review(spec), explanation=explain(spec, language))
    turns = (*after.turns, Turn(role="user", text=text), Turn(role="assistant", text=made.explanation))
    return replace(after, turns=turns), Authored(draft=made, source="offline")


def _with_issue(authored: Authored, severity: Literal["warning", "info"], message: str) -> Authored:
    issues = in_order([*authored.draft.issues, Issue(severity=severity, field="text", message=message)])
    return replace(authored, draft=replace(authored.draft, issues=issues))


def _is_question(issue: Issue) -> bool:
    return issue.severity == "error" and issue.message.rstrip().endswith(("?", "？"))

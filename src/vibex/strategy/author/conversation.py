"""A conversation about one idea: what was said, and every version of the strategy with author and difference."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from vibex.domain import Clock, JsonValue, new_id
from vibex.llm import Model
from vibex.strategy.author.author import Authored, author
from vibex.strategy.author.canonical import spoken
from vibex.strategy.author.edits import REDO, UNDO, Read, read_change
from vibex.strategy.author.request import Earlier, Turn
from vibex.strategy.author.stages import StageListener
from vibex.strategy.draft import Draft, Issue, Language, Option, Reading
from vibex.strategy.drafting import Change, Measure, difference, draft
from vibex.strategy.explain import Voice, explain
from vibex.strategy.review import in_order, review
from vibex.strategy.spec import StrategySpec

if TYPE_CHECKING:
    from vibex.store import Owner


VersionAuthor = Literal["user", "reader", "model"]


_FEW_WORDS = 3
_ORDINALS: Mapping[str, int] = {
    **{str(number): number for number in range(1, 10)},
    **{f"({number})": number for number in range(1, 10)},
    "first": 1,
    "the first": 1,
    "first one": 1,
    "the first one": 1,
    "一": 1,
    "第一": 1,
    "第一个": 1,
    "second": 2,
    "the second": 2,
    "second one": 2,
    "the second one": 2,
    "二": 2,
    "第二": 2,
    "第二个": 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One state of the strategy. `text` is what was asked; `changes` is the difference from the version `parent`,
    whose place in the conversation's versions it is; None for the first."""

    spec: StrategySpec
    author: VersionAuthor
    text: str
    changes: tuple[Change, ...] = ()
    parent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Turns and versions; nothing is ever removed. `at` is the place of the current version, None before the first.

    `lineage` names the idea over all its versions: trials are counted by it. `open_texts` are requests that were
    answered with a question and that the next text completes; `options` are that question's readings, which a number
    chooses from; `language` is that of the last request in words.
    """

    id: str
    lineage: str
    turns: tuple[Turn, ...] = ()
    versions: tuple[Version, ...] = ()
    at: int | None = None
    open_texts: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    language: Language = "en"

    @classmethod
    def start(cls, clock: Clock) -> Conversation:
        return cls(id=new_id(clock), lineage=new_id(clock))

    @property
    def current(self) -> StrategySpec | None:
        return None if self.at is None else self.versions[self.at].spec

    def chosen(self, text: str) -> Option | None:
        """The reading that `text` chooses by its number; None where it is no such number."""
        number = _ORDINALS.get(re.sub(r"[.)、）]+$", "", spoken(text)))
        return self.options[number - 1] if number is not None and number <= len(self.options) else None

    def words(self, text: str) -> str:
        """The requests that were answered with a question, and `text`, which answers it."""
        return "\n".join([*self.open_texts, text])

    def read(self, text: str, read: Read) -> Reading:
        """The offline reading of the next request: of a strategy, or of the current one changed."""
        words = self.words(text)
        return read(words) if self.current is None else read_change(self.current, words, read)

    def answered(self, text: str, authored: Authored, language: Language = "en") -> Conversation:
        """With this request and its answer; with a new version where there is a strategy and it differs."""
        made = authored.draft
        question = next((issue for issue in made.issues if _is_question(issue)), None)
        said = question.message if question else made.explanation
        after = replace(
            self,
            turns=(*self.turns, Turn(role="user", text=text), Turn(role="assistant", text=said)),
            open_texts=(*self.open_texts, text) if question and _is_open(question) else (),
            options=question.options if question else (),
            language=language,
        )
        if made.spec is None:
            return after
        return after.changed(made.spec, "model" if authored.source == "model" else "reader", self.words(text))

    def undone(self) -> Conversation:
        """Back at the version from which the current one was made; the same conversation where there is none."""
        parent = None if self.at is None else self.versions[self.at].parent
        return self if parent is None else self._moved_to(parent)

    def redone(self) -> Conversation:
        """At the newest version that was made from the current one; the same conversation where there is none."""
        later = [
            place for place, version in enumerate(self.versions) if self.at is not None and version.parent == self.at
        ]
        return self._moved_to(later[-1]) if later else self

    def _moved_to(self, place: int) -> Conversation:
        return replace(self, at=place, open_texts=(), options=())

    def changed(self, spec: StrategySpec, maker: VersionAuthor, text: str) -> Conversation:
        """With `spec` as the current version, made by `maker` from `text`; the same one where nothing differs."""
        before = self.current
        changes = () if before is None else difference(before, spec, self.language)
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
    earlier: Sequence[Earlier] = (),
    insight: Mapping[str, JsonValue] | None = None,
    measure: Measure | None = None,
    listen: StageListener | None = None,
    clock: Clock | None = None,
) -> tuple[Conversation, Authored]:
    """Answer the next request of a conversation.

    Undo, redo and the choice of a reading by its number need no model; without one, changes of single parts are read
    offline. `read` is the offline reader. Raises as `author`.
    """
    language = _language(conversation, text, read)
    command = spoken(text)
    if command in UNDO or command in REDO:
        return _moved(conversation, text, language, back=command in UNDO)
    option = conversation.chosen(text)
    wish = option.text if option is not None else text
    reading = replace(conversation.read(wish, read), language=language)
    if model is None or (option is not None and not option.completes):
        authored = Authored(draft=draft(reading, measure), source="offline")
    else:
        authored = await author(
            wish,
            model=model,
            model_name=model_name,
            owner=owner,
            offline_reading=reading,
            history=conversation.turns,
            current=conversation.current,
            earlier=earlier,
            insight=insight,
            measure=measure,
            listen=listen,
            correlation_id=conversation.lineage,
            clock=clock,
        )
    spec, before = authored.draft.spec, conversation.current
    if spec is not None and before is not None and not difference(before, spec):
        authored = _with_warning(authored, Voice(language=language).say("talk.nothing_changes"))
    return conversation.answered(wish, authored, language), authored


def _language(conversation: Conversation, text: str, read: Read) -> Language:
    """That of the text; a number, a ticker or a Latin command in a Chinese conversation stays in its language."""
    found = read(text).language
    if found != "en" or not conversation.turns or conversation.language == "en":
        return found
    return conversation.language if len(text.split()) <= _FEW_WORDS else found


def _moved(conversation: Conversation, text: str, language: Language, *, back: bool) -> tuple[Conversation, Authored]:
    after = conversation.undone() if back else conversation.redone()
    spec = after.current
    if after is conversation or spec is None:
        message = Voice(language=language).say("talk.nothing_before" if back else "talk.nothing_after")
        made = Draft(spec=None, issues=(Issue(severity="error", field="text", message=message),), explanation=message)
    else:
        made = Draft(spec=spec, issues=review(spec, language=language), explanation=explain(spec, language))
    turns = (*after.turns, Turn(role="user", text=text), Turn(role="assistant", text=made.explanation))
    return replace(after, turns=turns, language=language), Authored(draft=made, source="offline")


def _with_warning(authored: Authored, message: str) -> Authored:
    issues = in_order([*authored.draft.issues, Issue(severity="warning", field="text", message=message)])
    return replace(authored, draft=replace(authored.draft, issues=issues))


def _is_open(question: Issue) -> bool:
    """Whether the answer completes the request, rather than being one."""
    return not question.options or any(option.completes for option in question.options)


def _is_question(issue: Issue) -> bool:
    return issue.severity == "error" and issue.message.rstrip().endswith(("?", "？"))

"""Writes the prompt of one decision: the system turn by regime, the user turn by budget; says what was left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from vibex.agent.context import Context, RegimeName
from vibex.agent.context.readings import stamp
from vibex.agent.memory import Lesson
from vibex.agent.prompt.envelope import to_text
from vibex.agent.prompt.sections import DROP_ORDER, sections
from vibex.domain import InvalidInput, JsonValue
from vibex.llm import Message, Role

TEMPLATES = "v1"
"""The version that is written today."""
_FOLDER = Path(__file__).parent / "templates"
_BY_REGIME: tuple[tuple[str, frozenset[RegimeName]], ...] = (
    ("trend", frozenset({RegimeName.TREND_UP, RegimeName.TREND_DOWN})),
    ("range", frozenset({RegimeName.RANGE})),
    ("high_volatility", frozenset({RegimeName.HIGH_VOLATILITY})),
    ("funding_extreme", frozenset({RegimeName.FUNDING_EXTREME})),
    ("drawdown", frozenset({RegimeName.DRAWDOWN})),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The two turns, the names of their parts, and what was left out. `tokens` is an estimate."""

    version: str
    messages: tuple[Message, ...]
    parts: tuple[str, ...]
    dropped: tuple[str, ...]
    tokens: int

    def to_json(self) -> dict[str, JsonValue]:
        """What the record of the call keeps beside the exact prompt."""
        return {
            "templates": self.version,
            "parts": list(self.parts),
            "dropped": list(self.dropped),
            "estimated_tokens": self.tokens,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptWriter:
    """`token_budget` bounds the estimated tokens of both turns together."""

    token_budget: int = 32_000
    version: str = TEMPLATES

    def write(
        self, context: Context, *, lessons: Sequence[Lesson] = (), notes: str = "", tools: bool = False
    ) -> Prompt:
        """The prompt of `context`. Raises InvalidInput when what must not be left out exceeds the budget."""
        chosen = [*_regime_parts(context), *(["tools"] if tools else [])]
        system = self._system(chosen, context)
        content, dropped = sections(context, lessons, notes), list[str]()
        for name in (None, *DROP_ORDER):
            if name is not None:
                if not content.pop(name):
                    continue
                dropped.append(name)
            user = to_text(self._envelope(context, content, dropped))
            tokens = estimated_tokens(system) + estimated_tokens(user)
            if tokens <= self.token_budget:
                return Prompt(
                    version=self.version,
                    messages=(Message(role=Role.SYSTEM, text=system), Message(role=Role.USER, text=user)),
                    parts=("system", *chosen, *(name for name, part in content.items() if part)),
                    dropped=tuple(dropped),
                    tokens=tokens,
                )
        raise InvalidInput(
            f"account and markets of {len(context.assets)} assets need about {tokens} tokens, "
            f"{self.token_budget} are allowed",
            field="token_budget",
            remedy="raise it, or trade fewer assets or timeframes",
        )

    def _system(self, chosen: Sequence[str], context: Context) -> str:
        told = [_template(self.version, name).substitute(assets=_assets(name, context)) for name in chosen]
        return _template(self.version, "system").substitute(sections="".join(told)).rstrip() + "\n"

    def _envelope(self, context: Context, content: dict[str, JsonValue], dropped: Sequence[str]) -> JsonValue:
        return {
            "envelope": "trading_context_v1",
            "now": stamp(context.at),
            "assets": [asset.asset for asset in context.assets],
            **content,
            "dropped": list(dropped),
        }


def estimated_tokens(text: str) -> int:
    """Two tokens for five bytes: above what common models count for numbers in JSON, and far above it for prose."""
    return (len(text.encode("utf-8", "replace")) * 2 + 4) // 5


def _regime_parts(context: Context) -> Iterator[str]:
    return (name for name, regimes in _BY_REGIME if regimes & context.regimes)


def _assets(part: str, context: Context) -> str:
    """The assets that a regime's section is about; empty for other sections."""
    regimes = dict(_BY_REGIME).get(part, frozenset())
    return ", ".join(asset.asset for asset in context.assets if regimes & set(asset.regime.names))


@cache
def _template(version: str, name: str) -> Template:
    file = _FOLDER / version / f"{name}.md"
    if not file.is_file():
        raise InvalidInput(f"there is no template {version}/{name}", field="templates")
    return Template(file.read_text(encoding="utf-8"))

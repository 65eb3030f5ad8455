"""A lesson as one line of JSON and back; what people may have edited is read as strictly as any outside text."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from vibex.agent.memory.trade import ClosedTrade, Lesson, OpeningDecision
from vibex.domain import InvalidInput, PositionSide
from vibex.domain.json_text import loads

LONGEST_TEXT = 4_000

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a zone, such as a Z at its end")
    return value


Moment = Annotated[datetime, AfterValidator(_aware)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Decision(_Strict):
    id: str
    at: Moment
    maker: str
    stop: Decimal | None
    target: Decimal | None
    exit_plan: Text
    rationale: Text
    regimes: tuple[str, ...]


class _Lesson(_Strict):
    id: str
    asset: str
    side: PositionSide
    quantity: Decimal
    entry_price: Decimal
    exit_price: Decimal
    opened_at: Moment
    closed_at: Moment
    pnl: Decimal
    fees: Decimal
    funding: Decimal | None
    exit_reason: str
    decision: _Decision | None
    reflection: Text


def write_line(lesson: Lesson) -> str:
    """One line without its end; money is decimal text, the reflection stands last, where people look for it."""
    trade, opening = lesson.trade, lesson.trade.decision
    decision = None
    if opening is not None:
        decision = _Decision(
            id=opening.id,
            at=opening.at,
            maker=opening.maker,
            stop=opening.stop,
            target=opening.target,
            exit_plan=opening.exit_plan[:LONGEST_TEXT],
            rationale=opening.rationale[:LONGEST_TEXT],
            regimes=opening.regimes,
        )
    line = _Lesson(
        id=trade.id,
        asset=trade.asset,
        side=trade.side,
        quantity=trade.quantity,
        entry_price=trade.entry_price,
        exit_price=trade.exit_price,
        opened_at=trade.opened_at,
        closed_at=trade.closed_at,
        pnl=trade.pnl,
        fees=trade.fees,
        funding=trade.funding,
        exit_reason=trade.exit_reason,
        decision=decision,
        reflection=lesson.reflection[:LONGEST_TEXT],
    )
    return json.dumps(line.model_dump(mode="json"), ensure_ascii=False)


def read_line(text: str) -> Lesson:
    """What `write_line` wrote, perhaps edited. Raises InvalidInput, naming the field, for anything else."""
    try:
        read = _Lesson.model_validate(loads(text))
        opening = None if read.decision is None else OpeningDecision(**dict(read.decision))
        values = {name: value for name, value in dict(read).items() if name not in ("decision", "reflection")}
        return Lesson(trade=ClosedTrade(**values, decision=opening), reflection=read.reflection)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(first["msg"].lower(), field=".".join(str(part) for part in first["loc"])) from None
    except ValueError as error:
        raise InvalidInput(f"no JSON: {str(error)[:100]}") from None

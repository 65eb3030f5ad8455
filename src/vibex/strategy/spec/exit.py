"""Exits: where a stop, a target or a trailing stop lies, measured from the real fill (rule 42)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    Tag,
    ValidatorFunctionWrapHandler,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from vibex.strategy.spec.node import Finite, Node, choose, pick_by_type
from vibex.strategy.spec.operand import Operand

Reference = Annotated[str, Field(strict=True, min_length=1, max_length=129)]


class PercentExit(Node):
    """`value` percent of the fill price away from it."""

    __match_args__ = ("value",)
    type: Literal["percent"]
    value: Finite


class AtrExit(Node):
    """`value` × the ATR of the decision bar away from the fill (rule 35); no `indicator` means ATR(14)."""

    __match_args__ = ("value", "indicator")
    type: Literal["atr"]
    value: Finite
    indicator: Reference | None = None


class PriceExit(Node):
    """At the price `value`."""

    __match_args__ = ("value",)
    type: Literal["price"]
    value: Finite


class PointsExit(Node):
    """`value` price units away from the fill."""

    __match_args__ = ("value",)
    type: Literal["points"]
    value: Finite


class RiskMultipleExit(Node):
    """`value` × the initial stop's distance away from the fill, in favour of the position."""

    __match_args__ = ("value",)
    type: Literal["risk_multiple"]
    value: Finite


class LevelExit(Node):
    """At a computed price: fixed on the decision bar, or with `update` "bar" moved at every close.

    `trigger` "close" compares with the close and leaves at the next open; None: the bar's touch counts.
    """

    __match_args__ = ("value", "update", "trigger")
    type: Literal["level"]
    value: Operand
    update: Literal["bar"] | None = None
    trigger: Literal["close"] | None = None


class Nearest(Node):
    """The one of `of` closest to the entry price."""

    __match_args__ = ("of",)
    of: tuple[Exit, ...] = Field(alias="nearest", min_length=1, max_length=8)


class Farthest(Node):
    """The one of `of` farthest from the entry price."""

    __match_args__ = ("of",)
    of: tuple[Exit, ...] = Field(alias="farthest", min_length=1, max_length=8)


EXIT_TYPES: dict[str, type[BaseModel]] = {
    "percent": PercentExit,
    "atr": AtrExit,
    "price": PriceExit,
    "points": PointsExit,
    "risk_multiple": RiskMultipleExit,
    "level": LevelExit,
}
EXIT_KEYS: dict[str, type[BaseModel]] = {"nearest": Nearest, "farthest": Farthest}

Exit = Annotated[
    Annotated[PercentExit, Tag("<PercentExit>")]
    | Annotated[AtrExit, Tag("<AtrExit>")]
    | Annotated[PriceExit, Tag("<PriceExit>")]
    | Annotated[PointsExit, Tag("<PointsExit>")]
    | Annotated[RiskMultipleExit, Tag("<RiskMultipleExit>")]
    | Annotated[LevelExit, Tag("<LevelExit>")]
    | Annotated[Nearest, Tag("<Nearest>")]
    | Annotated[Farthest, Tag("<Farthest>")],
    choose("exit_form", pick_by_type(EXIT_TYPES, EXIT_KEYS)),
]

for _cls in (Nearest, Farthest):
    _cls.model_rebuild()


class Target(Node):
    """One of several targets: an exit for `fraction` of the entered quantity. JSON: the exit with that key added."""

    exit: Exit
    fraction: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=1)]

    @model_validator(mode="wrap")
    @classmethod
    def _split(cls, data: object, handler: ValidatorFunctionWrapHandler) -> Target:
        if isinstance(data, dict):
            exit_part = {key: value for key, value in data.items() if key != "fraction"}
            data = {"exit": exit_part} | ({"fraction": data["fraction"]} if "fraction" in data else {})
        return handler(data)  # type: ignore[no-any-return]

    @model_serializer(mode="wrap")
    def _join(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        plain: dict[str, Any] = handler(self)["exit"]
        return plain | {"fraction": self.fraction}

    def children(self) -> Iterator[tuple[str, BaseModel]]:
        yield "", self.exit

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        handler(schema)
        fraction = {"type": "number", "exclusiveMinimum": 0, "maximum": 1}
        return {
            "title": "Target",
            "description": "An Exit with a `fraction` of the entered quantity.",
            "type": "object",
            "properties": {"fraction": fraction},
            "required": ["fraction"],
        }


class TrailingPercent(PercentExit):
    """Trails by `value` percent of the best price; starts once `after` was reached."""

    after: Exit | None = None


class TrailingAtr(AtrExit):
    """Trails by `value` × the ATR of the decision bar; starts once `after` was reached."""

    after: Exit | None = None


class TrailingLevel(LevelExit):
    """Trails a level that is computed at each close and only ever tightens; starts once `after` was reached."""

    after: Exit | None = None


TRAILING_TYPES: dict[str, type[BaseModel]] = {
    "percent": TrailingPercent,
    "atr": TrailingAtr,
    "level": TrailingLevel,
}

TrailingStop = Annotated[
    Annotated[TrailingPercent, Tag("<TrailingPercent>")]
    | Annotated[TrailingAtr, Tag("<TrailingAtr>")]
    | Annotated[TrailingLevel, Tag("<TrailingLevel>")],
    choose("trailing_form", pick_by_type(TRAILING_TYPES)),
]

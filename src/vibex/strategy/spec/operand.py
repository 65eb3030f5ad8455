"""Operands: the numbers a condition compares. A number, a reference to a series, or arithmetic over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    Tag,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from vibex.strategy.spec.node import Finite, Node, choose

CalcOp = Literal["add", "mul", "min", "max", "sub", "div", "abs"]
SinceEntry = Literal["first", "max", "min"]


class Number(RootModel[Finite]):
    """A constant; JSON: the bare number."""

    model_config = ConfigDict(frozen=True)
    __match_args__ = ("value",)

    @property
    def value(self) -> float:
        return self.root


class Ref(Node):
    """A series by name: a price, an indicator's `id` or `id.output`, a calendar or a state reference.

    `shift` k takes the value of k bars of the strategy's timeframe ago, then multiplies by `times` (rule 55).
    `since_entry` takes the first, highest or lowest value since the position was entered.
    JSON: the bare name when nothing else is said.
    """

    __match_args__ = ("ref", "shift", "times")

    ref: Annotated[str, Field(strict=True, min_length=1, max_length=129)]
    shift: Annotated[int, Field(strict=True, ge=0, le=100_000)] = 0
    times: Finite = 1.0
    since_entry: SinceEntry | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: object) -> object:
        return {"ref": data} if isinstance(data, str) else data

    @model_serializer(mode="plain")
    def _shortest(self) -> str | dict[str, Any]:
        said: dict[str, Any] = {"ref": self.ref}
        if self.shift:
            said["shift"] = self.shift
        if self.times != 1.0:
            said["times"] = self.times
        if self.since_entry is not None:
            said["since_entry"] = self.since_entry
        return said if len(said) > 1 else self.ref

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        written_out = handler.resolve_ref_schema(handler(schema))
        return {"title": "Reference", "anyOf": [{"type": "string", "minLength": 1, "maxLength": 129}, written_out]}


class Calc(Node):
    """Arithmetic over operands; `op` says which, `args` what on. NaN in, NaN out; x/0 and overflow give NaN."""

    __match_args__ = ("op", "args")
    op: ClassVar[CalcOp]
    if TYPE_CHECKING:  # a field in most operations, computed in `Abs`

        @property
        def args(self) -> tuple[Operand, ...]: ...


class Add(Calc):
    """Sum of 2 to 8 operands."""

    op: ClassVar[CalcOp] = "add"
    args: tuple[Operand, ...] = Field(alias="add", min_length=2, max_length=8)


class Mul(Calc):
    """Product of 2 to 8 operands."""

    op: ClassVar[CalcOp] = "mul"
    args: tuple[Operand, ...] = Field(alias="mul", min_length=2, max_length=8)


class Min(Calc):
    """Smallest of 2 to 8 operands."""

    op: ClassVar[CalcOp] = "min"
    args: tuple[Operand, ...] = Field(alias="min", min_length=2, max_length=8)


class Max(Calc):
    """Largest of 2 to 8 operands."""

    op: ClassVar[CalcOp] = "max"
    args: tuple[Operand, ...] = Field(alias="max", min_length=2, max_length=8)


class Sub(Calc):
    """First operand minus the second."""

    op: ClassVar[CalcOp] = "sub"
    args: tuple[Operand, ...] = Field(alias="sub", min_length=2, max_length=2)


class Div(Calc):
    """First operand divided by the second."""

    op: ClassVar[CalcOp] = "div"
    args: tuple[Operand, ...] = Field(alias="div", min_length=2, max_length=2)


class Abs(Calc):
    """Absolute value of one operand, `of`."""

    op: ClassVar[CalcOp] = "abs"
    of: Operand = Field(alias="abs")

    @property
    def args(self) -> tuple[Operand, ...]:
        return (self.of,)


OPERAND_KEYS: dict[str, type[BaseModel]] = {
    "add": Add,
    "mul": Mul,
    "min": Min,
    "max": Max,
    "sub": Sub,
    "div": Div,
    "abs": Abs,
    "ref": Ref,
}


def _pick(value: object) -> type[BaseModel] | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Number
    if isinstance(value, str):
        return Ref
    if isinstance(value, dict):
        return next((cls for key, cls in OPERAND_KEYS.items() if key in value), None)
    return None


Operand = Annotated[
    Annotated[Number, Tag("<Number>")]
    | Annotated[Ref, Tag("<Ref>")]
    | Annotated[Add, Tag("<Add>")]
    | Annotated[Mul, Tag("<Mul>")]
    | Annotated[Min, Tag("<Min>")]
    | Annotated[Max, Tag("<Max>")]
    | Annotated[Sub, Tag("<Sub>")]
    | Annotated[Div, Tag("<Div>")]
    | Annotated[Abs, Tag("<Abs>")],
    choose("operand_form", _pick),
]

for _cls in (Add, Mul, Min, Max, Sub, Div, Abs):
    _cls.model_rebuild()

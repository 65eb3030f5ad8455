"""What every part of a strategy has in common: frozen, no unknown fields, no silent conversion of types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A float64 that exists: whole numbers are taken, booleans, text, NaN and infinity are not."""

Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0)]
Whole = Annotated[int, Field(strict=True)]
Bars = Annotated[int, Field(strict=True, ge=1, le=100_000)]
"""A count of bars of the strategy's timeframe, at least 1."""

Text = Annotated[str, StringConstraints(strict=True, max_length=2_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Name = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Symbol = Annotated[str, StringConstraints(strict=True, max_length=40, pattern=r"^[A-Za-z0-9^][A-Za-z0-9^./:_=\-]*$")]
TimeOfDay = Annotated[str, StringConstraints(strict=True, pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Zone = Annotated[str, StringConstraints(strict=True, max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_+/\-]*$")]


class Node(BaseModel):
    """One object of a strategy. Equal content is equal; nodes without a mapping inside are hashable."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    def children(self) -> Iterator[tuple[str, BaseModel]]:
        """The nodes directly inside this one, each with its path from here, such as `add[0]`."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            key = field.alias or name
            if isinstance(value, BaseModel):
                yield key, value
            elif isinstance(value, tuple):
                for index, item in enumerate(value):
                    if isinstance(item, BaseModel):
                        yield f"{key}[{index}]", item


def walk(node: BaseModel, path: str) -> Iterator[tuple[str, BaseModel]]:
    """`node` and everything below it, parents first, with JSON paths such as `entry.long.all[1].left`."""
    yield path, node
    if isinstance(node, Node):
        for step, child in node.children():
            yield from walk(child, f"{path}.{step}" if step else path)
    elif isinstance(getattr(node, "root", None), BaseModel):
        yield from walk(node.root, path)  # type: ignore[attr-defined]
    elif isinstance(getattr(node, "root", None), tuple):
        for index, item in enumerate(node.root):  # type: ignore[attr-defined]
            yield from walk(item, f"{path}[{index}]")


def tag_of(cls: type[BaseModel]) -> str:
    """The name of a union's member in error locations; the brackets set it apart from JSON keys."""
    return f"<{cls.__name__}>"


def choose(form: str, pick: Callable[[object], type[BaseModel] | None]) -> Discriminator:
    """A discriminator that names the one variant a value is meant to be, so that errors speak of that one only.

    `pick` gets raw input; None means that nothing fits, which is reported as the error type `form`.
    """

    def tag(value: object) -> str | None:
        if isinstance(value, BaseModel):
            return tag_of(type(value))
        chosen = pick(value)
        return None if chosen is None else tag_of(chosen)

    return Discriminator(tag, custom_error_type=form, custom_error_message=form)


def pick_by_key(variants: dict[str, type[BaseModel]]) -> Callable[[object], type[BaseModel] | None]:
    """Choose the variant whose characteristic key is present."""

    def pick(value: object) -> type[BaseModel] | None:
        if not isinstance(value, dict):
            return None
        return next((cls for key, cls in variants.items() if key in value), None)

    return pick


def pick_by_type(
    variants: dict[str, type[BaseModel]], keyed: dict[str, type[BaseModel]] | None = None
) -> Callable[[object], type[BaseModel] | None]:
    """Choose by a characteristic key if there is one, otherwise by the text under `type`."""

    def pick(value: object) -> type[BaseModel] | None:
        if not isinstance(value, dict):
            return None
        for key, cls in (keyed or {}).items():
            if key in value:
                return cls
        kind = value.get("type")
        return variants.get(kind) if isinstance(kind, str) else None

    return pick

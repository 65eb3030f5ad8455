"""One named series of a strategy: which indicator, with which parameters, over what."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from vibex.domain import Timeframe
from vibex.strategy.spec.condition import Condition
from vibex.strategy.spec.node import Finite, Node, Symbol
from vibex.strategy.spec.operand import Operand, Ref

Identifier = Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
CLOSE = Ref(ref="close")


class Indicator(Node):
    """A series under `id`; conditions and later indicators refer to it as `id` or `id.output`.

    `input` None means not given (the close, where the indicator reads a series at all); `input2` is the second
    series of CORREL and BETA, `when` the condition of BARS_SINCE and VALUE_WHEN. `timeframe` None is the
    strategy's own, otherwise a higher one of which only closed bars are visible (rule 58). `symbol` None is the
    traded symbol.
    """

    id: Identifier
    name: Annotated[str, Field(strict=True, min_length=1, max_length=64)]
    params: Annotated[dict[str, Finite], Field(max_length=32)] = Field(default_factory=dict)
    input: Operand | None = None
    input2: Operand | None = None
    when: Condition | None = None
    timeframe: Timeframe | None = None
    symbol: Symbol | None = None

    @property
    def source(self) -> Operand:
        """What it reads when it reads one series: `input`, the close unless something else was said."""
        return CLOSE if self.input is None else self.input

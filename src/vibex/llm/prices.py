"""What a model costs: dollars per million tokens, from the shipped file, an own file, or one setting."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from vibex.domain import InvalidInput
from vibex.llm.answer import Usage
from vibex.llm.errors import UnknownPrice

if TYPE_CHECKING:
    from vibex.settings import ModelSettings

_MILLION = Decimal(1_000_000)
_FINEST = Decimal("0.000001")
_KEYS = {"input", "output", "cached_input", "long_from", "long_input", "long_output", "source", "date", "also"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Dollars per million tokens. Raises InvalidInput for a negative price and for more than six decimals."""

    input: Decimal
    output: Decimal
    cached_input: Decimal

    def __post_init__(self) -> None:
        for name in ("input", "output", "cached_input"):
            value: Decimal = getattr(self, name)
            if not value.is_finite() or value < 0 or value % _FINEST:
                raise InvalidInput(
                    f"{value} is no price", field=name, remedy="dollars per million tokens, at most six decimals"
                )

    def cost(self, usage: Usage) -> Decimal:
        """Dollars, exact: tokens × price / 1,000,000, cached prompt tokens at their own price."""
        fresh = usage.prompt - usage.cached
        total = fresh * self.input + usage.cached * self.cached_input + usage.output * self.output
        return total / _MILLION


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of one model; from `long_from` prompt tokens on, the whole call is billed at `long`."""

    normal: Rate
    long_from: int | None = None
    long: Rate | None = None

    def cost(self, usage: Usage) -> Decimal:
        """Dollars of a call that used `usage`."""
        return self._rate(usage.prompt).cost(usage)

    def highest_cost(self, *, prompt: int, output: int) -> Decimal:
        """The most dollars that at most `prompt` and `output` tokens can cost: the dearer rate, nothing cached."""
        rates = {self.normal, self._rate(prompt)}
        dear = [
            Rate(input=max(rate.input, rate.cached_input), output=rate.output, cached_input=Decimal(0))
            for rate in rates
        ]
        return max(rate.cost(Usage(prompt=prompt, output=output)) for rate in dear)

    def _rate(self, prompt: int) -> Rate:
        return self.long if self.long and self.long_from is not None and prompt >= self.long_from else self.normal


class Prices:
    """Prices by model name, as endpoints call it."""

    def __init__(self, prices: Mapping[str, Price]) -> None:
        self._prices = dict(prices)

    @property
    def models(self) -> tuple[str, ...]:
        """The names that have a price, sorted."""
        return tuple(sorted(self._prices))

    def of(self, model: str) -> Price:
        """The price of `model`. Raises UnknownPrice; a similar name never lends its price."""
        price = self._prices.get(model)
        if price is None:
            near = difflib.get_close_matches(model, self._prices, n=1, cutoff=0.8)
            raise UnknownPrice(model, near=near[0] if near else None)
        return price

    def over(self, other: Prices) -> Prices:
        """These prices, and those of `other` for models that have none here."""
        return Prices({**other._prices, **self._prices})


def shipped_prices() -> Prices:
    """The prices that come with the product; each carries the date at which it was noted."""
    return read_prices(Path(__file__).with_name("prices.toml"))


def prices_of(settings: ModelSettings) -> Prices:
    """The shipped prices, under those of LLM_PRICES_FILE, under LLM_PRICE for the configured model."""
    prices = shipped_prices()
    if settings.prices_file is not None:
        prices = read_prices(settings.prices_file).over(prices)
    if settings.price is not None:
        dollars_in, dollars_out = (Decimal(part) for part in settings.price.split("/"))
        rate = Rate(input=dollars_in, output=dollars_out, cached_input=dollars_in)
        prices = Prices({settings.model: Price(normal=rate)}).over(prices)
    return prices


def read_prices(path: Path) -> Prices:
    """Prices of a TOML file: a table per model, as `prices.toml` explains. Raises InvalidInput, naming the model."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror}", field="LLM_PRICES_FILE") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: {error}", field="LLM_PRICES_FILE", remedy="correct the TOML") from None
    prices: dict[str, Price] = {}
    for model, table in content.items():
        if not isinstance(table, dict):
            raise InvalidInput(f"{path}: {model} is no table", field="LLM_PRICES_FILE", remedy='["MODEL"] opens one')
        try:
            price = _price(table)
        except (InvalidInput, ArithmeticError, TypeError, ValueError) as error:
            raise InvalidInput(f"{path}: {model}: {error}", field="LLM_PRICES_FILE") from None
        for name in (model, *table.get("also", [])):
            prices[name] = price
    return Prices(prices)


def _price(table: Mapping[str, object]) -> Price:
    unknown = sorted(set(table) - _KEYS)
    missing = sorted({"input", "output"} - set(table))
    if unknown or missing:
        raise ValueError(f"{unknown[0]} is not known" if unknown else f"{missing[0]} is missing")
    cached = _number(table.get("cached_input", table["input"]))
    normal = Rate(input=_number(table["input"]), output=_number(table["output"]), cached_input=cached)
    if "long_from" not in table:
        return Price(normal=normal)
    long_input = _number(table.get("long_input"))
    long = Rate(input=long_input, output=_number(table.get("long_output")), cached_input=long_input)
    return Price(normal=normal, long_from=int(_number(table["long_from"])), long=long)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is not a number")
    return Decimal(value)

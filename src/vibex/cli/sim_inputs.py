"""What `vibex sim` is given in files and in the environment, read into the simulator's own terms."""

from __future__ import annotations

import os
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from vibex.domain.errors import InvalidInput

if TYPE_CHECKING:
    from vibex.market import FundingSeries
    from vibex.venues.simulator.exchange import SymbolRules
    from vibex.venues.simulator.http import AccountKeys
    from vibex.venues.simulator.simulator import Source

KEY_FIELDS = ("api_key", "api_secret", "user", "signer", "private_key")
"""What `--key NAME=file` may hold, and behind a prefix and in capitals what `--key NAME=env:PREFIX` reads."""


def amount(text: str) -> Decimal:
    """An account's start in USDT."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"{text!r} is not an amount", field="balance") from None
    if not number.is_finite() or number < 0:
        raise InvalidInput(f"{text!r} is not an amount of at least 0", field="balance")
    return number


def named(option: str, values: list[str] | None) -> dict[str, str]:
    """`NAME=VALUE` arguments of one option, each name once."""
    found: dict[str, str] = {}
    for text in values or []:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise InvalidInput(f"{text!r} names no symbol" if option != "key" else "names no account", field=option,
                               remedy="write NAME=VALUE")  # fmt: skip
        if name in found:
            raise InvalidInput(f"{name} is given twice", field=option)
        found[name] = value
    return found


def sources(files: Mapping[str, Mapping[str, str]]) -> dict[str, Source]:
    """The market of each symbol from the files of `data`, `depth`, `snapshot`, `trades`, `mark`, `index`, `funding`."""
    from vibex.market import read_bars, read_funding, read_mark
    from vibex.market.recordings import read_depth, read_trades
    from vibex.venues.simulator.exchange.words import Side
    from vibex.venues.simulator.participants import DepthMessage, RecordedTrade
    from vibex.venues.simulator.simulator import Source

    made = {}
    for symbol in dict.fromkeys(name for of_kind in files.values() for name in of_kind):
        one = {kind: Path(named_files[symbol]) for kind, named_files in files.items() if symbol in named_files}
        if "data" in one and "depth" in one:
            raise InvalidInput(f"{symbol} has bars and a recorded book", field="depth", remedy="give one of them")
        if "snapshot" in one and "depth" not in one:
            raise InvalidInput(f"a snapshot of {symbol} without its book", field="snapshot", remedy="add --depth")
        depth = read_depth(one["depth"], one.get("snapshot")) if "depth" in one else []
        trades = read_trades(one["trades"]) if "trades" in one else []
        made[symbol] = Source(
            bars=read_bars(one["data"], symbol=symbol).bars if "data" in one else None,
            mark=read_mark(one["mark"], symbol) if "mark" in one else None,
            index=read_mark(one["index"], symbol) if "index" in one else None,
            depth=[DepthMessage(time_ms=row.time_ms, bids=row.bids, asks=row.asks) for row in depth],
            trades=[
                RecordedTrade(
                    time_ms=row.time_ms,
                    price=row.price,
                    quantity=row.quantity,
                    side=Side.SELL if row.buyer_is_maker else Side.BUY,
                )
                for row in trades
            ],
            funding=_rates(read_funding(one["funding"], symbol)) if "funding" in one else (),
        )
    return made


def _rates(series: FundingSeries) -> list[tuple[int, Decimal]]:
    return [(int(at), Decimal(repr(float(rate)))) for at, rate in zip(series.time, series.rate, strict=True)]


def instrument_rules(path: Path | None) -> dict[str, SymbolRules]:
    """Rules from a file with what GET exchangeInfo answers, and beside it `leverageBracket`."""
    if path is None:
        return {}
    from vibex.domain.json_text import loads
    from vibex.market.textfiles import read_text
    from vibex.venues.simulator.exchange.listing import rules_of

    try:
        document = loads(read_text(path, "instruments"))
    except ValueError:
        raise InvalidInput(
            f"{path} is no JSON", field="instruments", remedy="save what GET exchangeInfo answers"
        ) from None
    return rules_of(document)


def account_keys(names: list[str], supplied: Mapping[str, str]) -> list[AccountKeys]:
    """Supplied keys where there are some, generated ones for the rest. Messages never repeat a key."""
    from vibex.venues.simulator.http import generate_keys, supply_keys

    for name in supplied:
        if name not in names:
            raise InvalidInput(f"a key for {name}, which is no account here", field="key", remedy="add --account")
    return [
        supply_keys(name, _key_values(name, supplied[name])) if name in supplied else generate_keys(name)
        for name in names
    ]


def _key_values(name: str, source: str) -> dict[str, str]:
    if source.startswith("env:"):
        prefix = source.removeprefix("env:")
        found = {field: os.environ.get(f"{prefix}_{field.upper()}", "") for field in KEY_FIELDS}
        return {field: value for field, value in found.items() if value}
    from vibex.domain.json_text import loads
    from vibex.market.textfiles import read_text

    try:
        document = loads(read_text(Path(source), "key"))
    except ValueError:
        document = None
    if isinstance(document, list):
        document = next((one for one in document if isinstance(one, dict) and one.get("account") == name), None)
    if not isinstance(document, dict):
        raise InvalidInput(f"the file for {name} holds no keys of it", field="key", remedy="an object with its keys")
    values = {("api_secret" if field == "secret" else field): value for field, value in document.items()}
    return {field: value for field, value in values.items() if field in KEY_FIELDS and isinstance(value, str)}

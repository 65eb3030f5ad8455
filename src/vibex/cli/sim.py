"""`vibex sim`: a local AsterDEX on 127.0.0.1, with its addresses and accounts as one JSON line."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from vibex.cli.edge import print_json

if TYPE_CHECKING:
    from socket import socket

    from vibex.domain.bars import Bars
    from vibex.venues.simulator.http import AccountKeys


def sim(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Prices and participants: the same seed, the same tape.")] = 1,
    speed: Annotated[float, typer.Option(help="Simulated seconds per real second.")] = 1.0,
    account: Annotated[list[str] | None, typer.Option(help="Name of an account; may be given often.")] = None,
    balance: Annotated[str, typer.Option(help="USDT that each account starts with.")] = "10000",
    symbol: Annotated[list[str] | None, typer.Option(help="Symbol to list; may be given often.")] = None,
    scenario: Annotated[Path | None, typer.Option(help="File with one fault per line.")] = None,
    data: Annotated[
        list[str] | None, typer.Option(help="SYMBOL=FILE: bars that a symbol follows instead of generated ones.")
    ] = None,
    testnet: Annotated[
        bool, typer.Option("--testnet", help="Sign for the testnet's chain, 714 instead of 1666.")
    ] = False,
    keys_out: Annotated[
        Path | None, typer.Option(help="Write the generated keys to this new file instead of the ready line.")
    ] = None,
) -> None:
    """Serve a simulated AsterDEX to this machine until it is stopped. Its keys are worth nothing elsewhere."""
    signal.signal(signal.SIGTERM, _leave)
    from vibex.domain import SystemClock
    from vibex.venues.simulator.faults import Script, read_script
    from vibex.venues.simulator.http import Application, generate_keys
    from vibex.venues.simulator.http.server import listen, serve
    from vibex.venues.simulator.simulator import Plan, Simulator

    names = account or ["sim-1"]
    plan = Plan(
        accounts=[(name, _amount(balance)) for name in names],
        symbols=symbol or ("BTCUSDT", "ETHUSDT", "SOLUSDT"),
        seed=seed,
        speed=speed,
        bars=_bars(data or []),
    )
    script = read_script(scenario) if scenario else Script()
    listener = listen(port)
    try:
        clock = SystemClock()
        keys = [generate_keys(name) for name in names]
        application = Application(
            Simulator(plan, clock), keys, clock=clock, chain_id=714 if testnet else 1666, script=script
        )
        _say_ready(listener, keys, keys_out, seed=seed, chain_id=714 if testnet else 1666)
        asyncio.run(serve(application, listener, clock))
    except KeyboardInterrupt:
        # Ctrl-C is how this command is stopped.
        typer.echo("Stopped.", err=True)
    finally:
        listener.close()


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM is how a test or a service manager stops this command: exit code 0."""
    raise SystemExit(0)


def _amount(text: str) -> Decimal:
    from vibex.domain.errors import InvalidInput

    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise InvalidInput(f"{text!r} is not an amount", field="balance") from None
    if not amount.is_finite() or amount < 0:
        raise InvalidInput(f"{text!r} is not an amount of at least 0", field="balance")
    return amount


def _bars(files: list[str]) -> dict[str, Bars]:
    from vibex.domain.errors import InvalidInput

    found: dict[str, Bars] = {}
    for text in files:
        name, equals, file = text.partition("=")
        if not equals:
            raise InvalidInput(f"{text!r} names no symbol", field="data", remedy="write SYMBOL=FILE")
        from vibex.market import read_bars

        found[name] = read_bars(Path(file), symbol=name).bars
    return found


def _say_ready(listener: socket, keys: list[AccountKeys], keys_out: Path | None, *, seed: int, chain_id: int) -> None:
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    accounts = [one.shown() for one in keys]
    if keys_out is not None:
        descriptor = os.open(keys_out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(accounts, file, indent=2)
    print_json(
        {
            "ready": True,
            "rest": f"http://{address}",
            "stream": f"ws://{address}",
            "chain_id": chain_id,
            "seed": seed,
            "keys_file": None if keys_out is None else str(keys_out),
            "accounts": [{"account": one.account} for one in keys] if keys_out else accounts,
        }
    )
    sys.stdout.flush()

"""`vibex sim`: a local AsterDEX, with its addresses and accounts as one JSON line."""

from __future__ import annotations

import ipaddress
import json
import os
import secrets
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from vibex.cli.edge import print_json

if TYPE_CHECKING:
    from vibex.venues.simulator.faults import Script
    from vibex.venues.simulator.http import AccountKeys
    from vibex.venues.simulator.simulator import Plan

STEPPED_START = datetime(2026, 1, 5, tzinfo=UTC)
"""Where stepped time begins without data and without `--start`: a run that is to be repeated cannot begin now."""


def sim(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the venue; 0 takes a free one.")] = 0,
    host: Annotated[str, typer.Option(help="Address to listen on; anything but loopback is open to others.")] = (
        "127.0.0.1"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Prices and participants: the same seed, the same tape.")] = 1,
    clock: Annotated[
        Literal["real", "stepped"], typer.Option(help="stepped: time jumps when venue and clients are idle.")
    ] = "real",
    speed: Annotated[float, typer.Option(help="Simulated seconds per real second (real clock).")] = 1.0,
    start: Annotated[str | None, typer.Option(help="Simulated time to begin at, such as 2026-01-05T00:00Z.")] = None,
    step_ms: Annotated[int, typer.Option(min=1, help="Simulated ms between two moves of the crowd.")] = 1000,
    account: Annotated[list[str] | None, typer.Option(help="Name of an account; may be given often.")] = None,
    balance: Annotated[str, typer.Option(help="USDT that each account starts with.")] = "10000",
    key: Annotated[
        list[str] | None, typer.Option(help="NAME=FILE or NAME=env:PREFIX: keys of an account, never printed.")
    ] = None,
    symbol: Annotated[list[str] | None, typer.Option(help="Symbol to list; may be given often.")] = None,
    instruments: Annotated[
        Path | None, typer.Option(help="More symbols, rules and brackets: a file with the venue's exchangeInfo.")
    ] = None,
    scenario: Annotated[Path | None, typer.Option(help="File with one fault per line.")] = None,
    data: Annotated[list[str] | None, typer.Option(help="SYMBOL=FILE: bars instead of generated ones.")] = None,
    depth: Annotated[list[str] | None, typer.Option(help="SYMBOL=FILE: a recorded order book.")] = None,
    snapshot: Annotated[list[str] | None, typer.Option(help="SYMBOL=FILE: where the recorded book starts.")] = None,
    trades: Annotated[list[str] | None, typer.Option(help="SYMBOL=FILE: recorded public trades.")] = None,
    mark: Annotated[list[str] | None, typer.Option(help="SYMBOL=FILE: bars of the mark price.")] = None,
    index: Annotated[list[str] | None, typer.Option(help="SYMBOL=FILE: bars of the index price.")] = None,
    funding: Annotated[list[str] | None, typer.Option(help="SYMBOL=FILE: settled funding rates.")] = None,
    levels: Annotated[int, typer.Option(min=1, max=100, help="Levels a side that the market maker quotes.")] = 10,
    noise: Annotated[float, typer.Option(min=0, max=1, help="Chance of a random trade per step.")] = 0.6,
    momentum: Annotated[float, typer.Option(min=0, max=1, help="Chance of a trade with a trend per step.")] = 0.1,
    testnet: Annotated[
        bool, typer.Option("--testnet", help="Sign for the testnet's chain, 714 instead of 1666.")
    ] = False,
    keys_out: Annotated[
        Path | None, typer.Option(help="Write the generated keys to this new file instead of the ready line.")
    ] = None,
) -> None:
    """Serve a simulated AsterDEX to this machine until it is stopped. Its keys are worth nothing elsewhere."""
    signal.signal(signal.SIGTERM, _leave)
    from vibex.cli import sim_inputs
    from vibex.domain.errors import InvalidInput
    from vibex.venues.simulator.faults import Script, read_script
    from vibex.venues.simulator.participants import CrowdSettings
    from vibex.venues.simulator.simulator import Plan

    stepped = clock == "stepped"
    if stepped and speed != 1:
        raise InvalidInput("stepped time goes as fast as it can", field="speed", remedy="leave it out")
    names = account or ["sim-1"]
    files = {"data": data, "depth": depth, "snapshot": snapshot, "trades": trades, "mark": mark, "index": index,
             "funding": funding}  # fmt: skip
    rules = sim_inputs.instrument_rules(instruments)
    plan = Plan(
        accounts=[(name, sim_inputs.amount(balance)) for name in names],
        symbols=symbol or (*rules,) or ("BTCUSDT", "ETHUSDT", "SOLUSDT"),
        seed=seed,
        speed=speed,
        step_ms=step_ms,
        sources=sim_inputs.sources({kind: sim_inputs.named(kind, given) for kind, given in files.items()}),
        rules=rules,
        start_ms=None if start is None else _moment(start),
        crowd=CrowdSettings(levels=levels, noise=noise, momentum=momentum),
    )
    keys = sim_inputs.account_keys(names, sim_inputs.named("key", key))
    script = read_script(scenario) if scenario else Script()
    _warn_of_others(host)
    try:
        _run(plan, keys, script, port=port, host=host, stepped=stepped, testnet=testnet, keys_out=keys_out)
    except KeyboardInterrupt:
        # Ctrl-C is how this command is stopped.
        typer.echo("Stopped.", err=True)


def _run(
    plan: Plan,
    keys: list[AccountKeys],
    script: Script,
    *,
    port: int,
    host: str,
    stepped: bool,
    testnet: bool,
    keys_out: Path | None,
) -> None:
    from vibex.domain import Clock, SystemClock
    from vibex.venues.simulator.http import Application
    from vibex.venues.simulator.http.control import Control
    from vibex.venues.simulator.http.server import address_of, listen, serve
    from vibex.venues.simulator.simulator import Simulator
    from vibex.venues.simulator.stepped import Keeper, LoopClock, SteppedLoop

    token, chain_id = secrets.token_urlsafe(24), 714 if testnet else 1666
    trading = listen(port, host)
    listeners = [trading]
    try:
        controlling = listen(0)
        listeners.append(controlling)
        loop, keeper, timing = None, None, None
        clock: Clock = SystemClock()
        if stepped:
            first = plan.first_ms
            start = STEPPED_START if first is None else datetime.fromtimestamp(first / 1000, UTC)
            timing = listen(0)
            listeners.append(timing)
            loop = SteppedLoop()
            keeper = Keeper(loop, timing, token, start_ms=round(start.timestamp() * 1000))
            clock = LoopClock(loop, start)
        simulator = Simulator(plan, clock)
        application = Application(simulator, keys, clock=clock, chain_id=chain_id, script=script)
        _say_ready(
            keys,
            keys_out,
            {
                "rest": f"http://{address_of(trading)}",
                "stream": f"ws://{address_of(trading)}",
                "control": f"http://{address_of(controlling)}",
                "clock": None if timing is None else address_of(timing),
                "token": token,
                "chain_id": chain_id,
                "seed": plan.seed,
                "speed": None if stepped else plan.speed,
                "start": datetime.fromtimestamp(simulator.start_ms / 1000, UTC).isoformat(),
            },
        )
        control = Control(application, token)
        serve(application, control, clock, trading=trading, controlling=controlling, loop=loop, keeper=keeper)
    finally:
        for listener in listeners:
            listener.close()


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM is how a test or a service manager stops this command: exit code 0."""
    raise SystemExit(0)


def _moment(text: str) -> int:
    from vibex.domain.errors import InvalidInput

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is no time", field="start", remedy="write it like 2026-01-05T00:00Z") from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _warn_of_others(host: str) -> None:
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        typer.echo(f"warning: {host} is not this machine alone: whoever reaches it can see this venue", err=True)


def _say_ready(keys: list[AccountKeys], keys_out: Path | None, said: dict[str, object]) -> None:
    generated = [one.shown() for one in keys if not one.supplied]
    if keys_out is not None:
        descriptor = os.open(keys_out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(generated, file, indent=2)
    shown = [{"account": one.account} if one.supplied or keys_out else one.shown() for one in keys]
    print_json({"ready": True, **said, "keys_file": None if keys_out is None else str(keys_out), "accounts": shown})
    sys.stdout.flush()

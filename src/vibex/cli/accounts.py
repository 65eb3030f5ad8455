"""`vibex accounts` and `vibex kill`: what is configured, what state it is in, and what it is told to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from vibex.cli.edge import print_json

if TYPE_CHECKING:
    from vibex.accounts.configuration import AccountConfig
    from vibex.accounts.control import AccountsControl, AccountView

T = TypeVar("T")

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
Config = Annotated[Path | None, typer.Option("--config", help="accounts.yaml or accounts.json; many accounts.")]
Many = Annotated[bool, typer.Option("--multi-account", help="As MULTI_ACCOUNT_MODE=true.")]
Id = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account's id.")]

app = typer.Typer(
    help="List, check, pause, resume and stop trading accounts.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_(config: Config = None, multi_account: Many = False, json: Json = False) -> None:
    """Every account that is configured or was before, with its state."""
    views = _with_control(lambda control: control.overview(_configured(config, multi_account)))
    if json:
        print_json({"accounts": [view.to_json() for view in views]})
        return
    for view in views:
        typer.echo(_line(view))


@app.command()
def show(account: Id, config: Config = None, multi_account: Many = False, json: Json = False) -> None:
    """One account: configuration without its keys, state, who trades it, and commands that wait."""
    from vibex.domain import InvalidInput

    views = _with_control(lambda control: control.overview(_configured(config, multi_account)))
    found = next((view for view in views if view.registered.id == account), None)
    if found is None:
        raise InvalidInput(f"there is no account {account!r}", field="account", remedy="vibex accounts list")
    if json:
        print_json(found.to_json())
        return
    for name, value in found.to_json().items():
        if value not in (None, []):
            typer.echo(f"{name:<14}{_plain(value)}")


@app.command()
def check(config: Config = None, multi_account: Many = False, json: Json = False) -> None:
    """Whether every configured account could trade: exit code 2, and each reason, when one could not."""
    problems: dict[str, str | None] = {}
    for account in _configured(config, multi_account):
        problems[account.id] = _problem(account)
    if json:
        print_json({"accounts": [{"id": name, "problem": problem} for name, problem in problems.items()]})
    else:
        for name, problem in problems.items():
            typer.echo(f"{name}: {problem or 'ok'}", err=problem is not None)
    raise typer.Exit(2 if any(problems.values()) else 0)


@app.command()
def pause(account: Id) -> None:
    """No entries until it is resumed; positions keep their exits."""
    _tell(account, "pause")


@app.command()
def resume(
    account: Id,
    rearm: Annotated[bool, typer.Option("--rearm", help="Leave a halt as well; look at the account first.")] = False,
) -> None:
    """Trade again after a pause or a stop; a halted account needs --rearm."""
    _tell(account, "resume", rearm=rearm)


@app.command()
def stop(account: Id) -> None:
    """No decisions and no entries until it is resumed; positions keep the exits that rest at the venue."""
    _tell(account, "stop")


def kill(
    account: Annotated[str | None, typer.Option(help="Only this account; otherwise every one.")] = None,
    flatten: Annotated[bool, typer.Option("--flatten", help="Close all positions as well.")] = False,
) -> None:
    """Halt at once: no entry is written after this, and a person has to re-arm the account."""
    views = _with_control(lambda control: control.kill(account, by=_person(), flatten=flatten))
    for view in views:
        typer.echo(f"{view.registered.id}: entries are stopped; {_taken_up(view, 'it is halted when it starts')}")
    idle = [view.registered.id for view in views if view.lease is None]
    if flatten and idle:
        typer.echo(
            f"positions of {', '.join(idle)} are NOT closed now: no process trades them. They are closed when one is"
            " started; to close them at once use the venue's own pages",
            err=True,
        )
        raise typer.Exit(1)


def _tell(account: str, command: str, *, rearm: bool = False) -> None:
    from vibex.store import CommandKind

    arguments = {"rearm": True} if rearm else {}
    view = _with_control(lambda control: control.tell(account, CommandKind(command), by=_person(), arguments=arguments))
    typer.echo(f"{account}: {command} is written; {_taken_up(view, 'it counts when the account is started')}")


def _taken_up(view: AccountView, otherwise: str) -> str:
    if view.lease is None:
        return f"no process trades it now, {otherwise}"
    return f"process {view.lease.holder} takes it up within a second"


def _with_control(use: Callable[[AccountsControl], Awaitable[T]]) -> T:
    from vibex.domain import SystemClock
    from vibex.services import open_accounts
    from vibex.settings import Settings

    async def go() -> T:
        async with open_accounts(Settings().storage, SystemClock()) as control:
            return await use(control)

    return asyncio.run(go())


def _configured(config: Path | None, multi_account: bool) -> tuple[AccountConfig, ...]:
    from vibex.accounts.configuration import AccountsSource, load_accounts
    from vibex.settings import environment

    many = True if multi_account or config is not None else None
    return load_accounts(AccountsSource(environment=environment(), multi_account=many, file=config))


def _problem(account: AccountConfig) -> str | None:
    """What keeps the account from trading, with its remedy; None when nothing does."""
    from vibex.accounts.configuration import venue_config
    from vibex.domain import InvalidInput

    for what, path in (("POLICY_FILE", account.policy_file), ("STRATEGY_FILE", account.strategy_file)):
        if path is not None and not path.is_file():
            return f"{what}: there is no file {path}"
    try:
        venue_config(account)
    except InvalidInput as error:
        return str(error)
    return None


def _line(view: AccountView) -> str:
    said = view.to_json()
    killed = any(one.kind.value == "kill" for one in view.pending)
    state = "halted" if said["halted_reason"] or killed else said["status"]
    if view.config is None:
        return f"{said['id']:<20} {state:<8} not configured any more"
    trades = f"{_plain(said['assets'])} every {said['interval']} on {said['venue']} by {said['model'] or said['maker']}"
    waiting = "".join(f", {one.kind.value} waits" for one in view.pending)
    return f"{said['id']:<20} {state:<8} {trades}{waiting}{'' if view.lease else ', not running'}"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return " by ".join(str(one) for one in value.values())
    return "yes" if value is True else "no" if value is False else str(value)


def _person() -> str:
    """Who gives the command, for the record."""
    import getpass
    import os

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"

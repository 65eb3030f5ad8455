"""The `vibex` command: its groups and its version. Modules of commands load their rooms when they run."""

from __future__ import annotations

from typing import Annotated

import typer

import vibex
from vibex.cli import accounts, agent, backtest, chat, data, doctor, risk, sim, strategy, up, venue
from vibex.cli.edge import Edge

app = typer.Typer(
    name="vibex",
    cls=Edge,
    help="Describe a strategy, see honest evidence for it.",
    no_args_is_help=True,
    add_completion=False,
    # Plain text: read by people and by programs alike, and a usage error is one short message.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command(name="chat")(chat.chat)
app.command(name="backtest")(backtest.backtest)
app.command(name="up")(up.up)
app.add_typer(data.app, name="data")
app.add_typer(strategy.app, name="strategy")
app.add_typer(accounts.app, name="accounts")
app.command(name="kill")(accounts.kill)
app.add_typer(agent.app, name="agent")
app.add_typer(risk.app, name="risk")
app.add_typer(venue.app, name="venue")
app.command(name="sim")(sim.sim)
app.command(name="doctor")(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vibex {vibex.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    """Describe a strategy, see honest evidence for it."""


def main() -> None:
    """The entry point. Leaves by SystemExit: 0, 1 (machine or defect), 2 (request), 130 (interrupted)."""
    app(prog_name="vibex")

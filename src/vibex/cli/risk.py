"""`vibex risk`: what a policy file allows, read out before anything trades under it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vibex.cli.edge import print_json

app = typer.Typer(help="What an account may do: policies.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """What an account may do: policies."""


@app.command()
def show(
    file: Annotated[Path | None, typer.Argument(help="A policy, YAML or JSON. Without one: the defaults.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Check a policy file and say in plain language what it allows; every value, and which are not the defaults."""
    from vibex.risk import Policy, changed, read_policy, reading

    policy = Policy() if file is None else read_policy(file)
    values = policy.model_dump(mode="json")
    if json:
        print_json({"policy": values, "changed": changed(policy), "reading": reading(policy)})
        return
    for sentence in reading(policy):
        typer.echo(sentence)
    typer.echo("\nvalues (* differs from the default)")
    differs = set(changed(policy))
    for name, value in values.items():
        typer.echo(f"{'*' if name in differs else ' '} {name:<26}{_shown(value)}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_shown(inner)}" for name, inner in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not set" if value is None else str(value)

"""`vibex doctor`: what is installed, reachable and missing, with the command that mends it."""

from __future__ import annotations

from typing import Annotated

import typer

from vibex.cli.edge import print_json


def doctor(json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Check this installation; exit code 1 when something that is needed is missing."""
    from vibex.cli.checks import State, examine
    from vibex.settings import Settings

    checks = examine(Settings())
    if json:
        print_json({"checks": [check.to_json() for check in checks]})
    else:
        for check in checks:
            remedy = f"\n{'':10}try: {check.remedy}" if check.remedy else ""
            typer.echo(f"{check.state.value:<10}{check.name}: {check.found}{remedy}")
    raise typer.Exit(1 if any(check.state is State.MISSING for check in checks) else 0)

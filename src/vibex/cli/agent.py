"""`vibex agent`: what becomes of a model's answer, judged from standard input without asking a model or trading."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vibex.cli.edge import print_json

if TYPE_CHECKING:
    from vibex.agent.sanitize import Sanitized, SanitizeInput
    from vibex.risk import Policy

app = typer.Typer(help="A model's answers, judged.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _group() -> None:
    """A model's answers, judged."""


@app.command()
def sanitize(
    assets: Annotated[str, typer.Option(help="The account's assets: BTC,ETH,SOL.")],
    equity: Annotated[str, typer.Option(help="Equity in US dollars.")],
    prices: Annotated[str, typer.Option(help="Prices now: BTC=60000,ETH=3000.")],
    positions: Annotated[str, typer.Option(help="Open positions, below 0 for shorts: BTC=0.5,ETH=-2.")] = "",
    policy: Annotated[Path | None, typer.Option(help="The account's policy, YAML or JSON. Without: defaults.")] = None,
    max_exposure: Annotated[
        str | None, typer.Option(help="Most gross notional as a multiple of equity, instead of the policy's.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Judge the answer on standard input: outcome, one decision per asset, reasons. Exit code 0 whatever it holds."""
    from vibex.agent.sanitize import MOST_BYTES
    from vibex.agent.sanitize import sanitize as judge

    given = _account(assets, equity, prices, positions, policy, max_exposure)
    text = sys.stdin.buffer.read(MOST_BYTES + 1).decode("utf-8", "replace")
    result = judge(text, given)
    if json:
        print_json(result.to_json())
    else:
        _show(result)


def _account(
    assets: str, equity: str, prices: str, positions: str, policy: Path | None, max_exposure: str | None
) -> SanitizeInput:
    from vibex.agent.sanitize import OpenPosition, SanitizeInput
    from vibex.risk import Policy, read_policy

    allowed = Policy() if policy is None else read_policy(policy)
    exposure = allowed.max_gross_exposure if max_exposure is None else _exposure(max_exposure, allowed)
    return SanitizeInput(
        assets=tuple(assets.replace(",", " ").split()),
        equity=_number(equity, "equity"),
        prices=_numbers(prices, "prices"),
        positions={
            asset: OpenPosition(quantity=quantity) for asset, quantity in _numbers(positions, "positions").items()
        },
        max_exposure=exposure,
        flip=allowed.flip,
        pyramiding=allowed.pyramiding,
    )


def _exposure(text: str, policy: Policy) -> Decimal:
    from vibex.domain import InvalidInput

    exposure = _number(text, "max_exposure")
    if exposure > policy.max_leverage:
        raise InvalidInput(
            f"{exposure} is more than the policy's leverage of {policy.max_leverage}",
            field="max_exposure",
            remedy=f"give at most {policy.max_leverage}, or a policy with a higher max_leverage",
        )
    return exposure


def _numbers(text: str, field: str) -> dict[str, Decimal]:
    from vibex.domain import InvalidInput

    found: dict[str, Decimal] = {}
    for part in text.replace(",", " ").split():
        asset, equals, number = part.partition("=")
        if not equals or not asset:
            raise InvalidInput(f"{part!r} names no asset and number", field=field, remedy="write BTC=60000,ETH=3000")
        if asset in found:
            raise InvalidInput(f"{asset} stands there twice", field=field)
        found[asset] = _number(number, field)
    return found


def _number(text: str, field: str) -> Decimal:
    from vibex.domain import InvalidInput
    from vibex.domain.money import to_decimal

    if not text.isascii() or "_" in text:
        raise InvalidInput(f"{text!r} is not a number", field=field)
    return to_decimal(text, field=field)


def _show(result: Sanitized) -> None:
    typer.echo(result.outcome.value)
    for decision in result.decisions:
        levels = "".join(
            f", {name} {level}"
            for name, level in (("stop", decision.sl_price), ("target", decision.tp_price))
            if level is not None
        )
        amount = f" {decision.allocation_usd} USD" if decision.allocation_usd else ""
        typer.echo(f"  {decision.asset}: {decision.action}{amount}{levels} ({decision.intent.value})")
    for head, lines in (("refused", result.reasons), ("repaired", result.repairs)):
        for line in lines:
            typer.echo(f"  {head}: {line}")

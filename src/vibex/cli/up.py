"""`vibex up`: the samples are run where they are not yet, then the reports are served until it is stopped."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from vibex.cli.edge import begin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from socket import socket

    from vibex.demo import Sample
    from vibex.settings import StorageSettings


def up(
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one. Default: API_PORT, else 3000."),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Generate the demo market anew and run every sample strategy again.")
    ] = False,
) -> None:
    """Start vibex on this machine: sample strategies, their reports, and every run that was saved.

    Only this machine can reach it; it trades nothing and changes nothing. Ctrl-C stops it.
    """
    signal.signal(signal.SIGTERM, _leave)
    from vibex.gateway import listen, serve
    from vibex.monitoring import configure_logs
    from vibex.settings import LogFormat, Settings

    settings = Settings()
    storage = settings.storage
    # The port comes first: who finds it taken has not waited for the samples.
    listener = listen(settings.server.port if port is None else port)
    if settings.server.host not in ("127.0.0.1", "localhost"):
        typer.echo(f"API_HOST={settings.server.host} is not followed: without a login only this machine is served.")
    try:
        configure_logs(
            level=settings.log.level, as_json=settings.log.format is LogFormat.JSON, folder=storage.logs_folder
        )
        begin()
        outcomes = _run_samples(storage, fresh=fresh)
        _say_ready(listener, storage, outcomes)
        serve(listener, storage)
    except KeyboardInterrupt:
        pass  # Ctrl-C is how this command is stopped; make would call any other exit code an error
    finally:
        listener.close()
    # Also where the shell has told its background jobs to ignore Ctrl-C, and the server alone heard it.
    typer.echo("\nStopped.")


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM ends the process in order: files half-written are removed, the exit code is 0."""
    raise SystemExit(0)


def _run_samples(storage: StorageSettings, *, fresh: bool) -> Counter[str]:
    from vibex.demo import prepare_samples
    from vibex.domain import SystemClock

    typer.echo("Preparing the sample strategies …")
    return _say_progress(prepare_samples(storage, SystemClock(), fresh=fresh))


def _say_progress(samples: Iterable[Sample]) -> Counter[str]:
    """One line per sample that was run or skipped; how many had which outcome, and how many were simulated."""
    from vibex.demo import Outcome

    outcomes: Counter[str] = Counter()
    for sample in samples:
        outcomes[sample.outcome] += 1
        outcomes["simulated"] += sample.simulated
        if sample.outcome is Outcome.RUN:
            gain = "–" if sample.total_return_pct is None else f"{sample.total_return_pct:+.2f} %"
            typer.echo(f"  {gain:>10}  {sample.name}{'  SIMULATED' if sample.simulated else ''}")
        elif sample.outcome is Outcome.SKIPPED:
            typer.echo(f"     skipped  {sample.name}: {sample.detail}")
    return outcomes


def _say_ready(listener: socket, storage: StorageSettings, outcomes: Counter[str]) -> None:
    from vibex.demo import examples_folder
    from vibex.gateway import url_of

    count = sum(outcomes[key] for key in ("run", "kept", "skipped"))
    samples = f"{count} strategies: {outcomes['run']} run now, {outcomes['kept']} kept from before"
    if outcomes["skipped"]:
        samples += f", {outcomes['skipped']} skipped"
    lines = [
        "",
        f"vibex is at {url_of(listener)}",
        "",
        f"  Home      {storage.home}",
        f"  Samples   {samples}",
        f"            from {examples_folder()}",
    ]
    if outcomes["simulated"]:
        lines.append(
            f"            {outcomes['simulated']} of them on SIMULATED prices, which say nothing about any market"
        )
    lines += [
        "  Your own  vibex backtest --spec STRATEGY.json --data PRICES.csv --save",
        "  Stop      Ctrl-C",
        "",
    ]
    typer.echo("\n".join(lines))
    sys.stdout.flush()

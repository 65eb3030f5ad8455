"""Plays drills: one simulated venue per seed, an account per drill, one after the other in stepped time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from vibex.domain import Clock, VibexError
from vibex.testing import stepped
from vibex.testing.drills.catalogue import DRILLS, Drill
from vibex.testing.drills.stage import DrillFailed, Place, Stage, simulated_venue


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """`failure` None: everything was as expected, and the invariant held."""

    drill: Drill
    seed: int
    failure: str | None


def account_of(drill: Drill) -> str:
    return f"drill{drill.number:02d}"


def playable(numbers: Sequence[int] = ()) -> list[Drill]:
    """Those that are played here; all of them without `numbers`."""
    return [drill for drill in DRILLS if drill.play is not None and (not numbers or drill.number in numbers)]


def run(seed: int, numbers: Sequence[int] = ()) -> Iterator[Played]:
    """Every chosen drill under one seed."""
    drills = playable(numbers)
    with simulated_venue(seed, [account_of(drill) for drill in drills]) as ready:
        for drill in drills:
            yield play(drill, seed, ready)


def play(drill: Drill, seed: int, ready: dict[str, Any]) -> Played:
    """One drill on a running venue that has an account for it."""
    place = Place(ready, account_of(drill), random.Random(f"{seed}/{drill.number}"))

    async def main(clock: Clock) -> str | None:
        stage = Stage(place, clock)
        await stage.start()
        try:
            await _act(stage, drill)
        except (DrillFailed, VibexError) as error:
            return f"{type(error).__name__}: {error}"
        finally:
            await _leave(stage)
        return None

    return Played(drill=drill, seed=seed, failure=stepped.run(main, ready["clock"], ready["token"]))


async def _act(stage: Stage, drill: Drill) -> None:
    if drill.play is None:
        raise DrillFailed("is not played here")
    # Orders meet the venue at another moment of its steps with every seed.
    await stage.sleep(stage.drawn.uniform(0.1, 2.5))
    await drill.play(stage)
    await stage.invariant()
    await stage.flatten()
    await stage.settle()
    await stage.invariant()
    stage.desk.check()


async def _leave(stage: Stage) -> None:
    try:
        await stage.clear_faults()
    finally:
        await stage.stop()

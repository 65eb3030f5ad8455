"""The part of history that an idea may not see until it is opened, once: kept by idea and symbols.

A conversation seals by default: whoever looks at all of history while choosing has no data left to be tested on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from vibex.backtest.holdout import HoldoutStatus, seal
from vibex.domain import Clock
from vibex.domain.arrays import I64
from vibex.store import Owner, SealRepository, StoredSeal

SHARE = 0.2
"""The last fifth, at least six months where that is no more than half."""


class Seals:
    """The seals of one idea at a time. `status` is asked while a run computes, so it only reads what `load` brought;
    seals that it makes are written by `keep`."""

    def __init__(self, repository: SealRepository, owner: Owner, clock: Clock) -> None:
        self._repository = repository
        self._owner = owner
        self._clock = clock
        self._known: dict[str, StoredSeal] = {}
        self._unwritten: list[StoredSeal] = []
        self._strategy_id = ""

    async def load(self, strategy_id: str) -> None:
        """Read the seals of an idea; those of another one are forgotten."""
        if strategy_id != self._strategy_id:
            self._strategy_id = strategy_id
            self._known = {each.symbols: each for each in await self._repository.of(self._owner, strategy_id)}
            self._unwritten = []

    def status(self, symbols: Sequence[str], opens: I64) -> HoldoutStatus | None:
        """What a run on these symbols may see; `opens` are the opens of their bars, which a first seal is cut from.
        None where there is too little history to seal a part of."""
        if len(opens) < 2:
            return None
        key = _key(symbols)
        if key not in self._known:
            sealed_from = _moment(seal(opens, SHARE).sealed_from_ms)
            made = StoredSeal(strategy_id=self._strategy_id, symbols=key, sealed_from=sealed_from)
            self._known[key] = made
            self._unwritten.append(made)
        known = self._known[key]
        opened = None if known.opened_at is None else _ms(known.opened_at)
        return HoldoutStatus(
            sealed_from_ms=_ms(known.sealed_from), opened_at_ms=opened, seen=known.opened_at is not None
        )

    async def keep(self) -> None:
        """Write the seals that are new."""
        while self._unwritten:
            await self._repository.add(self._owner, self._unwritten[0])
            del self._unwritten[0]

    async def open(self, symbols: Sequence[str]) -> bool:
        """Open the seal of these symbols for ever; False where there is none or it is open already."""
        await self.keep()
        known = self._known.get(_key(symbols))
        if known is None or known.opened_at is not None:
            return False
        await self._repository.open(self._owner, self._strategy_id, known.symbols, self._clock.now())
        self._known = {each.symbols: each for each in await self._repository.of(self._owner, self._strategy_id)}
        return True


def _key(symbols: Sequence[str]) -> str:
    return ",".join(sorted(symbols))[:512]


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _moment(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)

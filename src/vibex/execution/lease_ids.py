"""Client order ids of one lease: counted from the journal, so that a restart never gives an id twice."""

from __future__ import annotations

from vibex.domain import ClientOrderId, OrderKind


class LeaseIds:
    """Begins at 1, or where `begin` says."""

    def __init__(self, account_tag: str, lease_epoch: int) -> None:
        self._tag, self._epoch, self._next = account_tag, lease_epoch, 1

    def begin(self, sequence: int) -> None:
        """The ledger's next sequence under this lease; never goes back."""
        self._next = max(self._next, sequence)

    def next(self, kind: OrderKind) -> ClientOrderId:
        made = ClientOrderId(account_tag=self._tag, lease_epoch=self._epoch, sequence=self._next, kind=kind)
        self._next += 1
        return made

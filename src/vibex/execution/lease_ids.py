"""Client order ids of one lease: counted from the journal, so that a restart never gives an id twice."""

from __future__ import annotations

from itertools import count

from vibex.domain import ClientOrderId, OrderKind


class LeaseIds:
    """`first` is the ledger's next sequence under this lease."""

    def __init__(self, account_tag: str, lease_epoch: int, first: int = 1) -> None:
        self._tag, self._epoch = account_tag, lease_epoch
        self._numbers = count(first)

    def next(self, kind: OrderKind) -> ClientOrderId:
        return ClientOrderId(
            account_tag=self._tag, lease_epoch=self._epoch, sequence=next(self._numbers), kind=kind
        )

"""What differs between the venues behind ccxt: one `Dialect` each, a table of requests and of readings, without I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from vibex.domain import OrderStatus
from vibex.venues.ccxt.documents import Json
from vibex.venues.outcome import Refused
from vibex.venues.profile import Request, VenueProfile
from vibex.venues.reports import Balance, IncomeRow, MarginMode, VenueInstrument


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a venue's API by ccxt's name for its path, with exactly `params`.

    `signed_action`: the params are an action of Hyperliquid, which is signed as a whole and sent in an envelope.
    """

    method: str
    params: Json = field(default_factory=dict)
    signed_action: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A perpetual in three spellings: ours (`instrument.symbol`), ccxt's and the venue's.

    `size` is base units per contract of the venue's quantities (1 where it counts base units). `asset` is the number by
    which Hyperliquid knows it.
    """

    instrument: VenueInstrument
    ccxt_symbol: str
    size: Decimal
    asset: int | None = None

    @property
    def id(self) -> str:
        return self.instrument.venue_symbol

    def contracts(self, quantity: Decimal) -> Decimal:
        """Base units → the venue's quantity. Exact for a quantity on the lot."""
        return quantity / self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a venue's answer to a placed order says; some only say that they have it."""

    venue_order_id: str
    status: OrderStatus = OrderStatus.OPEN
    filled: Decimal = Decimal(0)
    average_price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueError:
    code: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Codes of a venue, as text, by what they prove. `unknown`: nothing; `missing`: there is no such order;
    `unchanged`: a setting holds already. `remedies` says what to do where the kind of error does not."""

    unknown: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    unchanged: frozenset[str] = frozenset()
    remedies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """How ccxt's readings are asked for. `bars_page` bars, `mark_page` bars of the mark price (None: the venue has
    none), `rates_page` settled rates, and `book_depths` levels (empty: any number up to `deepest_book`) come with one
    answer; `open_orders` are the parameters of the questions that together list all open orders. `rates_end` is what
    the end of a range of rates is called where ccxt's own `until` does not reach the venue; `end_is_excluded` is how
    the venue reads the end of any range."""

    bars_page: int
    mark_page: int | None
    rates_page: int
    deepest_book: int
    book_depths: Sequence[int] = ()
    open_orders: Sequence[Mapping[str, str | bool]] = ({},)
    rates_end: str = "until"
    end_is_excluded: bool = False


class Dialect(Protocol):
    """One venue. Builders raise nothing for a request that the profile lists; readers raise RetryLater for answers
    that do not hold what they must."""

    @property
    def name(self) -> str: ...

    @property
    def ccxt_class(self) -> str: ...

    @property
    def profile(self) -> VenueProfile: ...

    @property
    def settle(self) -> frozenset[str]:
        """Margin assets of the contracts that are listed."""
        ...

    @property
    def options(self) -> Mapping[str, object]:
        """Settings of ccxt's class that keep it to perpetuals and to what is asked."""
        ...

    @property
    def codes(self) -> Codes: ...

    @property
    def reads(self) -> Reads: ...

    def error(self, document: object) -> VenueError | None:
        """The venue's refusal in an answer, None when there is none."""
        ...

    def check(self, request: Request, contract: Contract) -> Refused | None:
        """Rules of this venue beyond tick and lot."""
        ...

    def needs_mark(self, request: Request) -> bool:
        """Whether `place` bounds the price of `request` by the mark."""
        ...

    def place(self, request: Request, contract: Contract, mark: Decimal | None) -> Call: ...

    def receipt(self, document: object) -> Receipt | None:
        """None for an answer that shows no order."""
        ...

    def cancel(self, contract: Contract, client_order_id: str) -> Sequence[Call]:
        """Calls to try in order while the venue answers that it has no such order."""
        ...

    def find(self, contract: Contract, client_order_id: str, user: str) -> Sequence[Call]:
        """As `cancel`, to look an order up."""
        ...

    def found(self, document: object) -> Mapping[str, object] | None:
        """The order in an answer of `find`, in the venue's shape."""
        ...

    def follow(self, contract: Contract, order: Mapping[str, object]) -> Call | None:
        """The look-up of the order that a fired stop has become."""
        ...

    def client_order_id(self, venue_client_id: str | None) -> str:
        """Our spelling of the venue's client id; a foreign id as it is."""
        ...

    def venue_type(self, order: Mapping[str, object]) -> str: ...

    def set_leverage(self, contract: Contract, leverage: int) -> Call: ...

    def set_margin_mode(self, contract: Contract, mode: MarginMode) -> Call | None:
        """None: the mode holds without a request."""
        ...

    def modes(self) -> Call | None:
        """The question for position mode and multi-assets mode; None where the venue has one of each."""
        ...

    def read_modes(self, document: object) -> tuple[bool, bool]:
        """(hedge, multi-assets)."""
        ...

    def balances(self, user: str) -> Call: ...

    def read_balances(self, document: object) -> Sequence[Balance]: ...

    def income(self, start: datetime, end: datetime, user: str, cursor: str | None) -> Call: ...

    def read_income(self, document: object, cursor: str | None) -> tuple[Sequence[IncomeRow], str | None]:
        """Rows of the page `cursor`, with symbols in the venue's spelling, and the next cursor, None at the end."""
        ...

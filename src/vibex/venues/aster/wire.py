"""The venue's documents as it spells them: models of answers, with numbers read exactly.

Fields that the venue adds are ignored; ids and times may be numbers or text (both occur); what this client does not
use is not listed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel

from vibex.domain import RetryLater
from vibex.venues.aster.answers import Json

T = TypeVar("T")


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, BeforeValidator(_text)]
"""An id: text here, number or text on the wire."""


class _Document(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True, alias_generator=to_camel)


class WireFilter(_Document):
    """One rule of a contract; which fields it has depends on `filterType`."""

    filter_type: str
    min_price: Decimal = Decimal(0)
    max_price: Decimal = Decimal(0)
    tick_size: Decimal = Decimal(0)
    min_qty: Decimal = Decimal(0)
    max_qty: Decimal = Decimal(0)
    step_size: Decimal = Decimal(0)
    limit: int | None = None
    notional: Decimal = Decimal(0)
    multiplier_up: Decimal | None = None
    multiplier_down: Decimal | None = None


class WireSymbol(_Document):
    symbol: str
    status: str
    contract_type: str = "PERPETUAL"
    base_asset: str
    quote_asset: str
    margin_asset: str = ""
    filters: list[WireFilter]
    # The documents say OrderType, the venue sends orderTypes.
    order_types: list[str] = Field(default_factory=list)
    order_type: list[str] = Field(default_factory=list, alias="OrderType")
    time_in_force: list[str] = Field(default_factory=list)
    liquidation_fee: Decimal | None = None
    market_take_bound: Decimal | None = None
    trigger_protect: Decimal | None = None


class WireRateLimit(_Document):
    rate_limit_type: str
    interval: str
    interval_num: int
    limit: int


class WireExchangeInfo(_Document):
    symbols: list[WireSymbol]
    rate_limits: list[WireRateLimit] = Field(default_factory=list)


class WireDepth(_Document):
    last_update_id: int
    event_time: int | None = Field(default=None, alias="E")
    bids: list[tuple[Decimal, Decimal]]
    asks: list[tuple[Decimal, Decimal]]


class WirePremiumIndex(_Document):
    symbol: str
    mark_price: Decimal
    index_price: Decimal | None = None
    last_funding_rate: Decimal | None = None
    next_funding_time: int | None = None
    time: int


class WireFundingRate(_Document):
    symbol: str
    funding_rate: Decimal
    funding_time: int


class WireFundingInfo(_Document):
    symbol: str
    funding_interval_hours: int
    funding_fee_cap: Decimal | None = None
    funding_fee_floor: Decimal | None = None


class WireOpenInterest(_Document):
    symbol: str
    open_interest: Decimal
    time: int


class WireOrder(_Document):
    """An order in the answer to any call about it."""

    order_id: Id
    symbol: str
    status: str
    client_order_id: str
    price: Decimal = Decimal(0)
    avg_price: Decimal = Decimal(0)
    orig_qty: Decimal
    executed_qty: Decimal
    time_in_force: str = "GTC"
    type: str
    orig_type: str = ""
    reduce_only: bool = False
    close_position: bool = False
    side: str
    position_side: str = "BOTH"
    stop_price: Decimal = Decimal(0)
    update_time: int | None = None
    time: int | None = None


class WireTrade(_Document):
    symbol: str
    id: Id
    order_id: Id
    price: Decimal
    qty: Decimal
    commission: Decimal
    commission_asset: str
    realized_pnl: Decimal = Decimal(0)
    side: str
    position_side: str = "BOTH"
    maker: bool
    time: int


class WireBalance(_Document):
    asset: str
    balance: Decimal
    cross_wallet_balance: Decimal
    available_balance: Decimal | None = None
    update_time: int | None = None


class WireAsset(_Document):
    """An asset inside the account document, which names the same amounts differently."""

    asset: str
    wallet_balance: Decimal
    cross_wallet_balance: Decimal = Decimal(0)
    available_balance: Decimal | None = None
    update_time: int | None = None


class WireAccount(_Document):
    fee_tier: int | None = None
    can_trade: bool
    total_initial_margin: Decimal
    total_maint_margin: Decimal
    total_wallet_balance: Decimal
    total_unrealized_profit: Decimal
    total_margin_balance: Decimal
    available_balance: Decimal
    assets: list[WireAsset]


class WirePosition(_Document):
    symbol: str
    position_amt: Decimal
    entry_price: Decimal
    mark_price: Decimal = Decimal(0)
    un_realized_profit: Decimal
    liquidation_price: Decimal = Decimal(0)
    leverage: Decimal | None = None
    margin_type: str
    isolated_margin: Decimal = Decimal(0)
    position_side: str = "BOTH"
    update_time: int = 0


class WireBracket(_Document):
    bracket: int
    initial_leverage: Decimal
    notional_cap: Decimal
    notional_floor: Decimal
    maint_margin_ratio: Decimal
    cum: Decimal


class WireBrackets(_Document):
    symbol: str
    brackets: list[WireBracket]


class WireIncome(_Document):
    symbol: str = ""
    income_type: str
    income: Decimal
    asset: str
    info: str = ""
    time: int
    tran_id: Id
    trade_id: Id = ""


class WireCommissionRate(_Document):
    symbol: str
    maker_commission_rate: Decimal
    taker_commission_rate: Decimal


class WirePositionMode(_Document):
    dual_side_position: bool


class WireMultiAssets(_Document):
    multi_assets_margin: bool


class WireSelfTrade(_Document):
    stp_mode: str


class WireListenKey(_Document):
    listen_key: str = Field(min_length=1)


class WireLeverage(_Document):
    symbol: str
    leverage: Decimal
    max_notional_value: Decimal | None = None


WireBar = tuple[int, Decimal, Decimal, Decimal, Decimal, Decimal, int, Any, Any, Any, Any, Any]
"""Open time, open, high, low, close, volume, close time, and six more that are not used."""


_ADAPTERS: dict[object, TypeAdapter[Any]] = {}


def _adapter(kind: type[T]) -> TypeAdapter[T]:
    """Building one costs more than many readings."""
    found = _ADAPTERS.get(kind)
    if found is None:
        found = _ADAPTERS[kind] = TypeAdapter(kind)
    return found


def conforms(kind: type[T], document: Json) -> T | None:
    """`document` as a `kind`, None when it is none."""
    try:
        return _adapter(kind).validate_python(document)
    except ValidationError:
        return None


def expect(kind: type[T], document: Json, what: str) -> T:
    """`document` as a `kind`. Raises RetryLater, naming the first field that is wrong, but not its content."""
    try:
        return _adapter(kind).validate_python(document)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise RetryLater(f"the venue's answer to {what} cannot be read: {place}: {first['msg'].lower()}") from None

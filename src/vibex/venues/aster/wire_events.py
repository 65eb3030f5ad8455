"""The venue's stream events as it spells them: one letter for a field, a letter's case for its meaning."""

from __future__ import annotations

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from vibex.venues.aster.wire import Id


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TradeEvent(_Event):
    """aggTrade, or trade on venues of the same family."""

    symbol: str = Field(alias="s")
    aggregate_id: Id | None = Field(default=None, alias="a")
    trade_id: Id | None = Field(default=None, alias="t")
    price: Decimal = Field(alias="p")
    quantity: Decimal = Field(alias="q")
    buyer_is_maker: bool = Field(alias="m")
    time: int = Field(alias="T")


class MarkPriceEvent(_Event):
    event_time: int = Field(alias="E")
    symbol: str = Field(alias="s")
    mark: Decimal = Field(alias="p")
    index: Decimal | None = Field(default=None, alias="i")
    funding_rate: Decimal | None = Field(default=None, alias="r")
    next_funding: int | None = Field(default=None, alias="T")


class KlineBody(_Event):
    open_time: int = Field(alias="t")
    interval: str = Field(alias="i")
    open: Decimal = Field(alias="o")
    high: Decimal = Field(alias="h")
    low: Decimal = Field(alias="l")
    close: Decimal = Field(alias="c")
    volume: Decimal = Field(alias="v")
    is_closed: bool = Field(alias="x")


class KlineEvent(_Event):
    event_time: int = Field(alias="E")
    symbol: str = Field(alias="s")
    bar: KlineBody = Field(alias="k")


class BookTickerEvent(_Event):
    update_id: int = Field(alias="u")
    symbol: str = Field(alias="s")
    bid: Decimal = Field(alias="b")
    bid_quantity: Decimal = Field(alias="B")
    ask: Decimal = Field(alias="a")
    ask_quantity: Decimal = Field(alias="A")
    event_time: int | None = Field(default=None, alias="E")


class DepthEvent(_Event):
    """Absolute quantities of changed levels; 0 removes one."""

    event_time: int = Field(alias="E")
    symbol: str = Field(alias="s")
    first_id: int = Field(alias="U")
    last_id: int = Field(alias="u")
    previous_id: int = Field(alias="pu")
    bids: list[tuple[Decimal, Decimal]] = Field(alias="b")
    asks: list[tuple[Decimal, Decimal]] = Field(alias="a")


class OrderBody(_Event):
    symbol: str = Field(alias="s")
    client_order_id: str = Field(alias="c")
    side: str = Field(alias="S")
    type: str = Field(alias="o")
    original_type: str = Field(default="", alias="ot")
    time_in_force: str = Field(alias="f")
    quantity: Decimal = Field(alias="q")
    price: Decimal = Field(alias="p")
    average_price: Decimal = Field(alias="ap")
    trigger_price: Decimal = Field(default=Decimal(0), alias="sp")
    execution: str = Field(alias="x")
    status: str = Field(alias="X")
    order_id: Id = Field(alias="i")
    last_quantity: Decimal = Field(alias="l")
    filled_quantity: Decimal = Field(alias="z")
    last_price: Decimal = Field(alias="L")
    fee_asset: str | None = Field(default=None, alias="N")
    fee: Decimal = Field(default=Decimal(0), alias="n")
    time: int = Field(alias="T")
    trade_id: Id = Field(default="0", alias="t")
    is_maker: bool = Field(default=False, alias="m")
    reduce_only: bool = Field(default=False, alias="R")
    position_side: str = Field(default="BOTH", alias="ps")
    closes_position: bool = Field(default=False, alias="cp")
    realised_pnl: Decimal = Field(default=Decimal(0), alias="rp")


class OrderEvent(_Event):
    event_time: int = Field(alias="E")
    order: OrderBody = Field(alias="o")


class WalletBody(_Event):
    asset: str = Field(alias="a")
    wallet: Decimal = Field(alias="wb")
    cross_wallet: Decimal = Field(alias="cw")
    change: Decimal | None = Field(default=None, alias="bc")


class PositionBody(_Event):
    symbol: str = Field(alias="s")
    quantity: Decimal = Field(alias="pa")
    entry_price: Decimal = Field(alias="ep")
    unrealised_pnl: Decimal = Field(alias="up")
    margin_type: str = Field(alias="mt")
    isolated_wallet: Decimal | None = Field(default=None, alias="iw")
    position_side: str = Field(default="BOTH", alias="ps")


class AccountBody(_Event):
    reason: str = Field(alias="m")
    wallets: list[WalletBody] = Field(default_factory=list, alias="B")
    positions: list[PositionBody] = Field(default_factory=list, alias="P")


class AccountEventDocument(_Event):
    event_time: int = Field(alias="E")
    account: AccountBody = Field(alias="a")


class CalledPosition(_Event):
    symbol: str = Field(alias="s")
    position_side: str = Field(default="BOTH", alias="ps")


class MarginCallEvent(_Event):
    event_time: int = Field(alias="E")
    positions: list[CalledPosition] = Field(alias="p")


class LeverageBody(_Event):
    symbol: str = Field(alias="s")
    leverage: Decimal = Field(alias="l")


class ModesBody(_Event):
    multi_assets: bool | None = Field(default=None, alias="j")
    hedge: bool | None = Field(default=None, alias="d")


class ConfigurationEvent(_Event):
    event_time: int = Field(alias="E")
    leverage: LeverageBody | None = Field(default=None, alias="ac")
    modes: ModesBody | None = Field(default=None, alias="ai")

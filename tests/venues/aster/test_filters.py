"""A contract's rules: onto the grid when sizing, refused off it before the wire."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.venues.aster.contracts import SOL, D
from tests.venues.aster.keys import ACCOUNT, NOON, client_id
from vibex.domain import ApprovedEntry, OrderType, ProtectiveExit, Side
from vibex.venues.aster.filters import check_rules, price_on_grid, quantity_on_grid
from vibex.venues.reports import VenueInstrument

prices = st.decimals(D("0.5"), D(90000), places=6)
quantities = st.decimals(D("0.000001"), D(2000000), places=6)
grids = st.builds(
    lambda tick, lot, least: replace(
        SOL, tick=D(tick), lot=D(lot), market_lot=D(lot), min_quantity=D(lot) * least, market_min_quantity=D(lot)
    ),
    st.sampled_from(["0.0001", "0.01", "0.05", "0.1", "0.25", "5"]),
    st.sampled_from(["0.001", "0.01", "0.5", "1", "10"]),
    st.integers(1, 5),
)


def entry(price: str | Decimal | None = "150.00", quantity: str | Decimal = "1.00", **changes: object) -> ApprovedEntry:
    return ApprovedEntry(
        account_id=ACCOUNT,
        client_order_id=client_id(),
        symbol="SOL/USDT",
        side=changes.get("side", Side.BUY),  # type: ignore[arg-type]
        type=OrderType.MARKET if price is None else OrderType.LIMIT,
        quantity=D(quantity),
        leverage=D(2),
        valid_until=NOON,
        min_price=D("0.01"),
        max_price=D(1000000),
        rule="test",
        price=None if price is None else D(price),
    )


@settings(max_examples=100)
@given(grids, prices, st.sampled_from(list(Side)))
def test_a_price_on_the_grid_is_on_the_tick_and_never_pays_more(
    rules: VenueInstrument, price: Decimal, side: Side
) -> None:
    fitted = price_on_grid(rules, price, side)
    assert (fitted - rules.min_price) % rules.tick == 0
    assert abs(fitted - price) < rules.tick
    assert fitted <= price if side is Side.BUY else fitted >= price
    assert price_on_grid(rules, fitted, side) == fitted


@settings(max_examples=100)
@given(grids, quantities, st.sampled_from([OrderType.MARKET, OrderType.LIMIT]))
def test_a_quantity_on_the_grid_is_on_the_lot_within_bounds_and_never_larger(
    rules: VenueInstrument, quantity: Decimal, order_type: OrderType
) -> None:
    fitted = quantity_on_grid(rules, quantity, order_type)
    market = order_type is OrderType.MARKET
    least = rules.market_min_quantity if market else rules.min_quantity
    most = rules.market_max_quantity if market else rules.max_quantity
    if fitted is None:
        assert quantity < least
        return
    assert least <= fitted <= min(quantity, most)
    assert (fitted - least) % rules.lot == 0
    assert min(quantity, most) - fitted < rules.lot


@settings(max_examples=60)
@given(grids, prices, quantities, st.sampled_from(list(Side)))
def test_what_was_put_on_the_grid_passes_the_check(
    rules: VenueInstrument, price: Decimal, quantity: Decimal, side: Side
) -> None:
    rules = replace(rules, min_notional=D(0), min_price=D(0))
    fitted_price = price_on_grid(rules, price, side)
    fitted = quantity_on_grid(rules, quantity, OrderType.LIMIT)
    if fitted is not None and fitted_price > 0:
        assert check_rules(entry(fitted_price, fitted, side=side), rules) is None


@pytest.mark.parametrize(
    ("price", "quantity", "code"),
    [
        ("150.005", "1", "-4014"),
        ("0.41", "100", "-4013"),
        ("100001", "1", "-4002"),
        ("150", "0.001", "-4004"),
        ("150", "2000000", "-4005"),
        ("150", "1.005", "-4023"),
        ("150", "0.03", "-4164"),
        ("155", "1", "-4016"),
        (None, "9000", "-4005"),
        (None, "0.03", "-4164"),
    ],
)
def test_an_order_off_the_grid_is_refused_with_the_venues_code(price: str | None, quantity: str, code: str) -> None:
    refused = check_rules(entry(price, quantity), SOL, mark_price=D(150))
    assert refused is not None
    assert refused.code == code
    assert refused.remedy


def test_a_sell_too_far_below_the_mark_is_refused() -> None:
    refused = check_rules(entry("140", side=Side.SELL), SOL, mark_price=D(150))
    assert refused is not None
    assert refused.code == "-4024"


def test_an_exit_needs_no_minimum_notional() -> None:
    small = ProtectiveExit(
        account_id=ACCOUNT,
        client_order_id=client_id(),
        symbol="SOL/USDT",
        side=Side.SELL,
        type=OrderType.MARKET,
        quantity=D("0.01"),
    )
    assert check_rules(small, SOL, mark_price=D(150)) is None


def test_a_contract_that_does_not_trade_takes_no_orders() -> None:
    refused = check_rules(entry(), replace(SOL, is_trading=False, status="SETTLING"))
    assert refused is not None
    assert refused.code == "-4140"
    assert "SETTLING" in refused.words

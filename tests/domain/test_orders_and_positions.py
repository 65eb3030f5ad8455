"""Order types refuse nonsense at construction; positions follow fills."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibex.domain import (
    ClientOrderId,
    Decision,
    Fill,
    Intent,
    InvalidInput,
    Liquidity,
    ManualClock,
    OrderKind,
    OrderType,
    PartTarget,
    Position,
    PositionSide,
    Protection,
    ProtectiveExit,
    QuantityKind,
    QuantityRule,
    Side,
    account_id,
    new_id,
)
from vibex.domain.protection import AtPrice, Choice, DistanceAway, PercentAway, RiskMultiple, resolve

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)
ACCOUNT = account_id("desk_1")
ENTRY_ID = ClientOrderId(account_tag="abcde", lease_epoch=1, sequence=35, kind=OrderKind.ENTRY)


def fill(side: Side, quantity: str, price: str) -> Fill:
    return Fill(
        account_id=ACCOUNT,
        client_order_id=ENTRY_ID,
        trade_id="1",
        symbol="BTC/USDT",
        side=side,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal("0.1"),
        fee_currency="USDT",
        liquidity=Liquidity.TAKER,
        event_at=NOON,
        received_at=NOON,
    )


def test_a_client_order_id_has_twenty_characters_and_reads_back() -> None:
    assert str(ENTRY_ID) == "vxabcde000100000ze00"
    assert ClientOrderId.parse(str(ENTRY_ID)) == ENTRY_ID


def test_a_sequence_that_does_not_fit_is_refused() -> None:
    with pytest.raises(InvalidInput, match="6 base36 digits"):
        ClientOrderId(account_tag="abcde", lease_epoch=1, sequence=36**6, kind=OrderKind.EXIT)


@pytest.mark.parametrize("text", ["", "vx", "zzabcde000100000ze00", "vxabcde000100000zq00", "vxABCDE000100000ze00"])
def test_a_foreign_client_order_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        ClientOrderId.parse(text)


def test_new_ids_sort_by_time_and_say_version_seven() -> None:
    clock = ManualClock(NOON)
    first = new_id(clock)
    clock.advance(0.001)
    second = new_id(clock)
    assert first < second
    assert first[14] == "7"
    assert first[19] in "89ab"
    assert int(first.replace("-", "")[:12], 16) == int(NOON.timestamp() * 1000)


@pytest.mark.parametrize("text", ["", "a b", "ä", "x" * 33, "a-b"])
def test_account_ids_are_letters_digits_and_underscores(text: str) -> None:
    with pytest.raises(InvalidInput):
        account_id(text)


def test_a_protective_exit_needs_the_prices_of_its_type() -> None:
    with pytest.raises(InvalidInput, match="needs one"):
        ProtectiveExit(
            account_id=ACCOUNT,
            client_order_id=ENTRY_ID,
            symbol="BTC/USDT",
            side=Side.SELL,
            type=OrderType.STOP_MARKET,
            quantity=None,
        )


def test_a_position_averages_realises_and_crosses_zero() -> None:
    position = Position(symbol="BTC/USDT").apply(fill(Side.BUY, "1", "100")).apply(fill(Side.BUY, "1", "110"))
    assert position.entry_price == Decimal(105)
    position = position.apply(fill(Side.SELL, "3", "120"))
    assert (position.quantity, position.entry_price) == (Decimal(-1), Decimal(120))
    assert position.realised_pnl == Decimal(30)
    assert position.side is PositionSide.SHORT
    assert position.unrealised_pnl(Decimal(110)) == Decimal(10)
    assert position.fees == Decimal("0.3")


@given(
    st.lists(
        st.tuples(st.sampled_from(Side), st.integers(1, 50), st.integers(1, 500)),
        min_size=1,
        max_size=30,
    )
)
def test_realised_and_unrealised_pnl_add_up_to_the_cash_flow(trades: list[tuple[Side, int, int]]) -> None:
    position, cash, mark = Position(symbol="X"), Decimal(0), Decimal(77)
    for side, quantity, price in trades:
        position = position.apply(fill(side, str(quantity), str(price)))
        cash += price * quantity * (-1 if side is Side.BUY else 1)
    total = position.realised_pnl + position.unrealised_pnl(mark)
    assert abs(total - (cash + position.quantity * mark)) < Decimal("1e-15")


def test_an_opening_decision_needs_side_and_quantity() -> None:
    with pytest.raises(InvalidInput, match="side and a quantity"):
        decision(intent=Intent.OPEN)


def test_a_hold_touches_nothing() -> None:
    with pytest.raises(InvalidInput, match="touches nothing"):
        decision(intent=Intent.HOLD, protection=Protection(stop=PercentAway(Decimal(2))))


def test_a_decision_is_void_after_its_time_to_live() -> None:
    assert decision(intent=Intent.HOLD).valid_until == NOON + timedelta(seconds=30)


def decision(*, intent: Intent, protection: Protection | None = None) -> Decision:
    return Decision(
        id="1",
        account_id=ACCOUNT,
        symbol="BTC/USDT",
        intent=intent,
        maker="baseline",
        data_at=NOON,
        time_to_live=timedelta(seconds=30),
        protection=protection or Protection(),
    )


def test_a_quantity_rule_refuses_more_than_the_whole_position() -> None:
    with pytest.raises(InvalidInput, match="whole position"):
        QuantityRule(QuantityKind.POSITION_FRACTION, Decimal("1.5"))


@pytest.mark.parametrize(
    ("rule", "side", "in_favour", "level"),
    [
        (PercentAway(Decimal(2)), PositionSide.LONG, False, "98"),
        (PercentAway(Decimal(2)), PositionSide.SHORT, False, "102"),
        (DistanceAway(Decimal(5)), PositionSide.SHORT, True, "95"),
        (AtPrice(Decimal(101)), PositionSide.LONG, False, None),
        (RiskMultiple(Decimal(2)), PositionSide.LONG, True, "108"),
        (Choice((PercentAway(Decimal(2)), DistanceAway(Decimal(5))), nearest=True), PositionSide.LONG, False, "98"),
        (Choice((PercentAway(Decimal(2)), DistanceAway(Decimal(5))), nearest=False), PositionSide.LONG, False, "95"),
        (Choice((PercentAway(Decimal(2)), AtPrice(Decimal(1000))), nearest=True), PositionSide.LONG, False, None),
    ],
)
def test_a_level_rule_resolves_at_the_fill_or_not_at_all(
    rule: PercentAway, side: PositionSide, in_favour: bool, level: str | None
) -> None:
    found = resolve(rule, fill=Decimal(100), side=side, in_favour=in_favour, stop=Decimal(96))
    assert found == (None if level is None else Decimal(level))


def test_one_target_and_several_exclude_each_other() -> None:
    half = PartTarget(PercentAway(Decimal(2)), Decimal("0.5"))
    assert Protection(parts=(half,)).target is None
    with pytest.raises(InvalidInput, match="exclude each other"):
        Protection(target=PercentAway(Decimal(2)), parts=(half,))


@pytest.mark.parametrize("fraction", ["0", "-0.5", "1.01"])
def test_a_target_takes_a_part_of_the_position(fraction: str) -> None:
    with pytest.raises(InvalidInput, match="no part of a position"):
        PartTarget(PercentAway(Decimal(2)), Decimal(fraction))

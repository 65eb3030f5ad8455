"""Liquidation prices against Binance's published formula, the recorded brackets, and the simulated venue."""

from __future__ import annotations

import csv
from decimal import Decimal
from itertools import groupby, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.venues.simulator.floor_kit import BTC, send, venue
from vibex.risk import liquidation_price, maintenance_margin
from vibex.venues.reports import LeverageBracket
from vibex.venues.simulator.exchange import standard_rules
from vibex.venues.simulator.exchange.margin import liquidation_price as simulated
from vibex.venues.simulator.exchange.modes import set_leverage, set_margin_type
from vibex.venues.simulator.exchange.words import PositionSide

D = Decimal


def recorded(folder: Path) -> dict[str, list[LeverageBracket]]:
    with (folder / "leverage_brackets_binance-usdm.csv").open() as file:
        rows = list(csv.DictReader(file))
    return {
        symbol: [
            LeverageBracket(
                notional_floor=D(row["min_notional"]),
                notional_cap=D(row["max_notional"]),
                max_leverage=D(row["max_leverage"]),
                maintenance_rate=D(row["maintenance_margin_rate"]),
                deduction=D(row["maintenance_amount"]),
            )
            for row in group
        ]
        for symbol, group in groupby(rows, key=lambda row: row["symbol"])
    }


def of_the_simulator() -> list[LeverageBracket]:
    return [
        LeverageBracket(
            notional_floor=one.floor,
            notional_cap=one.cap,
            max_leverage=D(one.leverage),
            maintenance_rate=one.maintenance_rate,
            deduction=one.cum,
        )
        for one in standard_rules(BTC).brackets
    ]


def flat_rate(rate: str, deduction: str) -> list[LeverageBracket]:
    """One bracket as wide as the example needs: the published examples name rate and amount of theirs only."""
    return [
        LeverageBracket(
            notional_floor=D(0),
            notional_cap=D(10**9),
            max_leverage=D(125),
            maintenance_rate=D(rate),
            deduction=D(deduction),
        )
    ]


@pytest.mark.parametrize(
    ("quantity", "entry", "rate", "amount", "others", "published"),
    [
        ("3683.979", "1456.84", "0.1", "135365", ("71200.81144", "-56354.57"), "1153.26"),
        ("109.488", "32481.98", "0.025", "16300", ("356512.508", "-448192.89"), "26316.89"),
        ("3683.979", "1456.84", "0.1", "135365", ("0", "0"), "1114.78"),
        ("109.488", "32481.98", "0.025", "16300", ("0", "0"), "18778.73"),
    ],
    ids=["ETH cross", "BTC cross", "ETH isolated", "BTC isolated"],
)
def test_binances_published_examples(
    quantity: str, entry: str, rate: str, amount: str, others: tuple[str, str], published: str
) -> None:
    """Binance, "How to Calculate Liquidation Price of USDⓈ-M Futures Contracts": wallet 1,535,443.01 throughout."""
    maintenance_of_others, profit_of_others = map(D, others)
    price = liquidation_price(
        quantity=D(quantity),
        entry_price=D(entry),
        behind=D("1535443.01") - maintenance_of_others + profit_of_others,
        brackets=flat_rate(rate, amount),
    )
    assert price is not None
    assert round(price, 2) == D(published)


def test_maintenance_amounts_follow_from_the_recorded_table(shared_data: Path) -> None:
    """Binance's own formula: floor × (rate − rate before) + amount before."""
    for symbol, brackets in recorded(shared_data).items():
        for before, bracket in pairwise(brackets):
            step = bracket.notional_floor * (bracket.maintenance_rate - before.maintenance_rate)
            assert bracket.deduction == step + before.deduction, symbol
            just_above = bracket.notional_floor + 1
            margin = maintenance_margin(brackets, just_above)
            assert margin == just_above * bracket.maintenance_rate - bracket.deduction


def test_a_notional_beyond_the_table_has_no_maintenance_margin() -> None:
    assert maintenance_margin(of_the_simulator(), D(10) ** 12) is None


@given(
    notional=st.decimals("100", "40000000", places=2),
    entry=st.decimals("100", "200000", places=1),
    leverage=st.integers(2, 50),
    short=st.booleans(),
)
def test_margin_equals_maintenance_at_the_liquidation_price(
    notional: Decimal, entry: Decimal, leverage: int, short: bool
) -> None:
    brackets = of_the_simulator()
    quantity = (-1 if short else 1) * notional / entry
    price = liquidation_price(quantity=quantity, entry_price=entry, behind=notional / leverage, brackets=brackets)
    assert price is not None
    needed = maintenance_margin(brackets, abs(quantity) * price)
    assert needed is not None
    left = notional / leverage + quantity * (price - entry)
    assert abs(left - needed) < notional * D("1e-20")


@pytest.mark.parametrize("isolated", [True, False])
@pytest.mark.parametrize(("side", "other"), [("BUY", "SELL"), ("SELL", "BUY")])
@pytest.mark.parametrize(("quantity", "leverage"), [("1", 20), ("2", 10), ("15", 50)])
def test_the_simulated_venue_reports_the_same_price(
    isolated: bool, side: str, other: str, quantity: str, leverage: int
) -> None:
    exchange = venue("a", balance="100000")
    account = exchange.floor.account("a")
    set_leverage(exchange.floor, account, BTC, leverage)
    if isolated:
        set_margin_type(exchange.floor, account, BTC, isolated=True)
    send(exchange, "house", other, quantity, "50000")
    send(exchange, "a", side, quantity, "50000")
    position = account.positions[(BTC, PositionSide.BOTH)]
    theirs = simulated(exchange.floor, account, position)
    ours = liquidation_price(
        quantity=position.amount,
        entry_price=D(50_000),
        behind=position.isolated_wallet if isolated else account.wallet,
        brackets=of_the_simulator(),
    )
    assert (ours or D(0)) == pytest.approx(theirs, rel=D("1e-20"))


def test_a_position_that_nothing_liquidates_and_one_that_everything_does() -> None:
    brackets = of_the_simulator()
    fully_paid = liquidation_price(quantity=D(1), entry_price=D(50_000), behind=D(60_000), brackets=brackets)
    assert fully_paid is None
    hopeless = liquidation_price(quantity=D(-1), entry_price=D(50_000), behind=D(-60_000), brackets=brackets)
    assert hopeless == 0

"""The gate judges what the AsterDEX client reads of the simulated venue, and what it approves is taken there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.risk.risk_kit import decision, history, inputs, notional
from tests.venues.simulated import running
from vibex.domain import Intent, PositionSide, SystemClock
from vibex.domain.protection import PercentAway
from vibex.risk import AccountFacts, MarketFacts, Policy, RiskInput, Rule, judge
from vibex.venues import Accepted, Done
from vibex.venues.aster.client import AsterVenue

BTC = "BTC/USDT"
D = Decimal


async def known(venue: AsterVenue) -> RiskInput:
    """The input as a caller gathers it, from the venue's own answers."""
    snapshot = await venue.account_snapshot()
    balance = next(one for one in snapshot.balances if one.asset == "USDT")
    equity = balance.wallet + sum((one.unrealised_pnl for one in snapshot.positions), D(0))
    assert balance.available is not None
    mark = await venue.mark_price(BTC)
    instrument = next(one for one in await venue.instruments() if one.symbol == BTC)
    facts = MarketFacts(
        instrument=instrument,
        brackets=(await venue.account.brackets(BTC))[BTC],
        fees=await venue.account.fee_rates(BTC),
        mark=mark,
        last_price=mark.mark_price,
        last_price_at=mark.event_at,
        funding_hours=8,
    )
    account = AccountFacts(
        read_at=snapshot.taken_at,
        position_mode=snapshot.position_mode,
        multi_assets=snapshot.multi_assets,
        equity=equity,
        free_margin=balance.available,
        cross_wallet=balance.cross_wallet,
        day_start_equity=equity,
        peak_equity=equity,
        positions=snapshot.positions,
        open_orders=snapshot.open_orders,
        in_flight=(),
    )
    rules = Policy(max_price_drift_pct=D(2), min_leverage=3)
    return replace(
        inputs(account_facts=account, markets={BTC: facts}, policy=rules, btc_history=history()),
        now=SystemClock().now(),
    )


@pytest.mark.parametrize("side", list(PositionSide))
async def test_an_approval_is_taken_and_liquidated_where_the_gate_said(side: PositionSide) -> None:
    with running("--symbol", "BTCUSDT") as simulated:
        venue = simulated.venue(SystemClock(), scheme="hmac")
        try:
            seen = await known(venue)
            wish = replace(decision(side=side, stop=PercentAway(D(2)), quantity=notional(1000)), data_at=seen.now)
            verdict = judge(wish, seen)
            entry = verdict.entry
            assert entry is not None, verdict.words
            assert verdict.margin_mode is not None
            assert isinstance(await venue.set_margin_mode(BTC, verdict.margin_mode), Done)
            assert isinstance(await venue.set_leverage(BTC, int(entry.leverage)), Done)
            taken = await venue.place(entry)
            assert isinstance(taken, Accepted), taken

            seen = await known(venue)
            held = seen.position(BTC)
            assert held is not None
            assert held.quantity == entry.quantity * side.direction
            assert verdict.size is not None
            assert verdict.size.liquidation_pct is not None
            assert held.entry_price is not None
            assert held.liquidation_price is not None
            away = abs(held.entry_price - held.liquidation_price) / held.entry_price * 100
            assert away == pytest.approx(verdict.size.liquidation_pct, rel=D("0.02"))

            assert judge(wish, seen).rule is Rule.POSITION
            close = decision(Intent.CLOSE, side=None, stop=None)
            assert judge(close, seen).reduces == entry.quantity
        finally:
            await venue.close()

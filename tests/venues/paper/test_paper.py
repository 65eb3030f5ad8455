"""Paper trading on recorded bars: fills, costs, stops, funding, and a restart that forgets nothing."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.venues.paper.kit import BTC, MAKER, START, TAKER, D, bars, desk, flat
from vibex.domain import InvalidInput, ManualClock, OrderStatus, OrderType, Side, TimeInForce
from vibex.venues import Accepted, NotFound, Refused
from vibex.venues.events import AccountChanged, Interrupted, OrderChanged
from vibex.venues.reports import FundingRate, MarginMode, ReportedOrder


async def wallet(one: object) -> Decimal:
    snapshot = await one.venue.account_snapshot()  # type: ignore[attr-defined]
    amount: Decimal = snapshot.balances[0].wallet
    return amount


async def test_a_market_entry_pays_the_spread_and_the_venues_taker_fee(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars(flat(5)))
    outcome = await here.venue.place(here.entry(Side.BUY, "2"))
    assert isinstance(outcome, Accepted)
    assert outcome.order.status is OrderStatus.FILLED
    assert outcome.order.average_price == D("100.1")
    assert await wallet(here) == D(10_000) - 2 * D("100.1") * TAKER
    (position,) = (await here.venue.account_snapshot()).positions
    assert (position.quantity, position.entry_price) == (D(2), D("100.1"))


async def test_a_resting_order_fills_as_maker_when_the_price_comes_to_it(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars([*flat(2), (100, 100, 97, 99), *flat(3, 99)]))
    request = here.entry(Side.BUY, "1", type_=OrderType.LIMIT, price="98", force=TimeInForce.POST_ONLY)
    outcome = await here.venue.place(request)
    assert isinstance(outcome, Accepted)
    assert outcome.order.status is OrderStatus.OPEN
    here.clock.advance(4 * 60)
    found = await here.venue.query(BTC, str(request.client_order_id))
    assert isinstance(found, ReportedOrder)
    assert (found.status, found.average_price) == (OrderStatus.FILLED, D(98))
    assert await wallet(here) == D(10_000) - 98 * MAKER


async def test_a_stop_fires_inside_a_bar_that_nobody_watched(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars([*flat(2), (100, 101, 90, 100.5), *flat(600, 100.5)]))
    await here.venue.place(here.entry(Side.BUY, "1"))
    stop = here.exit(Side.SELL, None, type_=OrderType.STOP_MARKET, trigger="95")
    assert isinstance(await here.venue.place(stop), Accepted)
    here.clock.advance(600 * 60)
    snapshot = await here.venue.account_snapshot()
    assert not snapshot.positions
    assert not snapshot.open_orders
    (entry, exit_) = await here.venue.fills(BTC, START, here.clock.now())
    assert entry.side is Side.BUY
    assert exit_.price < D(95)
    assert exit_.event_at < START + timedelta(minutes=3)


async def test_a_reduce_only_exit_never_turns_the_position(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars(flat(5)))
    await here.venue.place(here.entry(Side.BUY, "1"))
    outcome = await here.venue.place(here.exit(Side.SELL, "5"))
    assert isinstance(outcome, Accepted)
    assert outcome.order.filled_quantity == D(1)
    assert not (await here.venue.account_snapshot()).positions
    refused = await here.venue.place(here.exit(Side.SELL, "1"))
    assert isinstance(refused, Refused)
    assert refused.code == "-2022"


async def test_funding_is_paid_at_the_recorded_time_and_rate(tmp_path: Path) -> None:
    paid = FundingRate(symbol=BTC, rate=D("0.001"), event_at=START + timedelta(hours=8))
    here = await desk(tmp_path / "paper.json", bars(flat(600)), funding=[paid])
    await here.venue.place(here.entry(Side.BUY, "10"))
    here.clock.advance(9 * 3600)
    rows = [row for row in await here.venue.income(START, here.clock.now()) if row.kind == "FUNDING_FEE"]
    assert [(row.amount, row.event_at) for row in rows] == [(D(10) * 100 * D("-0.001"), paid.event_at)]


async def test_income_rows_add_up_to_the_wallet(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars([*flat(2), (100, 120, 100, 120), *flat(20, 120)]))
    await here.venue.place(here.entry(Side.BUY, "3"))
    here.clock.advance(10 * 60)
    await here.venue.place(here.exit(Side.SELL, "3"))
    rows = await here.venue.income(START - timedelta(days=1), here.clock.now())
    assert sum(row.amount for row in rows) == await wallet(here)
    assert {row.kind for row in rows} == {"TRANSFER", "COMMISSION", "REALIZED_PNL"}


async def test_a_leveraged_position_is_liquidated_when_the_margin_is_gone(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars([*flat(2), (100, 100, 60, 61), *flat(20, 61)]), balance="1000")
    await here.venue.set_leverage(BTC, 20)
    await here.venue.place(here.entry(Side.BUY, "30"))
    here.clock.advance(10 * 60)
    snapshot = await here.venue.account_snapshot()
    assert not snapshot.positions
    assert snapshot.balances[0].wallet < D(1000)


async def test_a_restart_goes_on_where_the_account_stood(tmp_path: Path) -> None:
    path = tmp_path / "paper.json"
    recorded = bars([*flat(10), (100, 100, 90, 91), *flat(30, 91)])
    first = await desk(path, recorded)
    await first.venue.set_leverage(BTC, 7)
    await first.venue.place(first.entry(Side.BUY, "1"))
    resting = first.entry(Side.BUY, "1", type_=OrderType.LIMIT, price="95")
    stop = first.exit(Side.SELL, "1", type_=OrderType.STOP_MARKET, trigger="94")
    await first.venue.place(resting)
    await first.venue.place(stop)
    before = await first.venue.account_snapshot()
    await first.venue.close()

    clock = ManualClock(START)
    second = await desk(path, recorded, clock=clock)
    after = await second.venue.account_snapshot()
    assert after.balances[0].wallet == before.balances[0].wallet
    assert after.positions == before.positions
    assert {one.client_order_id for one in after.open_orders} == {
        str(resting.client_order_id),
        str(stop.client_order_id),
    }
    # While it is away the price falls through the resting order and then the stop.
    await second.venue.close()
    clock = ManualClock(START + timedelta(minutes=20))
    third = await desk(path, recorded, clock=clock)
    snapshot = await third.venue.account_snapshot()
    assert not snapshot.open_orders
    assert [one.quantity for one in snapshot.positions] == [D(1)]


async def test_a_client_order_id_is_taken_once_for_ever_even_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "paper.json"
    first = await desk(path, bars(flat(5)))
    request = first.entry(Side.BUY, "1")
    assert isinstance(await first.venue.place(request), Accepted)
    await first.venue.close()
    second = await desk(path, bars(flat(5)))
    refused = await second.venue.place(request)
    assert isinstance(refused, Refused)
    assert refused.code == "-4116"


async def test_the_same_recording_and_orders_give_the_same_file(tmp_path: Path) -> None:
    files = []
    for name in ("one", "two"):
        here = await desk(tmp_path / name, bars([*flat(5), (100, 110, 95, 105), *flat(20, 105)]))
        await here.venue.place(here.entry(Side.BUY, "1", type_=OrderType.LIMIT, price="96"))
        here.clock.advance(20 * 60)
        await here.venue.account_snapshot()
        await here.venue.close()
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]


async def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "paper.json"
    path.write_text('{"version": 1, "wallet": "a lot"}', encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        await desk(path, bars(flat(5)))
    assert error.value.field == "state"
    assert path.read_text(encoding="utf-8") == '{"version": 1, "wallet": "a lot"}'


async def test_an_account_keeps_to_the_terms_that_it_began_under(tmp_path: Path) -> None:
    path = tmp_path / "paper.json"
    await (await desk(path, bars(flat(5)))).venue.close()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"aster"', '"okx"'), encoding="utf-8")
    with pytest.raises(InvalidInput, match="terms of okx"):
        await desk(path, bars(flat(5)))


async def test_without_prices_nothing_is_placed(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars(flat(5)))
    here.clock.advance(3600)
    refused = await here.venue.place(here.entry(Side.BUY, "1"))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retry_after_ms) == ("no-prices", 1000)


@pytest.mark.parametrize(
    ("quantity", "price", "code"), [("0.0005", "98", "-1111"), ("1", "98.05", "-1111"), ("0.01", "98", "-4164")]
)
async def test_orders_off_the_grid_are_refused_with_the_venues_code(
    tmp_path: Path, quantity: str, price: str, code: str
) -> None:
    here = await desk(tmp_path / "paper.json", bars(flat(5)))
    refused = await here.venue.place(here.entry(Side.BUY, quantity, type_=OrderType.LIMIT, price=price))
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert refused.remedy


async def test_an_unknown_symbol_is_refused_by_name(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars(flat(5)))
    refused = await here.venue.place(here.entry(Side.BUY, "1", symbol="NOSUCH/USDT"))
    assert isinstance(refused, Refused)
    assert refused.code == "-1121"


async def test_an_order_that_was_never_placed_is_not_found(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars(flat(5)))
    assert await here.venue.query(BTC, "vxabc230003000007e00") == NotFound(code="-2013")


async def test_settings_that_hold_already_say_so(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars(flat(5)))
    assert not (await here.venue.set_leverage(BTC, 3)).already  # type: ignore[union-attr]
    assert (await here.venue.set_leverage(BTC, 3)).already  # type: ignore[union-attr]
    assert not (await here.venue.set_margin_mode(BTC, MarginMode.ISOLATED)).already  # type: ignore[union-attr]


async def test_the_account_stream_tells_fills_and_balances(tmp_path: Path) -> None:
    here = await desk(tmp_path / "paper.json", bars(flat(5)))
    stream = here.venue.account_stream()
    assert isinstance(await anext(stream), Interrupted)
    await here.venue.place(here.entry(Side.BUY, "1"))
    told = [await anext(stream) for _ in range(3)]
    await stream.aclose()  # type: ignore[attr-defined]
    fills = [event.fill for event in told if isinstance(event, OrderChanged) and event.fill is not None]
    assert [fill.price for fill in fills] == [D("100.1")]
    assert any(isinstance(event, AccountChanged) for event in told)

"""The 44 fault scenarios as data: number, name, where each is played, and by which function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from vibex.testing.drills import crashes, markets, orders, protection, venue_troubles
from vibex.testing.drills.stage import Stage

Scenario = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """`play` None: not played here, and `status` says where it is tested or what it waits for. Otherwise `status` is
    "whole", or says which part of the scenario waits for another room."""

    number: int
    name: str
    play: Scenario | None
    status: str = "whole"


def _drill(number: int, name: str, play: Scenario | None, status: str = "whole") -> Drill:
    return Drill(number=number, name=name, play=play, status=status)


DRILLS: tuple[Drill, ...] = (
    _drill(1, "order accepted, answer lost", orders.answer_lost),
    _drill(2, "503 before effect", orders.refused_before_effect),
    _drill(3, "503 after full fill", orders.error_after_fill),
    _drill(4, "-1007, the stream is faster", orders.stream_is_faster),
    _drill(5, "-2013 for 5 s after accept", orders.found_late),
    _drill(6, "crash after the intent", crashes.after_intent),
    _drill(7, "crash after the send", crashes.after_send),
    _drill(8, "crash between fill and stop", crashes.before_stop),
    _drill(9, "crash in a stop's replacement", crashes.in_replacement),
    _drill(10, "torn last row", None, "tests/store/test_journal_recovery.py"),
    _drill(11, "journal disk full", orders.disk_full),
    _drill(12, "partial fill, stream lost", orders.stream_lost_between_fills),
    _drill(13, "fill told twice", orders.told_twice),
    _drill(14, "events out of order", orders.out_of_order),
    _drill(15, "cancel races fill", orders.cancel_races_fill),
    _drill(16, "cancel answer lost", orders.cancel_answer_lost),
    _drill(17, "stop fires, target stays", protection.stop_fires),
    _drill(18, "stop refused: breached", protection.stop_breached),
    _drill(19, "stop refused: too many", protection.too_many_stops),
    _drill(20, "reduce-only refused: flat", protection.already_flat),
    _drill(21, "position shrinks beside exits", protection.position_shrinks),
    _drill(22, "liquidation", protection.liquidation),
    _drill(23, "deleveraging of a leg", None, "recognised (tests/execution); legs need a plan of hedges"),
    _drill(24, "closed by hand", protection.closed_by_hand),
    _drill(25, "foreign order", protection.foreign_order),
    _drill(26, "second writer", crashes.second_writer, "without the supervisor that renews leases"),
    _drill(27, "429", venue_troubles.throttled),
    _drill(28, "418 for 3 minutes", venue_troubles.banned),
    _drill(29, "clock steps", venue_troubles.clock_steps),
    _drill(30, "two orders at once", venue_troubles.two_at_once),
    _drill(31, "listen key expires", venue_troubles.listen_key_expires),
    _drill(32, "24 h cut", None, "tests/venues/aster (overlap); parent orders are not built"),
    _drill(33, "depth gap", markets.depth_gap),
    _drill(34, "feed frozen", markets.frozen_feed),
    _drill(35, "wick of 20 %", markets.wick),
    _drill(36, "flash crash, thin book", markets.thin_book),
    _drill(37, "tick changes live", markets.tick_changes),
    _drill(38, "hedge mode switched outside", venue_troubles.hedge_mode),
    _drill(39, "countdown takes the stops", protection.countdown),
    _drill(40, "network split of 10 minutes", venue_troubles.split),
    _drill(41, "kill switch", crashes.kill, "without the supervisor that reads the command"),
    _drill(42, "model's malformed answer", None, "agent.sanitize and risk.gate"),
    _drill(43, "funding and wallet", markets.wallet_adds_up, "without the daily alarm of the account's performance"),
    _drill(44, "HTML, cut and foreign answers", venue_troubles.broken_answers),
)

from pathlib import Path

import pytest

from agent_softphone_bridge.board import Board
from agent_softphone_bridge.push import Hub
from calls.bus import Bus
from calls.clock import ManualClock
from calls.events import CallAnswered, OfferMissed
from calls.ids import CallId, DeviceId, OfferId
from calls.notices import QueueChanged
from calls.words import NoAnswer
from runtime.emergency import EmergencySwitch, Position
from runtime.web.counts import Count, Metrics, OfferCounts, counts_of_fields, floor_counts
from telephony.ami.link import LinkCounts
from tests.web.house import PLAN, SALES, WANG

pytestmark = pytest.mark.unit


def test_figures_are_those_of_the_moment_they_are_asked_for() -> None:
    clock = ManualClock(1.0)
    bus = Bus(lambda *why: pytest.fail(str(why)))
    hub = Hub(Board(clock, "e"), clock)
    hub.listen(bus)
    hub.furnish(PLAN)
    offers, link = OfferCounts(bus), LinkCounts()
    metrics = Metrics((*floor_counts(hub), *offers.counts(), *counts_of_fields("ami", "AMI", link)))
    bus.publish(QueueChanged(queue=SALES, waiting=7, offered=0, talking=0, ready=0))
    call, offer = CallId("main-1"), OfferId("o")
    bus.publish(OfferMissed(call=call, at=1.0, key="1", offer=offer, why=NoAnswer.RANG_OUT))
    for key, ring in (("2", 3), ("3", None)):
        bus.publish(
            CallAnswered(
                call=call, at=1.0, key=key, offer=offer, agent=WANG, device=DeviceId("d"), ring=ring
            )
        )
    link.events = 12
    text = metrics.text().decode()
    for line in (
        'threering_queue_waiting{queue="sales"} 7.0',
        'threering_agents{state="logged_out"} 2.0',
        'threering_offers_missed_total{why="rang_out"} 1.0',
        'threering_offers_answered_total{ring="3"} 1.0',
        'threering_offers_answered_total{ring="unknown"} 1.0',
        "threering_ami_events_total 12.0",
    ):
        assert line in text


def test_a_figure_that_was_never_counted_is_no_error() -> None:
    metrics = Metrics((Count("nothing", "Nothing yet", dict, "of"),))
    assert b"threering_nothing" in metrics.text()


def test_the_emergency_switch_keeps_its_position_and_tells_of_every_change(
    tmp_path: Path,
) -> None:
    heard: list[Position] = []
    file = tmp_path / "emergency.json"
    switch = EmergencySwitch(file, True, heard.append)
    assert switch.on
    thrown = Position(on=False, reason="演练结束", by="boss", at=1.0)
    switch.throw(thrown)
    assert heard == [thrown]
    assert EmergencySwitch(file, True, heard.append).position == thrown
    assert not EmergencySwitch(file, True, heard.append).on
    file.write_text("true")
    assert EmergencySwitch(file, False, heard.append).on, "as it was kept before reasons were"
    file.write_text("torn")
    assert EmergencySwitch(file, True, heard.append).on

"""The controller is killed and stays away: who leaves meanwhile is recorded when it is back."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from runtime.parent import controller_command
from telephony.asterisk.instance import Instance
from telephony.asterisk.settings import Rescue
from telephony.cel_rotation import Keeping, rotate
from telephony.robots.scenario import Answers, CallerStep, Speak, StayUntilHungUp, Wait
from tests.e2e.hotline import REPOSITORY, Caller, Hotline, Phone, hotline, until

pytestmark = pytest.mark.e2e

HER_TALK, HIS_TALK, WAITS, STAYS, UNSEEN, IN_RESCUE, LEFT_FOR_RESCUE, LOST = (
    f"139333300{n:02}" for n in range(1, 9)
)

TICKET_FROM_S = 12.0
"""The shipped rules open a ticket for a caller who gave up after ten seconds."""


@dataclass
class Alone(Hotline):
    """A hotline whose controller has no parent that would start it again."""

    asterisk: Instance = field(init=False)

    def opens(self) -> None:
        with open(self.folder / "run.log", "ab") as log:
            self.process = subprocess.Popen(
                controller_command(str(self.folder / "config")),
                env=self.environment,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
            )
        self.waits_until_open()

    def is_killed(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def of(self, number: str) -> list[dict[str, Any]]:
        """Facts of the calls from this number."""
        facts = self.facts()
        calls = {
            one["call"] for one in facts if one["fact"] == "CallArrived" and number in one["number"]
        }
        return [one for one in facts if one["call"] in calls]

    def records(self) -> list[dict[str, Any]]:
        return list(self.client.get("/calls", limit=200)["calls"])

    def tickets(self) -> list[dict[str, Any]]:
        return list(self.client.get("/tickets", limit=200)["tickets"])

    def told(self, number: str, kind: str) -> bool:
        return any(one["fact"] == kind for one in self.of(number))


@pytest.fixture(scope="module")
def house() -> Iterator[Alone]:
    with hotline(kind=Alone) as made:
        assert isinstance(made, Alone)
        with Instance(made.site.asterisk(), made.site.asterisk_root()) as made.asterisk:
            made.opens()
            try:
                yield made
            finally:
                made.robots_go()
                made.closes()


def record_and_ticket(house: Alone, number: str) -> dict[str, Any]:
    """The one record of this caller; there is exactly one ticket with it."""
    record = house.record_of(number)
    assert len(until(lambda: tickets(house, number), f"a ticket of {number}")) == 1
    return record


def tickets(house: Alone, number: str) -> list[dict[str, Any]]:
    return [one for one in house.tickets() if number in one["number"]]


def talks(house: Alone, number: str, agent: str) -> tuple[Caller, Phone]:
    phone = house.agent_ready(agent, Answers(after_s=0.5))
    caller = house.calls(number=number)
    until(lambda: house.told(number, "TalkBegan"), f"{number} talks with {agent}")
    return caller, phone


def waits(house: Alone, number: str, *steps: CallerStep) -> Caller:
    caller = house.calls(*steps, number=number)
    until(lambda: house.told(number, "QueueJoined"), f"{number} waits")
    return caller


def test_who_leaves_while_the_controller_is_away_has_one_record_and_one_ticket(
    house: Alone,
) -> None:
    her, _ = talks(house, HER_TALK, "a8001")
    his, his_agent = talks(house, HIS_TALK, "a8004")
    waiting, staying = waits(house, WAITS), waits(house, STAYS)
    house.is_killed()
    unseen = house.calls(number=UNSEEN)
    until(lambda: unseen.happened("connected"), "she is answered by music alone")
    his_agent.hangs_up()
    until(lambda: his_agent.times("left") or his_agent.times("hung-up"), "his agent is gone")
    time.sleep(TICKET_FROM_S)  # less waiting leaves no ticket
    for caller in (unseen, her, his, waiting):
        caller.hangs_up()
        caller.ended(20.0)
    house.opens()
    records = {one: record_and_ticket(house, one) for one in (HER_TALK, HIS_TALK, WAITS)}
    records[UNSEEN] = house.record_of(UNSEEN)
    assert {number: (one["outcome"], one["reconciled"]) for number, one in records.items()} == {
        HER_TALK: ("answered", True),
        HIS_TALK: ("answered", True),
        WAITS: ("abandoned_in_queue", True),
        UNSEEN: ("abandoned_in_menu", True),
    }
    assert tickets(house, UNSEEN) == []
    assert {one["ended_by"] for one in records.values()} == {"caller"}
    assert [records[one]["legs"][0]["ended_by"] for one in (HER_TALK, HIS_TALK)] == [
        "caller",
        "agent",
    ]
    assert records[HIS_TALK]["talk_s"] < TICKET_FROM_S < records[HER_TALK]["talk_s"]
    for number in (HER_TALK, HIS_TALK):
        audio_is_kept(house, number)
    until(lambda: house.told(STAYS, "TalkBegan"), "one of the agents, free again, takes her")
    staying.hangs_up()
    stayed = record_and_ticket(house, STAYS)
    assert (stayed["outcome"], stayed["reconciled"], stayed["gaps"]) == ("answered", False, 1)


def audio_is_kept(house: Alone, number: str) -> None:
    def kept() -> bool:
        [audio] = house.record_of(number)["recordings"]
        return bool(audio["path"]) and audio["seconds"] > 1.0

    until(kept, f"the audio of {number} is kept")


def test_who_was_rescued_by_the_dialplan_alone_has_a_record_with_her_message(
    house: Alone,
) -> None:
    settings = house.asterisk.settings
    house.logged_out()
    house.robots_go()
    # Meanwhile its log is set aside: Asterisk begins a new one with the next event.
    assert rotate(settings.cel_file, time.time(), Keeping(max_bytes=1))
    house.asterisk.reconfigure(replace(settings, rescue=Rescue(give_up_after=1, music_s=1.0)))
    speaks = (Wait(1.0), Speak(str(house.tone)), StayUntilHungUp(20.0))
    left = waits(house, LEFT_FOR_RESCUE, *speaks)
    house.is_killed()
    in_rescue = house.calls(*speaks, number=IN_RESCUE)
    for caller in (left, in_rescue):
        caller.ended(60.0)
    rescue = house.asterisk.settings.voicemail_folder
    until(lambda: len(os.listdir(rescue)) == 2, f"two messages lie in {rescue}")
    house.opens()
    for number, queues in ((LEFT_FOR_RESCUE, ["sales"]), (IN_RESCUE, [])):
        record = record_and_ticket(house, number)
        assert (record["outcome"], record["reconciled"]) == ("rescued", True)
        assert record["queues"] == queues
        assert record["recordings"][0]["voicemail"]
        audio_is_kept(house, number)
    assert os.listdir(rescue) == []


def test_who_was_lost_with_controller_and_asterisk_together_has_a_record(house: Alone) -> None:
    waits(house, LOST)
    asterisk = house.asterisk.pid
    assert asterisk is not None
    house.is_killed()
    os.kill(asterisk, signal.SIGKILL)
    house.asterisk.stop_blocking()
    house.robots_go()
    house.asterisk.start_blocking()
    house.opens()
    record = house.record_of(LOST)
    assert (record["outcome"], record["cause"]) == ("abandoned_in_queue", "lost")
    assert record["reconciled"]

"""Missed calls that close by themselves, over records and tasks as they are kept."""

from dataclasses import replace
from typing import Any

import pytest

from calls.clock import ManualClock
from calls.ids import AgentId, CallId
from calls.record import CallRecord
from calls.words import Outcome, Party
from cti.numbers import read_number
from cti.records_sql import SqlRecords
from runtime.missed_calls import MissedCalls
from storage.database import Database
from storage.offload import Offload
from tickets.tasks.model import Task, TaskState
from tickets.tasks.ports import TaskFilter
from tickets.tasks.service import Tasks
from tickets.tasks.sql_store import SqlTasks

pytestmark = pytest.mark.contract
HER = "+8613812345678"
WANG = AgentId("a8001")


class Floor:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock(1_000.0)
        self.records = SqlRecords(database)
        self.tasks = Tasks(SqlTasks(database), Offload(threads=1), self.clock)
        self.missed = MissedCalls(
            self.tasks,
            self.records,
            lambda text: read_number(text, "CN", "010"),
            {WANG: "王芳"}.__getitem__,
        )

    def gave_up(self, call: str = "c1", number: str = HER) -> None:
        self._keep(call, number, Outcome.ABANDONED_IN_QUEUE)
        self.tasks.step(self.clock.now())

    def talked(self, call: str, number: str = HER, **more: Any) -> None:
        at = self.clock.now()
        self._keep(call, number, Outcome.ANSWERED, agent=WANG, answered_at=at, talk_s=9.0, **more)

    def _keep(self, call: str, number: str, outcome: Outcome, **more: Any) -> None:
        at = self.clock.now()
        record = CallRecord(
            call=CallId(call), started_at=at, ended_at=at, arrived=True, number=number,
            ended_by=Party.CALLER, outcome=outcome, **more,
        )  # fmt: skip
        self.records.write([record], mark=0, at=at)

    def all(self) -> list[Task]:
        with SqlTasks(self.database).reading() as rows:
            return rows.find(TaskFilter(), 100, 0)

    def step(self) -> int:
        self.clock.advance(60.0)
        return self.missed.step(self.clock.now())


@pytest.fixture
def floor(database: Database) -> Floor:
    return Floor(database)


def test_sup_16_who_calls_again_and_is_answered_is_missed_no_more(floor: Floor) -> None:
    floor.gave_up()
    assert floor.step() == 0
    floor.talked("c2")
    assert floor.step() == 1
    (task,) = floor.all()
    assert (task.state, task.closed_by) == (TaskState.DONE, "agent:a8001")
    assert "王芳" in task.outcome
    assert floor.step() == 0


def test_sup_16_who_is_called_back_is_reached_however_the_agent_wrote_her_number(
    floor: Floor,
) -> None:
    floor.gave_up()
    floor.clock.advance(60.0)
    floor.talked("out1", "13812345678", out_by=WANG)
    assert floor.step() == 1


def test_other_peoples_talks_and_earlier_ones_and_calls_in_vain_close_nothing(
    floor: Floor,
) -> None:
    floor.talked("before")
    floor.clock.advance(600.0)
    floor.gave_up()
    floor.clock.advance(60.0)
    floor.talked("other", "+8613900000000")
    floor.gave_up("c3")
    assert floor.step() == 0
    assert {task.state for task in floor.all()} == {TaskState.OPEN}


def test_one_that_is_done_stays_as_it_was_and_one_that_was_tried_in_vain_is_closed(
    floor: Floor,
) -> None:
    floor.gave_up("c1")
    floor.gave_up("c2", "+8613900000001")
    with SqlTasks(floor.database).writing() as rows:
        first, second = rows.find(TaskFilter(), 10, 0)
        rows.save(replace(first, state=TaskState.CANCELLED, outcome="wrong number"))
        rows.save(replace(second, state=TaskState.UNFINISHED))
    floor.clock.advance(60.0)
    floor.talked("c3")
    floor.talked("c4", "+8613900000001")
    assert floor.step() == 1
    assert [task.state for task in floor.all()] == [TaskState.CANCELLED, TaskState.DONE]

"""Tasks: one for each key, seen by whom they are for, done once, shown when left undone."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from calls.clock import ManualClock
from calls.ids import AgentId, TicketId
from calls.rights import Who
from calls.tasks import TASK_WANTED, TaskKind, TaskWanted, agent, owners_of, person, role
from calls.words import Role
from storage import outbox
from storage.database import Database
from storage.offload import Offload
from tickets.tasks.model import NEXT, NoSuchTask, Task, TaskCannot, TaskChanged, TaskState
from tickets.tasks.ports import TaskFilter
from tickets.tasks.service import Tasks
from tickets.tasks.sql_store import SqlTasks

pytestmark = pytest.mark.contract

WANG = Who(person="wang", name="王芳", roles=(Role.AGENT,), agent=AgentId("a8001"))
LI = Who(person="li", name="李伟", roles=(Role.AGENT,), agent=AgentId("a8002"))
BOSS = Who(person="boss", name="班长", roles=(Role.SUPERVISOR,))
RunIt = Callable[..., Any]


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = ManualClock()
        self.offload = Offload(threads=2)
        self.tasks = Tasks(SqlTasks(self.database), self.offload, self.clock)

    def want(self, key: str, owner: str = "agent:a8001", **more: Any) -> None:
        """As another room does it, in its own unit of work."""
        wanted = TaskWanted(
            key=key, kind=TaskKind.VOICEMAIL, owner=owner, titles={"en": "Listen"}, **more
        )
        with self.database.session() as session:
            payload = msgspec.json.encode(wanted).decode()
            outbox.put(session, TASK_WANTED, [(key, payload)], self.clock.now())

    def all(self) -> list[Task]:
        with SqlTasks(self.database).reading() as rows:
            return rows.find(TaskFilter(), 100, 0)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def test_what_another_room_wants_becomes_one_task(desk: Desk) -> None:
    desk.want("voicemail:r1", ticket=TicketId("7"), number="+8613800000001", due_at=100.0)
    assert desk.tasks.step(5.0) == 1
    assert desk.tasks.step(6.0) == 0
    (task,) = desk.all()
    assert (task.key, task.kind, task.owner) == ("voicemail:r1", "voicemail", "agent:a8001")
    assert (task.ticket, task.number, task.due_at) == ("7", "+8613800000001", 100.0)
    assert (task.state, task.titles) == ("open", {"en": "Listen"})


def test_a_key_wanted_in_two_ways_is_one_task(desk: Desk, run: RunIt) -> None:
    desk.want("voicemail:r1")
    desk.tasks.step(5.0)
    again = TaskWanted(key="voicemail:r1", kind=TaskKind.OTHER, owner="role:admin", titles={})
    assert run(desk.tasks.want(again)) is None
    assert [task.owner for task in desk.all()] == ["agent:a8001"]


def test_one_that_cannot_be_read_does_not_hold_up_the_others(desk: Desk) -> None:
    with desk.database.session() as session:
        outbox.put(session, TASK_WANTED, [("torn", "{}")], 1.0)
    desk.want("voicemail:r1")
    desk.tasks.step(5.0)
    assert [task.key for task in desk.all()] == ["voicemail:r1"]
    with desk.database.reading() as session:
        (left,) = outbox.pending(session, TASK_WANTED, 10)
    assert (left.key, left.tries) == ("torn", 1)


def test_each_sees_her_own_and_those_who_lead_see_all(desk: Desk, run: RunIt) -> None:
    desk.want("t:1", agent(AgentId("a8001")))
    desk.want("t:2", person("li"))
    desk.want("t:3", role(Role.AGENT))
    desk.want("t:4", role(Role.SUPERVISOR))
    desk.tasks.step(5.0)

    def keys(who: Who, wanted: TaskFilter) -> list[str]:
        return [task.key for task in run(desk.tasks.find(wanted, who))]

    assert keys(WANG, TaskFilter()) == ["t:1", "t:3"]
    assert keys(LI, TaskFilter(owners=owners_of(LI))) == ["t:2", "t:3"]
    assert keys(LI, TaskFilter(owners=("agent:a8001",))) == []
    assert keys(BOSS, TaskFilter()) == ["t:1", "t:2", "t:3", "t:4"]
    assert keys(BOSS, TaskFilter(owners=owners_of(BOSS))) == ["t:4"]
    (theirs,) = (task.id for task in desk.all() if task.key == "t:2")
    with pytest.raises(NoSuchTask):
        run(desk.tasks.get(theirs, WANG))
    with pytest.raises(NoSuchTask):
        run(desk.tasks.close(theirs, TaskState.DONE, "", WANG, 1))


def test_who_acts_on_an_old_copy_is_told_what_it_is_now(desk: Desk, run: RunIt) -> None:
    desk.want("t:1", role(Role.AGENT))
    desk.tasks.step(5.0)
    done = run(desk.tasks.close(1, TaskState.DONE, "called her", LI, 1))
    assert (done.state, done.outcome, done.closed_by, done.version) == (
        "done",
        "called her",
        "li",
        2,
    )
    with pytest.raises(TaskChanged) as changed:
        run(desk.tasks.close(1, TaskState.UNFINISHED, "nobody answered", WANG, 1))
    assert changed.value.now == done
    again = run(desk.tasks.close(1, TaskState.OPEN, "", WANG, 2))
    assert (again.closed_by, again.closed_at, again.outcome) == ("", None, "called her")


@pytest.mark.parametrize("state", list(TaskState))
def test_a_task_moves_only_where_the_table_lets_it(
    desk: Desk, run: RunIt, state: TaskState
) -> None:
    desk.want("t:1")
    desk.tasks.step(5.0)
    version = 1
    if state is not TaskState.OPEN:
        version = run(desk.tasks.close(1, state, "", WANG, 1)).version
    for to in set(TaskState) - NEXT[state]:
        with pytest.raises(TaskCannot, match=f"task 1 is {state}"):
            run(desk.tasks.close(1, to, "", WANG, version))


def test_what_is_left_undone_is_shown_to_those_who_lead_once(desk: Desk, run: RunIt) -> None:
    desk.want("t:1", due_at=10.0)
    desk.want("t:2", due_at=20.0)
    desk.tasks.step(9.0)
    mine = TaskFilter(owners=owners_of(BOSS), or_escalated=True)
    assert run(desk.tasks.find(mine, BOSS)) == []
    assert desk.tasks.step(15.0) == 1
    assert desk.tasks.step(15.0) == 0
    (late,) = run(desk.tasks.find(mine, BOSS))
    assert (late.key, late.escalated_at) == ("t:1", 15.0)
    put_off = run(desk.tasks.put_off(late.id, 60.0, WANG, late.version))
    assert (put_off.due_at, put_off.escalated_at) == (60.0, None)
    assert desk.tasks.step(61.0) == 2


def test_a_task_is_handed_to_somebody_else(desk: Desk, run: RunIt) -> None:
    desk.want("t:1")
    desk.tasks.step(5.0)
    run(desk.tasks.hand_over(1, person("li"), WANG, 1))
    with pytest.raises(NoSuchTask):
        run(desk.tasks.get(1, WANG))
    assert run(desk.tasks.get(1, LI)).version == 2

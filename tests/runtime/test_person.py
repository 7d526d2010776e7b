"""One person across the rooms: timeline, export and erasure, over each database."""

import dataclasses
import io
import json
import wave
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from calls.fold import fold
from calls.ids import CallId, CustomerId, EdgeId, RecordingId, TicketId
from calls.rights import Who
from calls.words import Level, Role
from cti.model import Customer, CustomerNumber
from cti.records_sql import RecordFilter, SqlRecords
from cti.service import UnknownCustomer
from cti.sql_store import SqlCustomers
from recordings.keeping import Keeping
from recordings.memory import MemoryRecordings
from recordings.model import Recording
from recordings.opened import shelves_of
from recordings.rules import RecordingRules
from recordings.service import RecordingService
from recordings.whereabouts import Whereabouts
from runtime.person.model import MergeRefused
from runtime.person.service import Persons
from storage.database import Database
from storage.worker import Worker
from tests.calls.tables import facts
from tests.tickets.house import ANSWERED, ENDED, MONDAY_9, TALKED
from tests.tickets.test_followups import CONTENT, Desk5
from tickets.changes import ALL
from tickets.files import Files
from tickets.followups.model import FollowUpEnding

pytestmark = pytest.mark.contract

LI, OTHER = CustomerId("c7"), CustomerId("c8")
NUMBER = "+8613812345678"
ADMIN = Who(person="admin", name="Admin", roles=(Role.ADMIN,))
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
WORDS = ("Li", NUMBER, "换新的", "很好", "c7", "secret words")
RunIt = Callable[..., Any]


class House(Desk5):
    """A desk, call records, customers and audio on one database."""

    def __init__(self, database: Database, folder: Path, run: RunIt) -> None:
        super().__init__(database, run)
        self.records = SqlRecords(database)
        self.audio = MemoryRecordings()
        where = Whereabouts(folder=str(folder))
        self.files = Files(folder / "attachments", self.store)
        self.folder = folder
        recordings = RecordingService(
            where, self.audio, Worker(self.clock), self.offload, self.clock
        )
        self.keeping = Keeping(
            EdgeId("main"),
            self.audio,
            shelves_of(where),
            RecordingRules,
            self.offload,
            self.clock,
            lambda alarm: None,
        )
        self.persons = Persons(
            database, self.keeping, recordings, self.files, self.offload, self.clock
        )
        with SqlCustomers(database).writing() as rows:
            li = Customer(LI, "Li", level=Level.GOLD, numbers=(CustomerNumber(NUMBER),))
            rows.put([li, Customer(OTHER, "Wang")], 0.0)

    def story(self) -> None:
        """She called, gave a score, has a ticket with words and a file, and was followed up."""
        record = fold(facts(f"{ANSWERED.format(queue='sales')}{TALKED}"
                            f"80 SurveyAnswered question=q score=1\n{ENDED}", "cn1-1"))  # fmt: skip
        record = msgspec.structs.replace(
            record, started_at=MONDAY_9, ended_at=MONDAY_9 + 90, keys=("1", "2"),
            variables={"account": "secret words"},
        )  # fmt: skip
        self.records.write([record], mark=0, at=MONDAY_9)
        self.work(MONDAY_9)
        self.clock.advance(600)
        self.files.attach(TicketId("1"), "secret words.png", PNG, "li", self.clock.now(), ALL)
        self.settle()
        self.end(FollowUpEnding.COMPLETE, CONTENT)
        self.recording()

    def recording(self) -> None:
        sound = io.BytesIO()
        with wave.open(sound, "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(16_000))
        (self.folder / "talk").mkdir()
        (self.folder / "talk" / "r1.wav").write_bytes(sound.getvalue())
        self.audio.add(
            Recording(
                id=RecordingId("r1"),
                call=CallId("cn1-1"),
                path="talk/r1.wav",
                place="here",
                sha256="0" * 64,
                seconds=1.0,
                bytes=len(sound.getvalue()),
                made_at=MONDAY_9,
            )
        )

    def everything(self) -> str:
        """All text of all tables."""
        from storage.base import Base

        with self.database.reading() as session:
            rows = [
                tuple(row)
                for table in Base.metadata.sorted_tables
                if table.name not in ("form_versions", "personal_acts")
                for row in session.execute(table.select())
            ]
        return repr(rows)


@pytest.fixture
def house(database: Database, tmp_path: Path, run: RunIt) -> House:
    return House(database, tmp_path, run)


def test_d8_one_timeline_has_calls_tickets_answers_surveys_and_follow_ups(house: House) -> None:
    house.story()
    found = house.run(house.persons.timeline(LI, 100, None))
    assert [(one.kind.value, one.what, one.ticket) for one in found] == [
        ("follow_up", "complete", "1"),
        ("reply", "phone", "1"),
        ("survey", "", None),
        ("call", "answered", None),
        ("ticket", "resolved", "1"),
    ]
    assert house.run(house.persons.timeline(OTHER, 100, None)) == []
    page = house.run(house.persons.timeline(LI, 2, None))
    rest = house.run(house.persons.timeline(LI, 100, page[-1].at))
    assert [*page, *rest] == found
    with pytest.raises(UnknownCustomer):
        house.run(house.persons.timeline(CustomerId("none"), 10, None))


def test_d8_an_export_has_everything_as_json_with_the_audio_and_is_logged(house: House) -> None:
    house.story()
    with house.run(house.persons.export(LI, ADMIN)) as made, zipfile.ZipFile(made) as file:
        assert sorted(file.namelist()) == [
            "audio/cn1-1-r1.wav",
            "calls.json",
            "customer.json",
            "tickets.json",
            "timeline.json",
        ]
        assert json.loads(file.read("customer.json"))["name"] == "Li"
        (call,) = json.loads(file.read("calls.json"))
        assert (call["number"], call["variables"]) == (NUMBER, {"account": "secret words"})
        assert len(file.read("audio/cn1-1-r1.wav")) == 16_044
    (act,) = house.run(house.persons.acts(10))
    assert (act.act, act.by, act.customer, act.recordings) == ("exported", "admin", "c7", 1)


def test_p57_an_erasure_leaves_no_word_of_hers_anywhere_and_is_logged(house: House) -> None:
    house.story()
    before = house.everything()
    assert all(word in before for word in WORDS)
    done = house.run(house.persons.erase(LI, "she asked", ADMIN))
    counted = (done.calls, done.recordings, done.tickets, done.follow_ups, done.tasks, done.files)
    assert counted == (1, 1, 1, 1, 1, 1)
    after = house.everything()
    assert [word for word in WORDS if f"'{word}'" in after or f'"{word}"' in after] == []
    for word in (NUMBER, "换新的", "很好", "secret words"):
        assert word not in after
    assert house.audio.find(RecordingId("r1")).place == "going"  # type: ignore[union-attr]
    assert not list((house.folder / "attachments").rglob("[0-9a-f]*[0-9a-f]/?*"))
    (act,) = house.run(house.persons.acts(10))
    assert (act.act, act.by, act.why, act.customer) == ("erased", "admin", "she asked", "c7")
    with pytest.raises(UnknownCustomer):
        house.run(house.persons.erase(LI, "again", ADMIN))


def test_p57_figures_stay_and_others_are_left_alone(house: House) -> None:
    house.story()
    house.run(house.persons.erase(OTHER, "she asked", ADMIN))
    assert len(house.records.recent(RecordFilter(customer=LI))) == 1
    house.run(house.persons.erase(LI, "she asked", ADMIN))
    (record,) = house.records.recent(RecordFilter())
    assert (record.outcome, record.scores, record.agent) == ("answered", {"q": 1}, "a2")
    (ticket,) = house.tickets()
    assert (ticket.state, ticket.titles["en"]) == ("resolved", "Erased as she asked")


def test_p57_a_recording_under_legal_hold_is_kept_and_said(house: House) -> None:
    house.story()
    house.run(house.keeping.hold(RecordingId("r1"), "in court", "admin"))
    done = house.run(house.persons.erase(LI, "she asked", ADMIN))
    assert (done.recordings, done.held) == (0, 1)


def test_d8_two_entries_of_one_person_become_one_and_two_again(house: House) -> None:
    house.story()
    old = "+862087654321"
    with SqlCustomers(house.database).writing() as rows:
        rows.put([Customer(OTHER, "", company="明达", numbers=(CustomerNumber(old),))], 0.0)
        before = rows.get([LI, OTHER])
    merge = house.run(house.persons.merge(LI, OTHER, ADMIN))
    with SqlCustomers(house.database).reading() as rows:
        assert list(rows.get([LI, OTHER])) == [OTHER]
        one = rows.get([OTHER])[OTHER]
        assert [owner.customer for owner in rows.owners_of(NUMBER)] == [OTHER]
    assert (one.name, one.company, one.level) == ("Li", "明达", Level.GOLD)
    assert {number.number for number in one.numbers} == {NUMBER, old}
    assert house.tickets()[0].customer == OTHER
    kinds = [m.kind.value for m in house.run(house.persons.timeline(OTHER, 10, None))]
    assert kinds == ["follow_up", "reply", "survey", "call", "ticket"]
    assert house.run(house.persons.timeline(LI, 10, None))[0].kind == "follow_up"
    assert [m.gone for m in house.run(house.persons.merges(OTHER))] == [LI]
    house.run(house.persons.unmerge(merge.id))
    with SqlCustomers(house.database).reading() as rows:
        assert rows.get([LI, OTHER]) == before
    assert house.tickets()[0].customer == LI
    assert house.run(house.persons.timeline(OTHER, 10, None)) == []
    for gone, into, why in ((LI, LI, "same_customer"),):
        with pytest.raises(MergeRefused, match=why):
            house.run(house.persons.merge(gone, into, ADMIN))
    with pytest.raises(MergeRefused, match="no_such_merge"):
        house.run(house.persons.unmerge(merge.id))


def test_d8_what_was_changed_after_a_merge_outlives_its_undoing(house: House) -> None:
    merge = house.run(house.persons.merge(LI, OTHER, ADMIN))
    added = CustomerNumber("+8613600000000")
    with SqlCustomers(house.database).writing() as rows:
        now = rows.get([OTHER])[OTHER]
        rows.put([dataclasses.replace(now, note="回电", numbers=(*now.numbers, added))], 1.0)
    house.run(house.persons.unmerge(merge.id))
    with SqlCustomers(house.database).reading() as rows:
        back = rows.get([OTHER])[OTHER]
    assert (back.name, back.level, back.note, back.numbers) == (
        "Wang", Level.NORMAL, "回电", (added,),
    )  # fmt: skip


def test_d8_who_was_merged_is_erased_whole(house: House) -> None:
    house.story()
    house.run(house.persons.merge(LI, OTHER, ADMIN))
    house.run(house.persons.erase(OTHER, "she asked", ADMIN))
    after = house.everything()
    for word in (NUMBER, "换新的", "很好", "secret words"):
        assert word not in after
    with pytest.raises(UnknownCustomer):
        house.run(house.persons.timeline(LI, 10, None))


def test_d8_a_number_that_several_have_speaks_for_none_of_them(house: House) -> None:
    with SqlCustomers(house.database).writing() as rows:
        rows.put([Customer(OTHER, "Wang", numbers=(CustomerNumber(NUMBER),))], 0.0)
    stranger = msgspec.structs.replace(
        fold(facts(ANSWERED.format(queue="sales") + ENDED, "cn1-9")), customer=None
    )
    house.records.write([stranger], mark=0, at=MONDAY_9)
    assert house.run(house.persons.timeline(OTHER, 10, None)) == []

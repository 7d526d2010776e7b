"""What leaves the house: kept at once, sent once, signed, and tried again until it has arrived."""

import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import pytest

from calls.clock import ManualClock
from calls.notices import Alarm
from config.outgoing import MailServer, OutgoingPlan, Security, Webhook
from runtime.outgoing.failures import GIVEN_UP_AFTER_S, LONGEST_S, again_at
from runtime.outgoing.hook import SIGNATURE
from runtime.outgoing.service import ALARM_AFTER_S, Outgoing
from storage import outgoing as kept
from storage.database import Database
from storage.outgoing import Attachment, Event, Letter
from tests.conftest import Run

pytestmark = pytest.mark.integration

SECRET = "sixteen-characters-long"
LETTER = Letter(
    to=("desk@example.com",),
    subject="三声未接",
    text="售后队列：等候 12 人",
    attachments=(Attachment(name="日报.csv", kind="text/csv", data="队列,等候\n".encode()),),
)


@dataclass
class Receiver:
    """A web server that answers with these statuses in turn, the last one for ever."""

    statuses: list[int]
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    def hook(self, *events: str, path: str = "/hook?a=1") -> Webhook:
        return Webhook(f"http://127.0.0.1:{self.port}{path}", SECRET, events)


@contextmanager
def receiver(*statuses: int) -> Iterator[Receiver]:
    mine = Receiver(list(statuses) or [204])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            mine.got.append((dict(self.headers), body))
            status = mine.statuses.pop(0) if len(mine.statuses) > 1 else mine.statuses[0]
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    mine.port = server.server_port
    with serving(server):
        yield mine


@contextmanager
def serving(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def mail_server(refusal: str = "") -> Iterator[tuple[MailServer, list[bytes]]]:
    """Takes letters, or answers every recipient with ``refusal``."""
    letters: list[bytes] = []

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                word = line.split()[0].upper()
                if word == "DATA":
                    self.say("354 go on")
                    letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                    self.say("250 taken")
                elif word == "RCPT" and refusal:
                    self.say(refusal)
                elif word == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 yes")

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    plan = MailServer(
        host="127.0.0.1",
        port=server.server_address[1],
        security=Security.NONE,
        user="",
        secret="",
        sender="hotline@example.com",
    )
    with serving(server):
        yield plan, letters


@dataclass
class Room:
    outgoing: Outgoing
    clock: ManualClock
    database: Database
    plan: list[OutgoingPlan]
    alarms: list[Alarm]

    async def send_all(self) -> None:
        while await self.outgoing.step():
            pass

    def lines(self) -> list[kept.OutgoingLine]:
        with self.database.reading() as session:
            return list(kept.lines(session, 100))


@pytest.fixture
def room(tmp_path: Path, loop: Any) -> Iterator[Room]:
    database = Database(f"sqlite:///{tmp_path}/house.db")
    database.migrate()
    clock, plan, alarms = ManualClock(1_000_000.0), [OutgoingPlan(None, {})], list[Alarm]()
    made = Outgoing(lambda: plan[0], database, clock, alarms.append, chance=lambda: 0.0)
    yield Room(made, clock, database, plan, alarms)
    loop.run_until_complete(made.stop())
    database.dispose()


def test_an_event_goes_signed_to_every_webhook_that_wants_it_and_the_same_key_once(
    run: Run, room: Room
) -> None:
    async def story() -> None:
        with receiver() as ops, receiver() as desk, receiver() as everything:
            room.plan[0] = OutgoingPlan(
                None,
                {
                    "ops": ops.hook("alarm"),
                    "desk": desk.hook("ticket.opened"),
                    "all": everything.hook(),
                },
            )
            for _ in range(2):
                room.outgoing.post("a1", Event(name="alarm.on", body={"queue": "售后"}))
            await room.send_all()
            await room.send_all()
            assert (len(ops.got), len(desk.got), len(everything.got)) == (1, 0, 1)
            headers, body = ops.got[0]
            assert json.loads(body) == {
                "id": "a1@ops",
                "event": "alarm.on",
                "at": 1_000_000.0,
                "data": {"queue": "售后"},
            }
            assert headers["Idempotency-Key"] == "a1@ops"
            stamp, _, mark = headers[SIGNATURE].partition(",v1=")
            made = hmac.new(SECRET.encode(), f"{stamp[2:]}.".encode() + body, sha256)
            assert (stamp, mark) == ("t=1000000", made.hexdigest())

    run(story())


def test_a_receiver_that_fails_is_tried_again_with_growing_pauses_and_the_same_key(
    run: Run, room: Room
) -> None:
    async def story() -> None:
        with receiver(500, 302, 204) as ops:
            room.plan[0] = OutgoingPlan(None, {"ops": ops.hook()})
            room.outgoing.post("a1", Event(name="alarm.on", body={}))
            await room.send_all()
            await room.send_all()
            assert [line.error for line in room.lines()][:1] == ["webhook ops says 500"]
            for pause_s, count in ((4.9, 1), (0.2, 2), (9.9, 2), (0.2, 3), (9_999.0, 3)):
                room.clock.advance(pause_s)
                await room.send_all()
                assert len(ops.got) == count
            assert {headers["Idempotency-Key"] for headers, _ in ops.got} == {"a1@ops"}
            assert all(line.sent_at for line in room.lines())

    run(story())


def test_one_dead_receiver_holds_up_nobody_else(run: Run, room: Room) -> None:
    async def story() -> None:
        with receiver(503) as dead, receiver() as well:
            room.plan[0] = OutgoingPlan(None, {"dead": dead.hook(), "well": well.hook()})
            for n in range(12):
                room.outgoing.post(f"a{n}", Event(name="alarm.on", body={"n": n}))
            await room.send_all()
            await room.send_all()
            assert len(well.got) == 12
            assert len(dead.got) < 12

    run(story())


def test_a_receiver_that_wants_no_more_is_not_asked_again(run: Run, room: Room) -> None:
    async def story() -> None:
        with receiver(410) as gone:
            room.plan[0] = OutgoingPlan(None, {"gone": gone.hook()})
            room.outgoing.post("a1", Event(name="alarm.on", body={}))
            for _ in range(3):
                await room.send_all()
                room.clock.advance(10_000.0)
            assert len(gone.got) == 1
            line = room.lines()[0]
            assert (line.again_at, line.sent_at, line.error) == (
                None,
                None,
                "webhook gone says 410",
            )

    run(story())


def test_a_letter_arrives_with_its_chinese_and_its_attachment(run: Run, room: Room) -> None:
    async def story() -> None:
        with mail_server() as (server, letters):
            room.plan[0] = OutgoingPlan(server, {})
            room.outgoing.post("r1", LETTER)
            await room.send_all()
            message: Any = message_from_bytes(letters[0], policy=policy.default)
            assert message["Subject"] == "三声未接"
            assert message["To"] == "desk@example.com"
            body = message.get_body(("plain",))
            assert body.get_content().strip() == "售后队列：等候 12 人"
            (file,) = message.iter_attachments()
            assert (file.get_filename(), file.get_content().strip()) == ("日报.csv", "队列,等候")

    run(story())


@pytest.mark.parametrize(("refusal", "again"), [("451 later", True), ("550 nobody here", False)])
def test_a_refused_address_is_named_and_tried_again_unless_it_never_will_be_taken(
    run: Run, room: Room, refusal: str, again: bool
) -> None:
    async def story() -> None:
        with mail_server(refusal) as (server, letters):
            room.plan[0] = OutgoingPlan(server, {})
            room.outgoing.post("r1", LETTER)
            await room.send_all()
            line = room.lines()[0]
            assert line.error == f"refused for desk@example.com: {refusal}"
            assert ((line.again_at is not None), letters) == (again, [])

    run(story())


def test_without_a_mail_server_letters_wait_an_alarm_shows_and_configuring_one_sends_them(
    run: Run, room: Room
) -> None:
    async def story() -> None:
        room.outgoing.post("r1", LETTER)
        await room.send_all()
        assert room.alarms == []
        room.clock.advance(ALARM_AFTER_S + 1)
        await room.send_all()
        assert [(alarm.name, alarm.on) for alarm in room.alarms] == [("outgoing", True)]
        assert "no mail server is configured" in room.alarms[0].text
        with mail_server() as (server, letters):
            room.plan[0] = OutgoingPlan(server, {})
            assert await room.outgoing.try_again(room.lines()[0].id)
            await room.send_all()
            assert len(letters) == 1
        assert [alarm.on for alarm in room.alarms] == [True, False]

    run(story())


def test_what_was_posted_while_the_database_was_away_is_sent_when_it_is_back(
    run: Run, tmp_path: Path
) -> None:
    async def story() -> None:
        database = Database(f"sqlite:///{tmp_path}/late.db")
        with receiver() as ops:
            plan = OutgoingPlan(None, {"ops": ops.hook()})
            made = Outgoing(lambda: plan, database, ManualClock(5.0), lambda alarm: None)
            made.post("a1", Event(name="alarm.on", body={}))
            with pytest.raises(Exception, match="no such table"):
                await made.step()
            made.post("a2", Event(name="alarm.on", body={}))
            database.migrate()
            for _ in range(3):
                await made.step()
            keys = {headers["Idempotency-Key"] for headers, _ in ops.got}
            assert (len(ops.got), keys) == (2, {"a1@ops", "a2@ops"})
            await made.stop()
            database.dispose()

    run(story())


def test_who_dies_while_sending_only_delays_it(room: Room) -> None:
    with room.database.session() as session:
        assert kept.post(session, "k", LETTER, 10.0)
        assert not kept.post(session, "k", LETTER, 11.0)
    with room.database.session() as session:
        assert [one.key for one in kept.take(session, 20.0, 120.0, 5)] == ["k"]
    with room.database.session() as session:
        assert kept.take(session, 139.0, 120.0, 5) == []
        assert [one.item for one in kept.take(session, 140.0, 120.0, 5)] == [LETTER]


def test_pauses_double_up_to_an_hour_and_end_after_two_days() -> None:
    pauses = [again_at(0.0, 0.0, tries, 0.0) for tries in (1, 2, 3, 11, 90)]
    assert pauses == [5.0, 10.0, 20.0, LONGEST_S, LONGEST_S]
    assert again_at(0.0, 0.0, 1, 1.0) == 6.25
    assert again_at(GIVEN_UP_AFTER_S, 0.0, 3, 0.0) is None

"""Call records, a recording with sound in it, and a tree, as a small hotline would have them."""

import hashlib
import io
import wave
from pathlib import Path

import msgspec

from calls.ids import AgentId, CallId, OfferId, RecordingId
from calls.record import CallRecord, Leg
from calls.words import Level, NoAnswer, Outcome, Party
from recordings.model import Recording
from tests.web.house import LI, SALES, WANG, House
from tickets.followups.opening import FollowUpOpening

NUMBER = "+8613812345678"
BEGAN = 1_700_000_000.0


def answered(n: int, agent: AgentId = WANG) -> CallRecord:
    """The n-th call, a minute after the one before; rung first at the other agent."""
    at = BEGAN + 60.0 * n
    other = LI if agent == WANG else WANG
    missed = Leg(
        offer=OfferId(f"m{n}"), made_at=at, queue=SALES, agent=other, missed=NoAnswer.RANG_OUT
    )
    talk = Leg(
        offer=OfferId(f"o{n}"), made_at=at + 15, queue=SALES, agent=agent, attempt=2,
        answered_at=at + 18, talk_at=at + 19, ended_at=at + 50, ended_by=Party.CALLER,
        ring=1, talked=True,
    )  # fmt: skip
    return CallRecord(
        call=CallId(f"main-{n}"), started_at=at, arrived=True, number=NUMBER, ended_at=at + 50,
        ended_by=Party.CALLER, outcome=Outcome.ANSWERED, queue=SALES, queues=(SALES,),
        agent=agent, answered_at=at + 18, ring=1, talk_s=31.0, legs=(missed, talk),
    )  # fmt: skip


def keep(house: House, *records: CallRecord) -> None:
    house.records.write(records, mark=0, at=BEGAN)


def keep_recording(house: House, seconds: float = 1.0) -> bytes:
    """Recording ``r1``; the bytes of its file."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(range(256)) * int(seconds * 8000 * 4 / 256))
    data = sound.getvalue()
    (house.folder / "talk").mkdir(exist_ok=True)
    (house.folder / "talk" / "r1.wav").write_bytes(data)
    house.recordings.add(
        Recording(
            id=RecordingId("r1"),
            call=CallId("main-1"),
            path="talk/r1.wav",
            place="here",
            sha256=hashlib.sha256(data).hexdigest(),
            seconds=seconds,
            bytes=len(data),
            made_at=BEGAN,
        )
    )
    return data


def low_score(house: House, n: int, score: int = 2, level: Level = Level.GOLD) -> int:
    """A follow-up of the n-th call, whose caller was not content a moment ago; its number."""
    ended = house.ports.clock.now() - 60.0
    record = msgspec.structs.replace(
        answered(n), scores={"q": score}, level=level, ended_at=ended, number=f"+861381234{n:04}"
    )
    in_force = house.ports.in_force
    opening = FollowUpOpening(lambda: in_force.follow_ups, in_force.never_called)
    with house.tickets.writing() as rows:
        opening.after_call(rows, record, None, house.ports.clock.now())
        task = rows.follow_ups.open_of(record.number)
    assert task is not None
    return task


def shipped_tree() -> dict[str, object]:
    """The tree we ship; its id is ``hotline``."""
    file = Path(__file__).parents[2] / "config" / "trees" / "hotline.json"
    return msgspec.json.decode(file.read_bytes(), type=dict[str, object])

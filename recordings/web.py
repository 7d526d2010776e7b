"""Over HTTP: recordings found, and who listened. Their audio is sent by the runtime, without a
thread (runtime/web/audio.py)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, CallId, QueueId, RecordingId, TicketId
from calls.marks import Placed, placed
from calls.record import CallRecord
from calls.rights import EVERYBODY, WATCHERS, Who, allow
from recordings.keeping import Keeping
from recordings.listening import Heard, sign_link
from recordings.model import Kind, Recording, Sought
from recordings.rules import RecordingRules
from recordings.service import RecordingService
from recordings.shelves import NoAudio

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Score = Annotated[float, msgspec.Meta(ge=0, le=100)]


class RecordingQuery(Asked, frozen=True):
    number: str = ""
    call: CallId | None = None
    ticket: TicketId | None = None
    queue: QueueId | None = None
    agent: AgentId | None = None
    kind: Kind | None = None
    flaw: Literal["", "any", "missing", "empty", "silent", "silent_caller", "silent_agent"] = ""
    since: float | None = None
    """Ended at or after, seconds since the epoch."""
    until: float | None = None
    longer_s: Seconds | None = None
    shorter_s: Seconds | None = None
    score_from: Score | None = None
    score_to: Score | None = None
    held: bool | None = None
    limit: Limit = 50
    before: str = ""
    """``next`` of the page before."""


class RecordingPage(msgspec.Struct, frozen=True):
    recordings: tuple[Recording, ...]
    """Newest first."""
    next: str
    """'' on the last page."""


class RecordingDetail(msgspec.Struct, frozen=True):
    recording: Recording
    marks: tuple[Placed, ...]


class PeaksOf(msgspec.Struct, frozen=True):
    seconds: float
    channels: tuple[tuple[int, ...], ...]
    """Per channel (caller, agent), the loudest of each equal stretch, 0 to 255."""


class HeardPage(msgspec.Struct, frozen=True):
    heard: tuple[Heard, ...]
    """Newest first."""


class AudioLink(msgspec.Struct, frozen=True):
    url: str
    until: float


@dataclass(frozen=True, slots=True)
class RecordingPorts:
    recordings: RecordingService
    keeping: Keeping
    rules: Callable[[], RecordingRules]
    record_of: Callable[[CallId], CallRecord | None]
    calls_of: Callable[[TicketId], Sequence[CallId]]
    """Blocks."""
    read_number: Callable[[str], str]
    link_secret: bytes


def known(http: Exchange, ports: RecordingPorts, id: str) -> Recording:
    """Raises Fault for one there is not, or that is not hers to hear who asks."""
    found = http.wait(ports.recordings.find(RecordingId(id)))
    if found is None or not ports.rules().hears(http.who()).may(found.queue, found.agent):
        raise Fault("no_such_recording", id=id)
    return found


def blueprint(http: Exchange, ports: RecordingPorts) -> Blueprint:
    routes = Blueprint("recordings", __name__)
    recordings = ports.recordings

    @routes.get("/recordings")
    @allow(*EVERYBODY)
    @speaks("Recordings, newest first; agents see their own, some people some queues.",
            query=RecordingQuery, returns=RecordingPage)  # fmt: skip
    def search() -> Reply:
        asked = http.query(RecordingQuery)
        wanted = _sought(asked, ports, http.who())
        if wanted is None:
            return http.reply(RecordingPage((), ""))
        found = http.wait(recordings.search(wanted, asked.limit, _position(asked.before)))
        last = found[-1] if len(found) == asked.limit else None
        return http.reply(
            RecordingPage(tuple(found), f"{last.made_at!r},{last.id}" if last else "")
        )

    @routes.get("/recordings/<id>")
    @allow(*EVERYBODY)
    @speaks("One recording, and what happened to the talk meanwhile.", returns=RecordingDetail,
            refuses=(404,))  # fmt: skip
    def recording(id: str) -> Reply:
        found = known(http, ports, id)
        record = ports.record_of(found.call)
        marks = placed(record.marks, found.offer, found.made_at, found.seconds) if record else ()
        return http.reply(RecordingDetail(found, marks))

    @routes.get("/recordings/<id>/peaks")
    @allow(*EVERYBODY)
    @speaks("How loud each side is, for a player to draw.", returns=PeaksOf, refuses=(404,))
    def peaks(id: str) -> Reply:
        found = known(http, ports, id)
        try:
            channels = http.wait(recordings.peaks_of(found))
        except NoAudio:
            raise Fault("no_audio") from None
        return http.reply(PeaksOf(found.seconds, tuple(map(tuple, channels))))

    @routes.get("/recordings/<id>/heard")
    @allow(*WATCHERS)
    @speaks("Who listened, which part, from where.", returns=HeardPage, refuses=(404,))
    def heard(id: str) -> Reply:
        found = known(http, ports, id)
        return http.reply(HeardPage(tuple(recordings.store.heard(found.id))))

    @routes.post("/recordings/<id>/link")
    @allow(*WATCHERS)
    @speaks("A link by which this recording can be fetched for a while; what is fetched is noted "
            "as heard by who asked for the link.", returns=AudioLink, status=201,
            refuses=(404,))  # fmt: skip
    def link(id: str) -> Reply:
        who, until = http.who(), http.now() + ports.rules().link_s
        found = known(http, ports, id)
        signed = sign_link(ports.link_secret, found.id, who.person, until)
        return http.reply(
            AudioLink(f"/api/v1/recordings/{found.id}/audio?link={signed}", until), 201
        )

    return routes


def _sought(asked: RecordingQuery, ports: RecordingPorts, who: Who) -> Sought | None:
    """None when nothing can be found."""
    hears = ports.rules().hears(who)
    if hears.nothing_else and hears.agent is None:
        return None
    if hears.agent is not None and asked.agent not in (None, hears.agent):
        return None
    return Sought(
        calls=_calls(asked, ports),
        number=ports.read_number(asked.number) or asked.number,
        queue=asked.queue,
        agent=hears.agent or asked.agent,
        kind=asked.kind,
        flaw=asked.flaw,
        since=asked.since,
        until=asked.until,
        longer_s=asked.longer_s,
        shorter_s=asked.shorter_s,
        score_from=asked.score_from,
        score_to=asked.score_to,
        held=asked.held,
        queues=hears.queues,
    )


def _calls(asked: RecordingQuery, ports: RecordingPorts) -> tuple[CallId, ...] | None:
    if asked.ticket is None:
        return None if asked.call is None else (asked.call,)
    calls = tuple(ports.calls_of(asked.ticket))
    return calls if asked.call is None else tuple(call for call in calls if call == asked.call)


def _position(text: str) -> tuple[float, RecordingId] | None:
    if not text:
        return None
    at, _, id_ = text.partition(",")
    try:
        return float(at), RecordingId(id_)
    except ValueError:
        raise Fault("unfit", "before", detail="before") from None

"""What is known of one recording."""

from typing import Literal

import msgspec

from calls.events import RecordingStored
from calls.ids import AgentId, CallId, OfferId, QueueId, RecordingId

Kind = Literal["talk", "voicemail"]
Place = Literal["", "here", "both", "away", "going"]
"""Where the audio is: nowhere (any more), on this machine, there and in the store, in the store
alone; 'going' while it is being deleted."""
Flaw = Literal["", "missing", "empty", "silent_caller", "silent_agent", "silent"]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    id: RecordingId
    call: CallId
    kind: Kind = "talk"
    path: str = ""
    """Its name on a shelf; '' when nothing could be kept, or is any more."""
    place: Place = ""
    seconds: float = 0.0
    bytes: int = 0
    """Of the audio, whatever its file weighs."""
    sha256: str = ""
    """Of the audio, '' when nothing could be kept."""
    flaw: str = ""
    """'' when sound; else 'missing', 'empty', 'silent_caller', 'silent_agent', 'silent'."""
    made_at: float
    """Seconds since the epoch, when the talk or message ended."""
    queue: QueueId | None = None
    agent: AgentId | None = None
    offer: OfferId | None = None
    number: str = ""
    """The caller's, as the call record has it."""
    score: float | None = None
    """Of its quality, 0 to 100, once that was told to the agent."""
    hold_why: str = ""
    """Under legal hold while it says why: nothing deletes it."""
    hold_by: str = ""
    hold_at: float | None = None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Whose talk or message it is, as the session that recorded it knows."""

    id: RecordingId
    call: CallId
    queue: QueueId | None = None
    agent: AgentId | None = None
    offer: OfferId | None = None
    number: str = ""


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for; None and '' mean anything."""

    calls: tuple[CallId, ...] | None = None
    number: str = ""
    queue: QueueId | None = None
    agent: AgentId | None = None
    kind: Kind | None = None
    flaw: str = ""
    """One of them, or 'any'."""
    since: float | None = None
    until: float | None = None
    longer_s: float | None = None
    shorter_s: float | None = None
    score_from: float | None = None
    score_to: float | None = None
    held: bool | None = None
    waiting: bool | None = None
    """On this machine although the store should have it."""
    queues: tuple[QueueId, ...] | None = None
    """None: of every queue and of none; for who hears some queues alone."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A recording that is to move to the store, or to be deleted, and has not yet."""

    recording: Recording
    tries: int = 0
    retry_at: float = 0.0
    error: str = ""


def stored(recording: Recording) -> RecordingStored:
    """The fact a session tells of it; told twice it counts once."""
    return RecordingStored(
        call=recording.call,
        at=recording.made_at,
        key=f"stored-{recording.id}",
        recording=recording.id,
        path=recording.path,
        seconds=recording.seconds,
        bytes=recording.bytes,
        sha256=recording.sha256,
        flaw=recording.flaw,
    )

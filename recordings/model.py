"""What is known of one recording."""

from typing import Literal

import msgspec

from calls.events import RecordingStored
from calls.ids import AgentId, CallId, OfferId, QueueId, RecordingId

Kind = Literal["talk", "voicemail"]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    id: RecordingId
    call: CallId
    kind: Kind = "talk"
    path: str = ""
    """Relative to the recordings folder; '' when nothing could be kept."""
    seconds: float = 0.0
    bytes: int = 0
    sha256: str = ""
    flaw: str = ""
    """'' when sound; else 'missing', 'empty', 'silent_caller', 'silent_agent', 'silent'."""
    made_at: float
    """Seconds since the epoch, when the talk or message ended."""
    queue: QueueId | None = None
    agent: AgentId | None = None
    offer: OfferId | None = None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """Whose talk or message it is, as the session that recorded it knows."""

    id: RecordingId
    call: CallId
    queue: QueueId | None = None
    agent: AgentId | None = None
    offer: OfferId | None = None


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

"""Audio that lies where Asterisk wrote it although its call is over: a controller died before it
was kept, or the rescue context took a message. Finds it and has it kept.
"""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from calls.ids import CallId, OfferId, RecordingId, channel_of
from calls.record import CallRecord, Leg
from hotline.missing import Message
from hotline.recorder import Recorder, seconds_of, talk_id
from hotline.voicemail import SHORTEST_S

_SIDE = "-caller.wav"


@dataclass(frozen=True, slots=True)
class Left:
    talks: Mapping[OfferId, float]
    """When a talk was last written; those that go on are among them."""
    messages: Mapping[CallId, tuple[Message, ...]]


class LeftBehind:
    def __init__(self, recorder: Recorder, rescue_folder: Path) -> None:
        """``rescue_folder``: where the dialplan leaves messages, as ``<channel id>.wav``."""
        self._recorder = recorder
        self._rescue_folder = rescue_folder

    def look(self, calls: Collection[CallId]) -> Left:
        """What there is of these calls, which are over. Blocks on the disk."""
        wanted = frozenset(calls)
        for call in wanted:
            message = self._rescue_folder / f"{channel_of(call)}.wav"
            with suppress(FileNotFoundError):
                message.rename(self._recorder.voicemail_path(RecordingId(f"v-{call}-rescue")))
        talks: dict[OfferId, float] = {}
        messages: dict[CallId, tuple[Message, ...]] = {}
        for name, (size, written_at) in self._recorder.left_behind().items():
            call = CallId(name.removeprefix("v-").rpartition("-")[0])
            if name.endswith(_SIDE):
                talks[OfferId(name.removesuffix(_SIDE))] = written_at
            elif name.startswith("v-") and call in wanted:
                recording = RecordingId(name.removesuffix(".wav"))
                message_found = Message(recording, seconds_of(size), written_at)
                if message_found.seconds >= SHORTEST_S:
                    messages[call] = (*messages.get(call, ()), message_found)
                elif not self._recorder.keeps(recording):
                    self._recorder.voicemail_path(recording).unlink(missing_ok=True)
        return Left(talks, messages)

    def keep(self, call: CallId, record: CallRecord, left: Left) -> bool:
        """Have kept what is not; False when everything is. ``record``: as far as it was told."""
        unstored = [one for one in record.recordings if not one.path and not one.flaw]
        talks = {one.recording for one in unstored}
        busy = False
        for leg in record.legs:
            if talk_id(leg.offer) in talks or leg.offer in left.talks:
                busy = self._keep_talk(call, leg, record.number) or busy
        messages = {message.recording for message in left.messages.get(call, ())}
        for recording in messages | {one.recording for one in unstored if one.voicemail}:
            busy = True
            if not self._recorder.keeps(recording):
                self._recorder.store_voicemail(call, recording, record.number, record.queue)
        return busy

    def _keep_talk(self, call: CallId, leg: Leg, number: str) -> bool:
        if not leg.talked:
            self._recorder.drop_left_talk(leg.offer)
            return False
        if not self._recorder.keeps(talk_id(leg.offer)):
            self._recorder.keep_left_talk(call, leg, number)
        return True

"""Take a message: instructions, a beep, up to so many seconds; a hang-up ends it and keeps it."""

from calls import events
from calls.ids import RecordingId
from hotline.visit import Visit
from ivr.steps import Answer, Returned, TakeVoicemail
from telephony.agi.channel import ChannelLost

SHORTEST_S = 1.0
"""Less is somebody hanging up after the beep, not a message."""
SILENCE_S = 5


async def take_voicemail(visit: Visit, effect: TakeVoicemail) -> Answer:
    await visit.say(*await visit.files(effect.prompts))
    recording = RecordingId(f"v-{visit.call}-{int(visit.house.clock.now())}")
    path = visit.house.recorder.voicemail_path(recording)
    try:
        await visit.channel.record(
            str(path.with_suffix("")), "wav", max_s=effect.max_s, silence_s=SILENCE_S
        )
    except ChannelLost:
        _keep(visit, recording)
        raise
    return Returned(result="stored" if _keep(visit, recording) else "empty")


def _keep(visit: Visit, recording: RecordingId) -> bool:
    seconds = visit.house.recorder.voicemail_seconds(recording)
    if seconds < SHORTEST_S:
        return False
    visit.note(events.VoicemailLeft, recording=recording, seconds=seconds)
    visit.house.recorder.store_voicemail(visit.call, recording, visit.number)
    return True

"""How good each leg's voice was, from what Asterisk wrote of it: kept beside the records, and told
to whoever watches for bad ones. Off the busy path: read with Asterisk's log, seconds after the leg.
"""

from collections.abc import Callable, Sequence

from calls.bus import Bus
from calls.ids import AgentId, DeviceId, EdgeId, call_id
from calls.notices import VoiceMeasured
from calls.voice import Voice
from cti.voice_sql import SqlVoices
from hotline.cel_reading import Measured
from storage.offload import Offload
from telephony.voice import read_rtcp

MOST_WAITING = 5_000
"""While the database is away; what is more is lost, and nothing else with it."""


class Voices:
    def __init__(
        self,
        edge: EdgeId,
        store: SqlVoices,
        offload: Offload,
        bus: Bus,
        agent_of: Callable[[DeviceId], AgentId | None],
    ) -> None:
        """``agent_of``: whose telephone it is."""
        self._edge = edge
        self._store = store
        self._offload = offload
        self._bus = bus
        self._agent_of = agent_of
        self._waiting: list[Voice] = []

    async def keep(self, measured: Sequence[Measured]) -> None:
        """Raises what the database raises, having lost nothing: the next time keeps these, too."""
        for one in measured:
            voice = self._voice(one)
            if voice is None:
                continue
            self._waiting.append(voice)
            if voice.agent is not None and voice.score is not None:
                self._bus.publish(
                    VoiceMeasured(
                        agent=voice.agent, call=voice.call, at=voice.at, score=voice.score
                    )
                )
        del self._waiting[:-MOST_WAITING]
        batch = list(self._waiting)
        if batch:
            await self._offload.run(self._store.keep, batch)
            self._waiting = self._waiting[len(batch) :]

    def _voice(self, one: Measured) -> Voice | None:
        found = read_rtcp(one.text)
        if found is None:
            return None
        came, went, round_trip_ms = found
        device = DeviceId(one.endpoint) if one.channel_id != one.linkedid else None
        return Voice(
            call=call_id(self._edge, one.linkedid),
            channel=one.channel_id,
            at=one.at,
            agent=self._agent_of(device) if device else None,
            device=device,
            came=came,
            went=went,
            round_trip_ms=round_trip_ms,
        )

"""The edge's hands on Asterisk while a session's own channel is busy: by AMI, fire and look.

None of these raises into a call: a link that is down leaves the matter to Dial's own limits.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any

from calls.ids import DeviceId, EdgeId, OfferId
from hotline.offer import OfferRun
from telephony.ami.errors import AmiError
from telephony.ami.link import AmiLink
from telephony.ami.truth import channel_alive, channel_state
from telephony.ami.wire import Fields
from telephony.asterisk import peer

if TYPE_CHECKING:
    from hotline.visit import Visit

RESEND_STOP_S = 0.02
"""A stop that arrives before Asterisk has begun the file does nothing: it is said again."""
CAUSE_WAIT_S = 0.1
"""The leg's Hangup event normally comes before Dial's return; no longer than this after it."""
USUAL_ALERT_S = 0.05
ALERT_WEIGHT = 0.2
MOST_ALERT_S = 1.0


class Lines:
    def __init__(self, link: AmiLink) -> None:
        self._link = link
        self._alert_s: dict[DeviceId, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: dict[OfferId, asyncio.Event] = {}

    def dial_string(self, device: DeviceId, home: EdgeId | None = None) -> str:
        """One endpoint a device, one contact an endpoint. ``home``: the other edge it is
        registered at, if it is not registered here."""
        return f"PJSIP/{device}" if home is None else peer.dial_string(device, home)

    def usual_alert_s(self, device: DeviceId) -> float:
        """Seconds this device usually takes from dialling to its 180."""
        return self._alert_s.get(device, USUAL_ALERT_S)

    def alerted(self, device: DeviceId, after_s: float) -> None:
        """Learn from one 180; capped, so that one slow phone call cannot stretch the backstop."""
        usual = self.usual_alert_s(device)
        learnt = usual + ALERT_WEIGHT * (min(after_s, MOST_ALERT_S) - usual)
        self._alert_s[device] = learnt

    def hang_up(self, channel: str) -> None:
        self._spawn(self._send("Hangup", {"Channel": channel}))

    def originate(
        self,
        target: str,
        channel_id: str,
        *,
        ring_s: float,
        shows: str,
        variables: Mapping[str, str],
        to: tuple[str, str] = ("callback", "s"),
        other_id: str = "",
    ) -> None:
        """Dial ``target`` (a dial string) under an id of ours; whoever picks up comes in over
        FastAGI by this context and extension. How it ended is told by the channel's own end.
        ``other_id``: of the second half, where the target is a place of our own dialplan."""
        fields: Fields = {
            "Channel": target,
            "ChannelId": channel_id,
            "Context": to[0],
            "Exten": to[1],
            "Priority": "1",
            "Timeout": str(round(ring_s * 1000)),
            "CallerID": shows,
            "Async": "true",
            **({"OtherChannelId": other_id} if other_id else {}),
            "Variable": [f"{name}={value}" for name, value in variables.items()],
        }
        self._spawn(self._send("Originate", fields))

    async def redirect(
        self, channel: str, context: str, exten: str, also: tuple[str, str, str] | None = None
    ) -> bool:
        """Take a channel out of whatever it does, to this place of the dialplan; ``also``: at the
        same moment another one, with its context and extension. False: it was not done."""
        fields = {"Channel": channel, "Context": context, "Exten": exten, "Priority": "1"}
        if also is not None:
            names = ("ExtraChannel", "ExtraContext", "ExtraExten")
            fields |= dict(zip(names, also, strict=True)) | {"ExtraPriority": "1"}
        return await self._done("Redirect", fields)

    def move(self, channel: str, context: str, exten: str) -> None:
        """The same, whether it can be done or not."""
        self._spawn(self._move(channel, context, exten))

    async def _move(self, channel: str, context: str, exten: str) -> None:
        await self.redirect(channel, context, exten)

    async def tell(self, channel: str, words: Mapping[str, str]) -> bool:
        """Set variables of a channel, for the dialplan. False: it was not done."""
        for name, value in words.items():
            fields = {"Channel": channel, "Variable": name, "Value": value}
            if not await self._done("Setvar", fields):
                return False
        return True

    async def mute_recording(self, channel: str, on: bool) -> bool:
        """Silence in place of both sides, or both sides again. False: it was not done."""
        fields = {"Channel": channel, "Direction": "both", "State": "1" if on else "0"}
        return await self._done("MixMonitorMute", fields)

    def cut(self, channel: str) -> None:
        """End whatever this channel is playing now; once."""
        self._spawn(self._send("ControlPlayback", {"Channel": channel, "Control": "stop"}))

    def stop_playing(self, visit: "Visit") -> None:
        """End the running announcement; said again until it has ended."""
        self._spawn(self._stop(visit))

    async def cause_of_end(self, run: OfferRun) -> None:
        """Give the leg's own Hangup event a moment to tell the cause."""
        ended = self._ends.setdefault(run.offer.offer, asyncio.Event())
        try:
            async with asyncio.timeout(CAUSE_WAIT_S):
                await ended.wait()
        except TimeoutError:
            pass
        finally:
            self._ends.pop(run.offer.offer, None)

    def settle(self, channel: str, gone: Callable[[], None]) -> None:
        """Look one doubtful channel up, by name or id; ``gone()`` when Asterisk does not know it
        any more."""
        self._spawn(self._settle(channel, gone))

    async def _settle(self, channel: str, gone: Callable[[], None]) -> None:
        try:
            alive = await channel_alive(self._link, channel)
        except AmiError:
            return  # a gap: the whole truth is read again when the link is back
        if not alive:
            gone()

    async def state_of(self, channel: str) -> str | None:
        """What a channel does now, in Asterisk's word; None: it is gone. "" when Asterisk cannot be
        asked: the whole truth is read again when the link is back."""
        try:
            return await channel_state(self._link, channel)
        except AmiError:
            return ""

    def note(self, channel: str, words: Mapping[str, str]) -> None:
        """Set variables of a channel, whether it can be done or not."""
        self._spawn(self._note(channel, words))

    async def _note(self, channel: str, words: Mapping[str, str]) -> None:
        await self.tell(channel, words)

    def leg_ended(self, offer: OfferId) -> None:
        if offer in self._ends:
            self._ends[offer].set()

    async def _stop(self, visit: "Visit") -> None:
        channel = visit.channel.environment.channel
        while visit.announcing and self._link.up:
            await self._send("ControlPlayback", {"Channel": channel, "Control": "stop"})
            await asyncio.sleep(RESEND_STOP_S)

    async def _done(self, action: str, fields: dict[str, str]) -> bool:
        try:
            await self._link.send(action, fields)
        except AmiError:
            return False
        return True

    async def _send(self, action: str, fields: Fields) -> None:
        # Refused or unknown: the leg is gone already, or Dial's own limit ends it.
        try:
            await self._link.send(action, fields)
        except AmiError:
            return

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

"""Asterisk as a session meets it, in memory: a caller's line that answers AGI, phones that are
dialled, a manager link that can be cut. Answers as the real one was seen to."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from calls.clock import Clock, Timer
from calls.ids import DeviceId, OfferId
from calls.words import DeviceState
from hotline.session import CARRIED
from telephony.agi.channel import Channel
from telephony.agi.environment import Environment
from telephony.agi.wire import Reply, read_reply, split_command
from telephony.ami import events as ami
from telephony.ami.errors import ActionRefused
from telephony.ami.truth import LiveChannel, Truth

MARKING = re.compile(r"B\(mark\^s\^1\((.*?)\)\)")
PROMPT_S = 2.0
STAFF_S = 1.5
"""How long any prompt, and the staff number, take to say."""
MESSAGE_S = 8.0
AGAIN_S = 0.01
"""From a redirect to the session it leads to."""
TICK_S = 0.001
"""AMI tells of a thing so much after AGI."""

Log = Callable[[str, str], None]


@dataclass
class Leg:
    channel: str
    channel_id: str
    offer: OfferId
    device: DeviceId
    caller: "Line"
    up: bool = False
    bridged: bool = False
    waits: str = ""
    """Where in the dialplan it is, parted from its caller."""
    timers: list[Timer] = field(default_factory=list)


class Asterisk:
    def __init__(self, clock: Clock, log: Log) -> None:
        self.clock = clock
        self.log = log
        self.hear: Callable[[object], None] = lambda event: None
        self.lines: dict[str, Line] = {}
        self.legs: dict[DeviceId, Leg] = {}
        self.unregistered: set[DeviceId] = set()
        self.too_late: set[DeviceId] = set()
        """Phones picked up at the very moment their cancel arrives."""
        self.dialling: list[dict[str, Any]] = []
        """People being called back."""
        self.enter_leg: Callable[[LegLine, str], None] = lambda line, name: None
        """FastAGI of one of several legs of a caller's Dial."""
        self.enter_again: Callable[[Line], None] = lambda line: None
        """FastAGI of a caller who was taken out of what her session did."""
        self.up = True
        self.reply_s = 0.0
        """How long a busy one takes to answer a word of AGI's."""
        self.refuses_dial = False
        self.dialled = 0

    def tell(self, event: object) -> None:
        if self.up:
            self.clock.call_later(TICK_S, lambda: self.hear(event) if self.up else None)

    def act(self, action: str, fields: dict[str, Any]) -> None:
        """One action of the manager's. Raises ActionRefused."""
        name = fields["Channel"]
        if action == "Originate":
            self.log("ami", f"Originate {name} for {int(fields['Timeout']) // 1000} s")
            self.dialling.append(fields)
            return
        if action in ("Getvar", "Setvar"):
            self._variable(action, fields)
            return
        self.log("ami", f"{action} {re.sub('-[0-9]+$', '', name)}")
        if action == "Redirect":
            self._redirect(name, fields)
        if action == "Hangup":
            for fields in [one for one in self.dialling if one["ChannelId"] == name]:
                self.dialling.remove(fields)
            for line in [one for one in self.lines.values() if one.id == name and one.alive]:
                line.hang_up()
            for leg in [one for one in self.legs.values() if one.channel == name]:
                self._cancelled(leg)
        elif action == "ControlPlayback":
            for line in self.lines.values():
                if line.name == name:
                    line.finish("STREAM FILE", "200 result=0 endpos=1")

    def _variable(self, action: str, fields: dict[str, Any]) -> None:
        name = fields["Channel"]
        known = {text for one in self.truth().channels for text in (one.channel, one.channel_id)}
        if name not in known:
            raise ActionRefused(action, "No such channel")
        for line in self.lines.values() if action == "Setvar" else ():
            if line.name == name:
                line.variables[fields["Variable"]] = fields["Value"]

    def _redirect(self, name: str, fields: dict[str, Any]) -> None:
        also = fields.get("ExtraChannel")
        for leg in self.legs.values():
            if leg.channel in (name, also):
                leg.waits = fields["ExtraExten"] if leg.channel == also else fields["Exten"]
        for line in [one for one in self.lines.values() if one.name == name]:
            line.taken_out()

    def picked_up(self) -> tuple[str, dict[str, str]]:
        """The channel that was dialled, and what it was given."""
        fields = self.dialling.pop(0)
        return fields["ChannelId"], dict(one.split("=", 1) for one in fields["Variable"])

    def not_reached(self, cause: int) -> None:
        fields = self.dialling.pop(0)
        self.tell(ami.ChannelHungUp("PJSIP/trunk-city-1", fields["ChannelId"], cause, ""))

    def truth(self) -> Truth:
        channels = [line.live() for line in self.lines.values() if line.alive]
        channels += [
            LiveChannel(
                leg.channel,
                leg.channel_id,
                leg.caller.id,
                leg.up,
                leg.offer,
                context="agent-leg" if leg.waits else "",
            )
            for leg in self.legs.values()
        ]
        channels += [
            LiveChannel(
                "PJSIP/trunk-city-1", one["ChannelId"], one["ChannelId"], False, OfferId("")
            )
            for one in self.dialling
        ]
        return Truth(tuple(channels), {})

    def dial(self, line: "Line", device: DeviceId, limit_s: float, silent_s: float) -> None:
        if device in self.unregistered:
            line.dial_over("CHANUNAVAIL")
            return
        self.dialled += 1
        offer = OfferId(line.variables["__TR_OFFER"])
        leg = Leg(f"PJSIP/{device}-{self.dialled}", f"leg{self.dialled}", offer, device, line)
        self.legs[device] = leg
        self.tell(ami.LegBegan(offer, line.id, leg.channel, leg.channel_id))
        self.tell(ami.DeviceChanged(device, DeviceState.RINGING))
        later = self.clock.call_later
        leg.timers = [
            later(limit_s, lambda: self.leg_over(leg, "NOANSWER", 0)),
            later(silent_s, lambda: self.leg_over(leg, "CHANUNAVAIL", 0)),
        ]

    def rings(self, leg: Leg) -> None:
        leg.timers.pop().cancel()
        self.tell(ami.LegRang(leg.offer, leg.channel, leg.channel_id))

    def answers(self, leg: Leg) -> None:
        leg.up = True
        for timer in leg.timers:
            timer.cancel()
        leg.caller.variables["DIALSTATUS"] = "ANSWER"
        self.tell(ami.LegUp(leg.offer, leg.channel, leg.channel_id))
        if isinstance(leg.caller, LegLine):
            leg.caller.up()
        self.tell(ami.DeviceChanged(leg.device, DeviceState.IN_USE))
        leg.timers = [self.clock.call_later(STAFF_S, lambda: self._bridged(leg))]

    def _bridged(self, leg: Leg) -> None:
        leg.bridged = True
        self.tell(ami.LegDialEnded(leg.offer, leg.channel, leg.channel_id, "ANSWER"))

    def hangs_up(self, leg: Leg) -> None:
        # Without a word to the caller's side when it happens during the staff number.
        result = "0" if leg.bridged else "-1"
        self.leg_over(leg, "ANSWER", 16, result)

    def _cancelled(self, leg: Leg) -> None:
        if leg.device in self.too_late:
            self.answers(leg)
            self.leg_over(leg, "ANSWER", 16, "-1")
        else:
            self.leg_over(leg, "ANSWER" if leg.up else "NOANSWER", 16 if leg.up else 26)

    def leg_over(self, leg: Leg, status: str, cause: int, result: str = "0") -> None:
        self.leg_gone(leg, cause)
        if leg.waits:
            return
        leg.caller.finish("Bridge", "200 result=0")
        leg.caller.dial_over(status, result)

    def leg_gone(self, leg: Leg, cause: int) -> None:
        for timer in leg.timers:
            timer.cancel()
        del self.legs[leg.device]
        self.tell(ami.ChannelHungUp(leg.channel, leg.channel_id, cause, "", leg.offer))
        self.tell(ami.DeviceChanged(leg.device, DeviceState.IDLE))


class Line:
    """One caller's channel; the pipe below whatever session serves it now."""

    def __init__(self, asterisk: Asterisk, who: str, id: str) -> None:
        self.id = id
        self.name = f"PJSIP/{who}-1"
        self.variables: dict[str, str] = {}
        self.alive = True
        self.recorded_s = 0.0
        self.legs: list[LegLine] = []
        """Of a Dial that rings several phones."""
        self.allowed: list[float] = []
        """When the limit of the call was pushed forward."""
        self._asterisk = asterisk
        self._session: Channel | None = None
        self._running = ""
        self._keys = ""
        self._timer: Timer | None = None
        self._began_at = 0.0

    def live(self) -> LiveChannel:
        offer = OfferId(self.variables.get("__TR_OFFER", ""))
        return LiveChannel(self.name, self.id, self.id, True, offer, "AGI", "hotline")

    def enter(self, number: str, dialled: str) -> Channel:
        """FastAGI: a new session begins on this channel."""
        environment = Environment(
            channel=self.name,
            channel_id=self.id,
            number=number,
            name="",
            dialled=dialled,
            context="hotline",
            extension=dialled,
            language="zh",
            path="hotline",
        )
        self._session = Channel(environment, self, self._asterisk.clock)
        self._session.carried = {name: self.variables.get(name, "") for name in CARRIED}
        return self._session

    # What the session writes.

    def write(self, data: bytes) -> None:
        words = split_command(data.decode().rstrip("\n"))
        match words:
            case ["GET", "VARIABLE", name]:
                value = self.variables.get(name)
                self._reply("200 result=0" if value is None else f"200 result=1 ({value})")
            case ["SET", "VARIABLE", name, value]:
                self._set(name, value)
                self._reply("200 result=1")
            case ["EXEC", "MSet", text]:
                for pair in re.split(r"(?<!\\),", text):
                    name, _, value = pair.partition("=")
                    self._set(name, re.sub(r"\\(.)", r"\1", value))
                self._reply("200 result=0")
            case ["EXEC", "Dial", _] if self._asterisk.refuses_dial:
                self._reply("510 Invalid or unknown command")
            case ["EXEC", "Dial", text]:
                self._log(f"Dial {MARKING.sub('', text)}")
                self._dial(text)
            case ["EXEC", "Bridge", text]:
                self._bridge(text.partition(",")[0])
            case ["SET", "MUSIC", "on", *_]:
                self._log("music")
                self._reply("200 result=0")
            case ["STREAM", "FILE", file, keys]:
                self._log(f"play {file}")
                self._run("STREAM FILE", keys, PROMPT_S, "200 result=0 endpos=16000")
            case ["WAIT", "FOR", "DIGIT", ms]:
                self._run("WAIT FOR DIGIT", "0123456789*#", int(ms) / 1000, "200 result=0")
            case ["RECORD", "FILE", *_]:
                self._log("record")
                self._run("RECORD FILE", "#", MESSAGE_S, "200 result=0 (timeout) endpos=64000")
            case _:
                self._reply("200 result=0")

    def close(self) -> None:
        self._log("closed")
        self.left()

    def abort(self) -> None:
        self.left()

    @property
    def served(self) -> bool:
        """A session has it."""
        return self._session is not None

    def left(self) -> None:
        """The session is gone; a Dial runs to its end, with nobody to tell."""
        self._session = None
        if self._running not in ("Dial", "Bridge"):
            self._stop()

    # What callers and phones do.

    def press(self, key: str) -> None:
        self._asterisk.tell(ami.KeyPressed(self.id, key))
        if self._running and key in self._keys:
            self.finish(self._running, f"200 result={ord(key)} (dtmf) endpos=16000")

    def hang_up(self) -> None:
        self.alive = False
        for other in tuple(self.legs):
            other.hang_up()
        legs = self._asterisk.legs.values()
        for leg in [one for one in legs if one.caller is self and not one.waits]:
            self._asterisk.leg_gone(leg, 16)
            self.variables["DIALSTATUS"] = "ANSWER" if leg.up else "CANCEL"
        if self._running:
            self.finish(self._running, "200 result=-1")
        session = self._session
        if session is not None:
            self._soon(session.hangup_seen)
        self._asterisk.tell(ami.ChannelHungUp(self.name, self.id, 16, ""))

    def dial_over(self, status: str, result: str = "0") -> None:
        self.variables["DIALSTATUS"] = status
        self.finish("Dial", f"200 result={result}")

    def finish(self, running: str, line: str) -> None:
        if self._running != running:
            return
        if running == "RECORD FILE":
            self.recorded_s = self._asterisk.clock.now() - self._began_at
        self._stop()
        self._reply(line)

    def _stop(self) -> None:
        self._running = self._keys = ""
        if self._timer is not None:
            self._timer.cancel()

    def _run(self, what: str, keys: str, seconds: float, end: str) -> None:
        self._running, self._keys = what, keys
        self._began_at = self._asterisk.clock.now()
        self._timer = self._asterisk.clock.call_later(seconds, lambda: self.finish(what, end))

    def _dial(self, text: str) -> None:
        target, limits, options = text.split(",", 2)
        if target.startswith("Local/"):
            self._running = "Dial"
            names = [one.removeprefix("Local/").partition("@")[0] for one in target.split("&")]
            self.legs = [LegLine(self._asterisk, self, name) for name in names]
            for leg, name in zip(self.legs, names, strict=True):
                self._asterisk.enter_leg(leg, name)
            return
        if not isinstance(self, LegLine):
            self._mark(options)
        limit, _, silent = limits.partition("^")
        self._running = "Dial"
        device = DeviceId(target.removeprefix("PJSIP/"))
        self._asterisk.dial(self, device, float(limit), float(silent))

    def _bridge(self, name: str) -> None:
        legs = [one for one in self._asterisk.legs.values() if one.channel == name]
        self._log(f"Bridge {re.sub('-[0-9]+$', '', name)}")
        if not legs:
            self._reply("200 result=0")
            return
        legs[0].waits, self._running = "", "Bridge"

    def taken_out(self) -> None:
        """Redirected: what ran is over, its session gone, and another one begins at once."""
        session, self._running = self._session, ""
        if session is not None:
            self._soon(session.hangup_seen)
        self._soon(lambda: self._asterisk.enter_again(self) if self.alive else None, AGAIN_S)

    def _mark(self, options: str) -> None:
        """The dialplan's ``mark``, before a phone is dialled from her own channel."""
        marking = MARKING.search(options)
        assert marking, "a phone is dialled for a caller whose place is not on her channel"
        here, offer, for_s = marking[1].split("^")
        self._set("TR_PLACE", base64.b64decode(here).decode())
        for name, value in (("__TR_OFFER", offer), ("TR_TALKED", ""), ("TIMEOUT(absolute)", for_s)):
            self._set(name, value)

    def _set(self, name: str, value: str) -> None:
        self.variables[name] = value
        if name == "TIMEOUT(absolute)":
            self.allowed.append(self._asterisk.clock.now())
        if name == "CTLDONE":
            self._log(f"CTLDONE={value}")

    def _reply(self, line: str) -> None:
        session = self._session
        reply: Any = read_reply(line.encode())
        assert isinstance(reply, Reply), line
        if session is not None:
            self._soon(
                lambda: session.replied(reply) if session.reply_owed else None,
                self._asterisk.reply_s,
            )

    def _soon(self, fn: Callable[[], None], delay_s: float = 0.0) -> None:
        self._asterisk.clock.call_later(delay_s, fn)

    def _log(self, text: str) -> None:
        self._asterisk.log("agi", text)


class LegLine(Line):
    """The far half of a leg of a caller's Dial, in which a session rings one agent."""

    def __init__(self, asterisk: Asterisk, caller: Line, name: str) -> None:
        super().__init__(asterisk, name, f"{caller.id}.{name}")
        self.name = f"Local/{name}@leg-0001;2"
        self.variables = dict(caller.variables)
        self._caller = caller

    def up(self) -> None:
        """Answered: the first leg that is ends the others."""
        caller = self._caller
        if self not in caller.legs:
            return
        name = self.name.removesuffix("2") + "1"
        group = OfferId(caller.variables["__TR_OFFER"])
        self._asterisk.tell(ami.LegUp(group, name, f"{self.id}.1"))
        for other in tuple(caller.legs):
            if other is not self:
                other.hang_up()

    def hang_up(self) -> None:
        self._gone()
        super().hang_up()

    def left(self) -> None:
        """Its session has given it back to the dialplan, which ends it once a Dial is over."""
        super().left()
        self._end()

    def dial_over(self, status: str, result: str = "0") -> None:
        super().dial_over(status, result)
        self._end()

    def _end(self) -> None:
        if self.alive and not self.served and self._running != "Dial":
            self.alive = False
            if self.variables.get("DIALSTATUS") == "ANSWER":
                self._caller.variables["TR_TALKED"] = self.variables["__TR_OFFER"]
            self._gone()
            if not self._caller.legs:
                self._caller.dial_over(self.variables.get("DIALSTATUS", "CANCEL"))

    def _gone(self) -> None:
        if self in self._caller.legs:
            self._caller.legs.remove(self)

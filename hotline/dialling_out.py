"""Calls that agents make: their own telephone is rung first, then the number, over outbound routes.

By AMI, as hotline.calling_back does. Whoever answers comes in over FastAGI like any caller, and the
two talk from then on as after any offer; until then this file answers for the call.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from calls import events
from calls.bus import Bus
from calls.clock import Clock, Timer
from calls.commands import ControlTalk, PlaceCall
from calls.ids import DIALLED_OUT, DeviceId, OfferId
from calls.inputs import Input, TalkEnded
from calls.notices import TalkChanged
from calls.words import NoAnswer, Party, TalkAct, TalkStage
from hotline.calling_back import FIRST, LATE_S, NUMBER, why
from hotline.factlog import FactLog
from hotline.house import House, Route, Routes
from hotline.lines import Lines
from telephony.agi.channel import Channel
from telephony.ami.truth import LiveChannel
from telephony.asterisk.trunk import TRUNK_PREFIX

OWN = "own."
"""How the id of the channel to her own telephone begins."""
OWN_RING_S = 20.0
RING_S = 45.0
LEG = "agent-leg"

log = logging.getLogger(__name__)

_REFUSED = {NoAnswer.BUSY: "busy", NoAnswer.RANG_OUT: "no_answer", NoAnswer.REJECTED: "no_answer"}


@dataclass(slots=True)
class Dialled:
    command: PlaceCall
    route: Route
    timer: Timer
    leg: str = ""
    """Her own channel, once she has lifted."""
    answered: bool = False

    @property
    def own_id(self) -> str:
        return f"{OWN}{self.command.offer}"

    @property
    def out_id(self) -> str:
        return f"{DIALLED_OUT}{self.command.offer}"


class DiallingOut:
    def __init__(
        self,
        clock: Clock,
        bus: Bus,
        tell: Callable[[Input], None],
        lines: Lines,
        routes: Routes,
        facts: FactLog,
        browsers: Callable[[], frozenset[DeviceId]],
    ) -> None:
        self._clock = clock
        self._bus = bus
        self._tell = tell
        self._lines = lines
        self._routes = routes
        self._facts = facts
        self._browsers = browsers
        self._runs: dict[OfferId, Dialled] = {}

    @property
    def running(self) -> set[OfferId]:
        """Calls whose number has not answered yet."""
        return set(self._runs)

    def place(self, command: PlaceCall) -> None:
        """Ring her telephone; a browser's answers by itself. What no route allows is said."""
        route = self._routes.allow(command.number, self._clock.now())
        if route is None:
            self._say(command, TalkStage.DIALLING, "no_route")
            self._over(command)
            return
        timer = self._clock.call_later(OWN_RING_S + LATE_S, lambda: self._fail(run, "failed"))
        run = self._runs[command.offer] = Dialled(command, route, timer)
        self._say(command, TalkStage.DIALLING)
        variables: dict[str, str] = {"TR_OFFER": command.offer}
        if command.device in self._browsers():
            variables["PJSIP_HEADER(add,X-ThreeRing-Back)"] = "1"
        self._lines.originate(
            self._lines.dial_string(command.device),
            run.own_id,
            ring_s=OWN_RING_S,
            shows=command.number,
            variables=variables,
            to=(LEG, "dialling"),
        )

    def lifted(self, channel_id: str, channel: str) -> bool:
        """Her telephone is up: now the number is rung. False: nobody knows of it any more."""
        run = self._runs.get(OfferId(channel_id.removeprefix(OWN)))
        if run is None or run.own_id != channel_id:
            return False
        run.leg = channel
        run.timer.cancel()
        run.timer = self._clock.call_later(RING_S + LATE_S, lambda: self._fail(run, "failed"))
        self._lines.originate(
            f"PJSIP/{run.route.number}@{TRUNK_PREFIX}{run.route.trunk}",
            run.out_id,
            ring_s=RING_S,
            shows=run.route.caller_number,
            variables={FIRST: run.command.call, NUMBER: run.command.number},
        )
        return True

    def answered(self, channel_id: str) -> Dialled | None:
        """Whoever was called has picked up, and her session begins; None: the agent is gone."""
        run = self._runs.pop(OfferId(channel_id.removeprefix(DIALLED_OUT)), None)
        if run is not None:
            run.timer.cancel()
            run.answered = True
        return run

    def control(self, wish: ControlTalk) -> bool:
        """Before an answer she can only give it up. False: no call of this kind."""
        run = self._runs.get(wish.offer)
        if run is not None and wish.do is TalkAct.HANG_UP:
            self._lines.hang_up(run.leg or run.own_id)
            self._end(run, "given_up", Party.AGENT)
        return run is not None

    def hung_up(self, channel_id: str, cause: int) -> bool:
        """A channel is gone; False when it was none of a call that is being made."""
        kind, _, offer = channel_id.partition(".")
        run = self._runs.get(OfferId(offer))
        if run is None:
            return False
        if f"{kind}." == OWN:
            self._end(run, "given_up", Party.AGENT)
            return True
        if f"{kind}." == DIALLED_OUT:
            self._fail(run, _REFUSED.get(why(cause), "failed"))
            return True
        return False

    def tidy(self, channels: Iterable[LiveChannel]) -> None:
        """Who is still being rung for a call of a former controller would hear nobody."""
        ours = {id_ for run in self._runs.values() for id_ in (run.own_id, run.out_id)}
        ringing = {
            one.channel_id
            for one in channels
            if one.channel_id.startswith((OWN, DIALLED_OUT)) and not one.up
        }
        for id_ in ringing - ours:
            self._lines.hang_up(id_)

    # --- inside ------------------------------------------------------------------------------

    def _fail(self, run: Dialled, reason: str) -> None:
        """In vain: she hears it and sees why."""
        self._say(run.command, TalkStage.DIALLING, reason)
        if run.leg:
            self._lines.move(run.leg, LEG, "in-vain")
        else:
            self._lines.hang_up(run.own_id)
        self._end(run, reason, Party.SYSTEM)

    def _end(self, run: Dialled, cause: str, by: Party) -> None:
        run.timer.cancel()
        if self._runs.pop(run.command.offer, None) is None:
            return
        if by is Party.AGENT:
            self._lines.hang_up(run.out_id)
        self._keep_record(run.command, cause, by)
        self._over(run.command)

    def _over(self, command: PlaceCall) -> None:
        self._tell(TalkEnded(offer=command.offer, by=Party.AGENT))
        self._say(command, TalkStage.OVER)

    def _keep_record(self, command: PlaceCall, cause: str, by: Party) -> None:
        at = self._clock.now()
        for fact in (
            events.CallArrived(
                call=command.call, at=at, key="out.1", number=command.number, out_by=command.agent
            ),
            events.CallEnded(call=command.call, at=at, key="out.2", by=by, cause=cause),
        ):
            self._facts.write(fact)

    def _say(self, command: PlaceCall, stage: TalkStage, refused: str = "") -> None:
        self._bus.publish(
            TalkChanged(
                agent=command.agent,
                call=command.call,
                offer=command.offer,
                stage=stage,
                at=self._clock.now(),
                other=command.number,
                refused=refused,
            )
        )


async def serve_own(channel: Channel, house: House) -> None:
    """An agent's own leg has been lifted; without its call it ends at once."""
    environment = channel.environment
    if not house.dialling_out.lifted(environment.channel_id, environment.channel):
        await channel.hang_up()

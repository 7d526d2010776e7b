"""A small floor and a hand-moved time: what stories about the engine are told with.

After every input the invariants are checked, that a restored engine is the same engine, and that
one that only recalls what happened has come to the same.
"""

from acd.choose import Reason, Why
from acd.engine import Engine, restore
from acd.invariants import violations
from acd.turn import Decision
from calls.commands import Command, OfferCall, TellPlace
from calls.floor import (
    AgentSpec,
    DeviceSpec,
    FloorSpec,
    Membership,
    QueueSpec,
    SkillNeed,
)
from calls.ids import AgentId, CallId, DeviceId, EdgeId, QueueId
from calls.inputs import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallerLeft,
    CallQueued,
    DeviceChanged,
    FloorConfigured,
    Input,
    OfferAnswered,
    OfferFailed,
    OfferRang,
    TalkEnded,
    TimePassed,
)
from calls.notices import AgentChanged, Alarm
from calls.words import AgentState, DeviceState, LeaveReason, NoAnswer, Party

EDGE = EdgeId("east")
SALES = QueueId("sales")
SERVICE = QueueId("service")


def queue(id: str = "sales", **rules: object) -> QueueSpec:
    """A queue without wrap-up and announcements unless the story is about them."""
    settings: dict[str, object] = {"wrap_up_s": 0.0, "announce_every_s": 0.0, **rules}
    return QueueSpec(id=QueueId(id), names={"en": id}, **settings)  # type: ignore[arg-type]


def agent(id: str, *queues: str, devices: tuple[str, ...] = (), **skills: int) -> AgentSpec:
    """``queues``: names, each with an optional tier: ``"sales"``, ``"sales:2"``."""
    members = tuple(
        Membership(queue=QueueId(name.partition(":")[0]), tier=int(name.partition(":")[2] or 1))
        for name in queues or ("sales",)
    )
    telephones = tuple(DeviceSpec(id=DeviceId(name)) for name in devices or (f"{id}-desk",))
    return AgentSpec(
        id=AgentId(id),
        name=id.title(),
        staff_number="8001",
        queues=members,
        skills=skills,
        devices=telephones,
    )


def floor(
    *people: AgentSpec, queues: tuple[QueueSpec, ...] = (), version: int = 1, cycle_s: float = 5.0
) -> FloorSpec:
    return FloorSpec(
        version=version,
        queues=queues or (queue(),),
        agents=people,
        ring_cycle_s=cycle_s,
        seed=20260101,
    )


class Scene:
    def __init__(self, plan: FloorSpec, *, ready: bool = True, starts_at: float = 1000.0) -> None:
        self.engine = Engine()
        self.now = starts_at
        self.said: list[tuple[Input, float]] = []
        self.offers: list[OfferCall] = []
        self.last = Decision()
        self.tell(FloorConfigured(floor=plan))
        for person in plan.agents if ready else ():
            self.at_work(person.id)

    def tell(self, said: Input, after_s: float = 0.0) -> tuple[Command, ...]:
        """Say something ``after_s`` seconds later; it must not be refused."""
        commands = self.try_to(said, after_s)
        assert self.last.refused is None, self.last.refused
        return commands

    def try_to(self, said: Input, after_s: float = 0.0) -> tuple[Command, ...]:
        """Say something that may be refused; then it must change nothing."""
        before = self.engine.snapshot()
        self.now += after_s
        self.last = self.engine.apply(said, self.now)
        self.said.append((said, self.now))
        self.offers += [one for one in self.last.commands if isinstance(one, OfferCall)]
        assert violations(self.engine) == []
        state = self.engine.snapshot()
        assert restore(state).snapshot() == state
        if self.last.refused is not None:
            assert state == before
            assert self.last.commands == self.last.notices == self.last.why == ()
        else:
            again = restore(before)
            again.recall(said, self.now, self.last.commands)
            assert again.snapshot() == state
        return self.last.commands

    def refused(self, said: Input) -> str:
        self.try_to(said)
        assert self.last.refused is not None
        return self.last.refused

    def pass_time(self, by_s: float) -> list[Command]:
        """Let time go by, stopping at each deadline the engine names."""
        end, commands = self.now + by_s, []
        while (at := self.engine.next_deadline()) is not None and at <= end:
            self.now = max(self.now, at)
            commands += self.tell(TimePassed())
        self.now = end
        return commands

    # What people and edges do

    def at_work(self, id: str) -> None:
        self.tell(AgentLoggedIn(agent=AgentId(id)), after_s=1.0)
        self.tell(AgentReady(agent=AgentId(id)), after_s=1.0)

    def queued(self, call: str, name: str = "sales", **rest: object) -> OfferCall | None:
        """A caller begins to wait; the offer made for her, if one was."""
        return offer_in(self.tell(said_queued(call, name, **rest), after_s=1.0))

    def leaves(self, call: str) -> tuple[Command, ...]:
        return self.tell(CallerLeft(call=CallId(call), reason=LeaveReason.HUNG_UP))

    def rings(self, offer: OfferCall | None) -> None:
        self.tell(OfferRang(offer=given(offer).offer), after_s=0.2)

    def answers(self, offer: OfferCall | None, after_s: float = 3.0) -> None:
        self.tell(OfferAnswered(offer=given(offer).offer), after_s)

    def misses(
        self, offer: OfferCall | None, why: NoAnswer = NoAnswer.RANG_OUT, after_s: float = 14.9
    ) -> OfferCall | None:
        """The offer ends without a talk; the next offer, if there is one."""
        return offer_in(self.tell(OfferFailed(offer=given(offer).offer, why=why), after_s))

    def ends(self, offer: OfferCall | None, after_s: float = 60.0) -> OfferCall | None:
        """The talk ends; the offer the agent gets at once, if there is one."""
        said = TalkEnded(offer=given(offer).offer, by=Party.CALLER)
        return offer_in(self.tell(said, after_s))

    def logs_out(self, id: str) -> tuple[Command, ...]:
        return self.tell(AgentLoggedOut(agent=AgentId(id)))

    def not_ready(self, id: str, reason: str = "lunch") -> tuple[Command, ...]:
        return self.tell(AgentNotReady(agent=AgentId(id), reason=reason))

    def device(self, id: str, state: str) -> tuple[Command, ...]:
        return self.tell(DeviceChanged(edge=EDGE, device=DeviceId(id), state=DeviceState(state)))

    # What the story looks at

    def told(self, id: str) -> AgentChanged:
        """What screens were told of this agent by the last input."""
        told = [
            one for one in self.last.notices if isinstance(one, AgentChanged) and one.agent == id
        ]
        assert len(told) == 1, told
        return told[0]

    def alarms(self) -> list[tuple[str, bool]]:
        return [(one.name, one.on) for one in self.last.notices if isinstance(one, Alarm)]

    def offer_of(self, id: str) -> OfferCall:
        """The offer this agent has now, as it was commanded."""
        offer = self.engine.live.state.agents[AgentId(id)].offer
        return next(one for one in self.offers if one.offer == offer)

    def state(self, id: str) -> AgentState:
        return self.engine.live.state.agents[AgentId(id)].state

    def strikes(self, id: str) -> dict[NoAnswer, int]:
        return self.engine.live.state.agents[AgentId(id)].strikes

    def waiting(self, name: str = "sales") -> list[str]:
        return [call.id for call in self.engine.callers(QueueId(name))]

    def why(self) -> Why:
        (why,) = self.last.why
        return why

    def passed(self) -> dict[Reason, tuple[AgentId, ...]]:
        return self.why().passed


def given(offer: OfferCall | None) -> OfferCall:
    assert offer is not None, "no offer was made"
    return offer


def offer_in(commands: tuple[Command, ...]) -> OfferCall | None:
    offers = [command for command in commands if isinstance(command, OfferCall)]
    assert len(offers) <= 1
    return offers[0] if offers else None


def said_queued(call: str, name: str = "sales", **rest: object) -> CallQueued:
    said: dict[str, object] = {"edge": EDGE, **rest}
    return CallQueued(
        call=CallId(call),
        queue=QueueId(name),
        **said,  # type: ignore[arg-type]
    )


def needs(**levels: int) -> tuple[SkillNeed, ...]:
    return tuple(SkillNeed(skill=skill, level=level) for skill, level in levels.items())


def who(offer: OfferCall | None) -> str:
    return given(offer).agent


def places(commands: list[Command]) -> list[tuple[str, int]]:
    return [(one.call, one.place) for one in commands if isinstance(one, TellPlace)]

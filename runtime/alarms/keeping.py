"""The watches beside this process's roles: what they hear, and when they look."""

from acd.choose import Reason
from calls.events import CallAnswered, CallEnded, QueueJoined, QueueLeft
from calls.ids import AgentId
from calls.notices import AgentChanged, QueueChanged, TalkChanged, VoiceMeasured
from calls.words import AgentState
from runtime.alarms.floor_watch import FloorWatch
from runtime.alarms.prompt_watch import found_of, lacking
from runtime.alarms.standing import Standing
from runtime.alarms.telling import AlarmTelling
from runtime.alarms.trunk_watch import TrunkWatch
from runtime.brain_role import BrainRole
from runtime.edge_role import EdgeRole
from runtime.ground import Ground


class FloorAlarms:
    """Where the floor is decided: of the whole hotline."""

    def __init__(self, ground: Ground, brain: BrainRole) -> None:
        self._ground = ground
        self._brain = brain
        self._standing = Standing()
        plan, floor = (lambda: ground.in_force.alarms), (lambda: ground.in_force.floor)
        self._watch = FloorWatch(plan, floor)
        self._telling = AlarmTelling(ground.screens, ground.outgoing, plan, floor)
        self._begun = False
        screens, shares = ground.screens, self._watch.shares
        screens.subscribe(QueueChanged, self._watch.queue)
        screens.subscribe(AgentChanged, self._watch.agent)
        screens.subscribe(TalkChanged, self._watch.talk)
        screens.subscribe(VoiceMeasured, self._watch.voice)
        screens.subscribe(QueueJoined, shares.joined)
        screens.subscribe(CallAnswered, shares.answered)
        screens.subscribe(QueueLeft, shares.left)
        screens.subscribe(CallEnded, shares.ended)

    async def look(self) -> None:
        if not self._begun:
            self._begun = True
            self._telling.begin()
        now = self._ground.clock.now()
        found = self._watch.look(now, self._silent())
        for alarm in self._standing.look(found, now):
            self._ground.bus.publish(alarm)

    def _silent(self) -> list[AgentId]:
        seats = self._brain.brain.engine.live.seats.items()
        return [
            id_
            for id_, seat in seats
            if seat.agent.state is AgentState.READY and seat.unfit is Reason.NO_DEVICE
        ]


class TrunkAlarms:
    """Beside each Asterisk: of its trunks."""

    def __init__(self, ground: Ground, edge: EdgeRole) -> None:
        self._ground = ground
        self._edge = edge
        self._standing = Standing()
        self._watch = TrunkWatch()

    async def look(self) -> None:
        now = self._ground.clock.now()
        limit_s = self._ground.in_force.alarms.trunk_lost_s
        found = self._watch.look(self._edge.edge.trunks, limit_s, now)
        for alarm in self._standing.look(found, now):
            self._ground.bus.publish(alarm)


class PromptAlarms:
    """Beside each Asterisk: of what its callers would not hear."""

    def __init__(self, ground: Ground, edge: EdgeRole) -> None:
        self._ground = ground
        self._edge = edge
        self._standing = Standing()

    async def look(self) -> None:
        ground = self._ground
        lacks = await ground.offload.run(
            lacking,
            self._edge.speech,
            ground.trees.in_force(),
            ground.site.configuration.settings.languages,
        )
        for alarm in self._standing.look(found_of(lacks), ground.clock.now()):
            ground.bus.publish(alarm)

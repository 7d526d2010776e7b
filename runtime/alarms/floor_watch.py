"""What of the floor is beyond its limits now: folded from notices and facts, asked with the time.
Pure; decides nothing for any call.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator

from calls.floor import FloorSpec
from calls.ids import AgentId
from calls.notices import AgentChanged, QueueChanged, TalkChanged, VoiceMeasured
from calls.words import AgentState
from config.alarms import AlarmPlan, QueueLimits
from runtime.alarms.shares import Share, Shares
from runtime.alarms.standing import Found

LEVEL_S = 20.0
VOICES = 3
"""One bad talk may be the caller's own line; so many in a row are the agent's."""


class FloorWatch:
    def __init__(self, plan: Callable[[], AlarmPlan], floor: Callable[[], FloorSpec]) -> None:
        self._plan = plan
        self._floor = floor
        self._queues: dict[str, QueueChanged] = {}
        self._agents: dict[AgentId, AgentChanged] = {}
        self._held: dict[AgentId, float] = {}
        self._silent: dict[AgentId, float] = {}
        self._voices: dict[AgentId, deque[VoiceMeasured]] = {}
        self.shares = Shares()

    def queue(self, said: QueueChanged) -> None:
        self._queues[said.queue] = said

    def agent(self, said: AgentChanged) -> None:
        self._agents[said.agent] = said
        if said.state is not AgentState.TALKING:
            self._held.pop(said.agent, None)

    def talk(self, said: TalkChanged) -> None:
        if said.since_held is not None:
            self._held[said.agent] = said.since_held
        else:
            self._held.pop(said.agent, None)

    def voice(self, said: VoiceMeasured) -> None:
        self._voices.setdefault(said.agent, deque(maxlen=VOICES)).append(said)

    def look(self, now: float, silent: Collection[AgentId]) -> list[Found]:
        """``silent``: agents who look free and have no telephone that is registered."""
        plan = self._plan()
        self._silent = {agent: self._silent.get(agent, now) for agent in silent}
        return [*self._of_queues(plan, now), *self._of_agents(plan, now)]

    def _of_queues(self, plan: AlarmPlan, now: float) -> Iterator[Found]:
        levels = {spec.id: spec.service_level_s for spec in self._floor().queues}
        shares = self.shares.of(now - plan.over_s, levels, LEVEL_S)
        for id_ in levels:
            limits = plan.limits_of(id_)
            said = self._queues.get(id_)
            if said is not None:
                yield from _waiting(said, limits, now)
            share = shares.get(id_)
            if share is not None and share.calls >= plan.of_at_least:
                yield from _shares(id_, share, limits)

    def _bad_voice(self, agent: AgentId, plan: AlarmPlan, now: float) -> Iterator[Found]:
        limit = plan.agents.voice_score
        last = [one for one in self._voices.get(agent, ()) if one.at > now - plan.over_s]
        if limit is None or len(last) < VOICES:
            return
        score = sum(one.score for one in last) / len(last)
        if score < limit:
            yield _found("agent_voice", agent, f"{score / 20:.1f}", f"{limit / 20:.1f}")

    def _of_agents(self, plan: AlarmPlan, now: float) -> Iterator[Found]:
        limits = plan.agents
        for agent in self._floor().agents:
            said = self._agents.get(agent.id)
            states: list[tuple[str, float | None, float | None]] = [
                ("agent_hold", self._held.get(agent.id), _hold_limit(plan, said)),
                ("agent_no_telephone", self._silent.get(agent.id), limits.no_telephone_s),
            ]
            if said is not None and said.state is AgentState.NOT_RESPONDING:
                states.append(("agent_not_responding", said.since, limits.not_responding_s))
            if said is not None and said.state is AgentState.WRAPPING_UP:
                states.append(("agent_wrap_up", said.since, limits.wrap_up_s))
            yield from self._bad_voice(agent.id, plan, now)
            for kind, since, limit in states:
                if since is not None and limit is not None and now - since >= limit:
                    yield _found(kind, agent.id, f"{now - since:.0f}", f"{limit:.0f}")


def _hold_limit(plan: AlarmPlan, said: AgentChanged | None) -> float | None:
    """Of the queue whose caller it is, else of any agent."""
    queue = None if said is None else said.queue
    of_queue = plan.limits_of(queue).hold_s if queue is not None else None
    return plan.agents.hold_s if of_queue is None else of_queue


def _waiting(said: QueueChanged, limits: QueueLimits, now: float) -> Iterator[Found]:
    if limits.waiting is not None and said.waiting > limits.waiting:
        yield _found("queue_waiting", said.queue, str(said.waiting), str(limits.waiting))
    if limits.longest_wait_s is not None and said.longest_since is not None and said.waiting:
        waited_s = now - said.longest_since
        if waited_s > limits.longest_wait_s:
            limit = f"{limits.longest_wait_s:.0f}"
            yield _found("queue_longest_wait", said.queue, f"{waited_s:.0f}", limit)


def _shares(queue: str, share: Share, limits: QueueLimits) -> Iterator[Found]:
    level, gone = (100 * n / share.calls for n in (share.in_level, share.abandoned))
    if limits.service_level is not None and level < limits.service_level:
        yield _found("queue_service_level", queue, f"{level:.0f}", str(limits.service_level))
    if limits.abandoned is not None and gone > limits.abandoned:
        yield _found("queue_abandoned", queue, f"{gone:.0f}", str(limits.abandoned))


def _found(kind: str, of: str, now: str, limit: str) -> Found:
    return Found(name=f"{kind}:{of}", values={"now": now, "limit": limit})

"""How much each agent on shift has had, for the strategies that share work out evenly.

Counted since log-in. Who logs in begins with the average of those on shift: else every call would
be theirs until they had caught up with the others. Each call is counted once, when it is answered.
"""

from collections.abc import Iterable

from acd.state import Agent
from calls.words import AgentState


class Shift:
    def __init__(self, agents: Iterable[Agent]) -> None:
        self._agents = self._calls = self._talk_ms = 0
        for agent in agents:
            if agent.state is not AgentState.LOGGED_OUT:
                self._count(agent, 1)

    def change(self, agent: Agent, *, begins: bool) -> None:
        """The agent logs in, or out."""
        if not begins:
            self._count(agent, -1)
            return
        others = self._agents
        agent.calls = self._calls // others if others else 0
        agent.talk_ms = self._talk_ms // others if others else 0
        self._count(agent, 1)

    def answered(self, agent: Agent) -> None:
        agent.calls += 1
        self._calls += 1

    def talked(self, agent: Agent, talk_s: float) -> None:
        talk_ms = round(max(0.0, talk_s) * 1000)
        agent.talk_ms += talk_ms
        self._talk_ms += talk_ms

    def _count(self, agent: Agent, by: int) -> None:
        self._agents += by
        self._calls += by * agent.calls
        self._talk_ms += by * agent.talk_ms

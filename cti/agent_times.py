"""How long agents were in which state, from what the engine tells screens, added to the figures.

Told on the loop, kept on threads every few seconds, with the moment up to which it is counted: so a
crash costs nothing and counts nothing twice. What an agent did while no controller was there is
counted as the state she is found in afterwards.
"""

from collections.abc import Sequence

import msgspec

from calls.ids import AgentId, QueueId
from calls.notices import AgentChanged
from calls.tally import count_time, tallies
from calls.words import AgentState
from cti.tallies_sql import add
from storage.database import Database
from storage.positions import move_to, position_of

READER, STREAM = "agent_times", "milliseconds"


class Span(msgspec.Struct, frozen=True):
    agent: AgentId
    state: AgentState
    queue: QueueId | None
    since: float
    until: float


class AgentTimes:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._now: dict[AgentId, AgentChanged] = {}
        self._over: list[Span] = []

    def hear(self, changed: AgentChanged) -> None:
        """On the loop. The same state told again changes nothing."""
        before = self._now.get(changed.agent)
        if before and (before.state, before.since) == (changed.state, changed.since):
            return
        if before:
            self._over.append(_span(before, changed.since))
        self._now[changed.agent] = changed

    def take(self, now: float) -> list[Span]:
        """On the loop: what ``keep`` is to count up to now."""
        taken, self._over = self._over, []
        return [*taken, *(_span(one, now) for one in self._now.values())]

    def put_back(self, spans: Sequence[Span]) -> None:
        """They could not be kept; what still lasts is taken again by itself."""
        self._over = [one for one in spans if not self._lasts(one)] + self._over

    def keep(self, spans: Sequence[Span], now: float) -> None:
        """On a thread. What was counted before is not counted again."""
        told = tallies()
        with self._database.session() as session:
            counted = position_of(session, READER, STREAM) / 1000
            for one in spans:
                since, until = max(one.since, counted), min(one.until, now)
                count_time(told, one.agent, one.state, since, until, one.queue)
            add(session, told)
            move_to(session, READER, STREAM, round(now * 1000), now)

    def _lasts(self, span: Span) -> bool:
        present = self._now.get(span.agent)
        return present is not None and present.since == span.since


def _span(told: AgentChanged, until: float) -> Span:
    return Span(told.agent, told.state, told.queue, told.since, until)

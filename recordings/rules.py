"""How long audio is kept, who may hear it, and what becomes of a forgotten pause: the site's words
(recordings.yaml) as values. Pure."""

import msgspec

from calls.ids import AgentId, QueueId
from calls.rights import WATCHERS, Who

DAY_S = 86_400.0


class PauseRule(msgspec.Struct, frozen=True, kw_only=True):
    """What happens when a recording stays paused; 0: never."""

    remind_after_s: float = 120.0
    alarm_after_s: float = 300.0
    resume_after_s: float = 0.0


class QueueRules(msgspec.Struct, frozen=True, kw_only=True):
    record: bool = True
    keep_days: int = 0
    """0: for ever."""
    voicemail_days: int = 0
    pause: PauseRule = PauseRule()


class RecordingRules(msgspec.Struct, frozen=True, kw_only=True):
    usual: QueueRules = QueueRules()
    queues: dict[QueueId, QueueRules] = {}
    """Those that differ."""
    agents_hear_own: bool = True
    scopes: dict[str, tuple[QueueId, ...]] = {}
    """Person to the only queues she hears; who is not named hears what her role may."""
    link_s: float = 600.0
    """How long a link to download is good."""
    export_days: int = 7

    def of(self, queue: QueueId | None) -> QueueRules:
        return self.usual if queue is None else self.queues.get(queue, self.usual)

    def kept_until(self, queue: QueueId | None, kind: str, made_at: float) -> float | None:
        """None: for ever."""
        rules = self.of(queue)
        days = rules.voicemail_days if kind == "voicemail" else rules.keep_days
        return made_at + days * DAY_S if days else None

    def shortest_days(self) -> int:
        """Nothing younger than this is ever discarded by rule; 0: nothing is at all."""
        of_all = (self.usual, *self.queues.values())
        days = [d for rules in of_all for d in (rules.keep_days, rules.voicemail_days) if d]
        return min(days, default=0)

    def hears(self, who: Who) -> "Hears":
        """Which recordings this person may find and hear."""
        if who.is_any(*WATCHERS):
            scope = self.scopes.get(who.person)
            if who.is_limited():
                scope = tuple(id_ for id_ in who.queues if scope is None or id_ in scope)
            return Hears(queues=scope)
        return Hears(agent=who.agent if self.agents_hear_own else None, nothing_else=True)


class Hears(msgspec.Struct, frozen=True, kw_only=True):
    queues: tuple[QueueId, ...] | None = None
    """None: of every queue, and of none."""
    agent: AgentId | None = None
    nothing_else: bool = False
    """The agent's own talks alone."""

    def may(self, queue: QueueId | None, agent: AgentId | None) -> bool:
        if self.nothing_else:
            return self.agent is not None and agent == self.agent
        return self.queues is None or queue in self.queues

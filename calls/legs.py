"""One offer while its call is being told again: what is known so far, and its leg. Pure."""

from dataclasses import dataclass

from calls.ids import AgentId, DeviceId, OfferId, QueueId
from calls.record import Leg
from calls.words import NoAnswer, Party


@dataclass(slots=True)
class LegSoFar:
    offer: OfferId
    made_at: float
    queue: QueueId | None = None
    agent: AgentId | None = None
    device: DeviceId | None = None
    attempt: int = 1
    rang_at: float | None = None
    answered_at: float | None = None
    talk_at: float | None = None
    ended_at: float | None = None
    ended_by: Party | None = None
    missed: NoAnswer | None = None
    ring: int | None = None
    rule_rings: int | None = None
    """How many rings its queue allowed; None: told before that was kept."""
    fell_through: bool = False
    """Answered, but lost before the caller heard anybody: she waited on."""

    @property
    def talked(self) -> bool:
        if self.talk_at is not None:
            return True
        return self.answered_at is not None and not self.fell_through and self.missed is None

    @property
    def rings(self) -> bool:
        """The phone rings now."""
        return self.rang_at is not None and self.ended_at is None and self.answered_at is None

    @property
    def lost_before_talk(self) -> bool:
        """Over, answered, and nobody has said that they heard each other."""
        return self.answered_at is not None and self.talk_at is None and self.ended_at is not None

    def end(self, at: float) -> None:
        """The first end told is the one that counts."""
        if self.ended_at is None:
            self.ended_at = at

    def end_with_call(self, at: float, by: Party) -> None:
        """Nobody told its end: it ended when the call did."""
        if self.ended_at is not None:
            return
        self.ended_at = max(at, self.answered_at or self.made_at)
        if self.answered_at is not None:
            self.ended_by = by
        else:
            self.missed = NoAnswer.CALLER_LEFT if by is Party.CALLER else NoAnswer.FAILED

    def talk_s(self, now: float) -> float:
        """``now``: until when a talk that goes on is counted."""
        begun = self.talk_at if self.talk_at is not None else self.answered_at
        if not self.talked or begun is None:
            return 0.0
        return max(0.0, (now if self.ended_at is None else self.ended_at) - begun)

    def value(self) -> Leg:
        return Leg(
            offer=self.offer,
            made_at=self.made_at,
            queue=self.queue,
            agent=self.agent,
            device=self.device,
            attempt=self.attempt,
            rang_at=self.rang_at,
            answered_at=self.answered_at,
            talk_at=self.talk_at,
            ended_at=self.ended_at,
            ended_by=self.ended_by,
            missed=self.missed,
            ring=self.ring,
            talked=self.talked,
        )

"""One queue at work: its rules, the callers in it, its agents, and how fast it moves."""

from acd.choose import Needs
from acd.expected import Pace
from acd.rings import ring_limit_s, unreported_after_s
from acd.staff import Staff
from acd.waiting import Waiting
from calls.floor import DEFAULT_NO_ANSWER, NoAnswerRule, QueueSpec, SkillNeed
from calls.notices import QueueChanged
from calls.words import NoAnswer


class LiveQueue:
    __slots__ = (
        "spec",
        "gone",
        "pace",
        "waiting",
        "staff",
        "offered",
        "talking",
        "ring_limit_s",
        "unreported_after_s",
        "_merged",
    )

    def __init__(self, spec: QueueSpec, cycle_s: float, pace: Pace, gone: bool) -> None:
        self.spec = spec
        self.gone = gone
        """No longer on the floor plan; takes nobody in and ends with its last call."""
        self.pace = pace
        self.waiting = Waiting()
        self.staff = Staff()
        self.offered = 0
        self.talking = 0
        self.ring_limit_s = ring_limit_s(spec.ring, cycle_s)
        self.unreported_after_s = unreported_after_s(spec.ring, cycle_s)
        self._merged: dict[Needs, Needs] = {}

    def needs_of(self, own: Needs) -> Needs:
        """The queue's needs and a call's own together, one entry a skill, sorted."""
        merged = self._merged.get(own)
        if merged is None:
            levels: dict[str, int] = {}
            for need in (*self.spec.needs, *own):
                levels[need.skill] = max(need.level, levels.get(need.skill, 0))
            merged = tuple(
                SkillNeed(skill=skill, level=level) for skill, level in sorted(levels.items())
            )
            if len(self._merged) < MERGED_KEPT:
                self._merged[own] = merged
        return merged

    def rule_for(self, kind: NoAnswer) -> NoAnswerRule:
        return self.spec.no_answer.get(kind) or DEFAULT_NO_ANSWER[kind]

    def full(self) -> bool:
        return 0 < self.spec.max_waiting <= len(self.waiting)

    def changed(self) -> QueueChanged:
        return QueueChanged(
            queue=self.spec.id,
            waiting=len(self.waiting),
            offered=self.offered,
            talking=self.talking,
            ready=len(self.staff.free),
            longest_since=self.waiting.longest_since(),
        )


MERGED_KEPT = 1_000
"""Trees name far fewer sets of skills; more than this is not worth remembering."""

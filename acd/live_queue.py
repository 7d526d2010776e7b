"""One queue at work: its rules, the callers in it, its agents, and how fast it moves."""

from hashlib import blake2b

import msgspec

from acd.choose import Needs
from acd.expected import Pace
from acd.rings import ring_limit_s, unreported_after_s
from acd.staff import Staff
from acd.state import Call
from acd.waiting import Waiting
from calls.floor import DEFAULT_NO_ANSWER, NoAnswerRule, QueueSpec, RecipeStep, SkillNeed
from calls.ids import CallId, QueueId
from calls.notices import QueueChanged
from calls.words import AgentState, Closing, NoAnswer, Strategy

TOGETHER = frozenset({Strategy.RING_ALL, Strategy.PROGRESSIVE})


class LiveQueue:
    __slots__ = (
        "spec",
        "gone",
        "pace",
        "waiting",
        "staff",
        "offered",
        "talking",
        "together",
        "whispers",
        "ring_limit_s",
        "unreported_after_s",
        "open",
        "empty",
        "recipe",
        "watched",
        "leaves_empty",
        "callbacks",
        "aside",
        "_merged",
    )

    def __init__(self, spec: QueueSpec, cycle_s: float, pace: Pace, gone: bool) -> None:
        self.spec = spec
        self.gone = gone
        """No longer on the floor plan; takes nobody in and ends with its last call."""
        self.pace = pace
        self.waiting = Waiting()
        self.staff = Staff(spec.strategy)
        self.offered = 0
        self.talking = 0
        self.together = spec.strategy in TOGETHER
        """Several phones ring for one caller."""
        self.whispers = {
            language: text.replace("{queue}", spec.names.get(language, spec.id))
            for language, text in spec.whisper.items()
        }
        """What an agent hears before the talk, by the agent's language."""
        self.ring_limit_s = ring_limit_s(spec.ring, cycle_s)
        self.unreported_after_s = unreported_after_s(spec.ring, cycle_s)
        self.open = True
        """False while its calendar says closed."""
        self.empty = False
        """Nobody of its agents could take a call: those waiting leave."""
        self.recipe = tuple((_key(spec.id, n, step), step) for n, step in enumerate(spec.recipe, 1))
        self.watched = bool(spec.recipe or spec.leave_empty) or spec.closing is not Closing.SERVE
        """All its callers are looked at by acd.recipes."""
        self.leaves_empty = bool(spec.leave_empty)
        self.callbacks = 0
        """Who will be called back, in line or not."""
        self.aside = 0
        """Those of them who may not be called now."""
        self._merged: dict[Needs, Needs] = {}

    def watches(self, call: Call) -> bool:
        """Whether acd.recipes looks at her; nothing is done for the others."""
        return bool(call.relax) or (self.watched and call.callback is None)

    def room(self) -> int:
        """How many phones may ring for one caller at once; 0: one alone. No more than there are
        agents at work, whatever they do now: they may come free meanwhile."""
        if not self.together:
            return 0
        staff = self.staff
        at_work = len(staff.members) - staff.counts[AgentState.LOGGED_OUT]
        return max(1, min(self.spec.together.at_most, at_work))

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

    def needs_instead(self, own: Needs, instead: Needs) -> Needs:
        """As ``needs_of``, with levels a recipe put in their place; level 0 asks for nothing."""
        levels = {need.skill: need.level for need in (*self.needs_of(own), *instead)}
        return tuple(
            SkillNeed(skill=skill, level=level) for skill, level in sorted(levels.items()) if level
        )

    def rule_for(self, kind: NoAnswer) -> NoAnswerRule:
        return self.spec.no_answer.get(kind) or DEFAULT_NO_ANSWER[kind]

    def full(self) -> bool:
        return 0 < self.spec.max_waiting <= self.waiting.on_the_line

    def at_cap(self) -> bool:
        """As many talks and offers as the queue may have at once."""
        return 0 < self.spec.max_talks <= self.offered + self.talking

    def queued_with(self, call: CallId) -> int:
        """Callers waiting on the line, this one among them."""
        return self.waiting.on_the_line + (call not in self.waiting)

    def changed(self) -> QueueChanged:
        return QueueChanged(
            queue=self.spec.id,
            waiting=self.waiting.on_the_line,
            offered=self.offered,
            talking=self.talking,
            ready=len(self.staff.free),
            longest_since=self.waiting.longest_since(),
            callbacks=self.callbacks,
            open=self.open,
            promised=self.pace.promised,
            kept=self.pace.kept,
            late=self.pace.late,
            off_s=self.pace.mean_off_s,
        )


def _key(queue: QueueId, n: int, step: RecipeStep) -> str:
    """Names a step for what she has had of it: another place or another wording is another step."""
    data = msgspec.json.encode(step, order="deterministic")
    return f"{queue}:{n}:{blake2b(data, digest_size=4).hexdigest()}"


MERGED_KEPT = 1_000
"""Trees name far fewer sets of skills; more than this is not worth remembering."""

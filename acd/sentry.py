"""What a running hotline does when its watch finds something that must never be: it raises an alarm
with the journal position, and puts the floor right by an input like any other.
"""

from collections.abc import Callable, Sequence

from acd.engine import Engine
from acd.invariants import Invariant, Violation
from acd.watch import Watch
from calls.clock import Clock
from calls.inputs import FloorRechecked, Input
from calls.notices import Alarm

CALM_S = 60.0
"""An alarm goes off when nothing of its name was found for so long."""
HEAL_EVERY_S = 10.0
"""What comes back at once is not healed by looking again at the speed of a loop."""
PAST_HEALING = frozenset({Invariant.OVERTAKEN})
"""It has happened, and the telephone rings already."""


class Sentry:
    def __init__(
        self,
        clock: Clock,
        on_alarm: Callable[[Alarm], None],
        tell: Callable[[Input], object],
    ) -> None:
        """``tell``: says an input to the engine that is watched."""
        self.watch = Watch()
        self.healed = 0
        """How often the floor was put right."""
        self._clock = clock
        self._on_alarm = on_alarm
        self._tell = tell
        self._alarms: dict[Invariant, float] = {}
        """Alarms that are on, and when each was found last."""
        self._healed_at = float("-inf")

    def look(self, engine: Engine) -> Sequence[Violation]:
        """What is wrong after an input that was not refused."""
        found = self.watch.look(engine.live)
        if self._alarms:
            self._calm_down()
        return found

    def report(self, found: Sequence[Violation], position: int) -> None:
        """``position``: where the input after which it was found stands in the journal."""
        now = self._clock.now()
        for violation in {one.invariant: one for one in found}.values():
            self._alarms[violation.invariant] = now
            text = f"{violation.text}; journal position {position}"
            self._on_alarm(Alarm(name=_name(violation.invariant), on=True, text=text, at=now))

    def heal(self, found: Sequence[Violation]) -> None:
        """Put the floor right, where that is possible and was not tried a moment ago."""
        ill = [one.invariant for one in found if one.invariant not in PAST_HEALING]
        now = self._clock.now()
        if ill and now - self._healed_at >= HEAL_EVERY_S:
            self._healed_at = now
            self.healed += 1
            self._tell(FloorRechecked(broken=ill[0]))

    def _calm_down(self) -> None:
        now = self._clock.now()
        for invariant in [one for one, at in self._alarms.items() if now - at > CALM_S]:
            del self._alarms[invariant]
            self._on_alarm(Alarm(name=_name(invariant), on=False, at=now))


def _name(invariant: Invariant) -> str:
    return f"broken:{invariant}"

"""Whether recording itself is out of order: one silent talk is somebody's, five of ten are ours."""

from collections import deque
from collections.abc import Callable

from calls.notices import Alarm
from recordings.model import Recording

NAME = "recordings_flawed"
LOOKED_AT = 10
TOO_MANY = 5


class FlawWatch:
    def __init__(self, alarm: Callable[[Alarm], None]) -> None:
        self._alarm = alarm
        self._flaws: deque[str] = deque(maxlen=LOOKED_AT)
        self._on = False

    def hear(self, recording: Recording, now: float) -> None:
        """Of each talk as it is listed. The alarm goes off by itself when talks are sound again."""
        if recording.kind != "talk":
            return
        self._flaws.append(recording.flaw)
        flawed = [flaw for flaw in self._flaws if flaw]
        on = len(flawed) >= (TOO_MANY if not self._on else 1)
        if on == self._on:
            return
        self._on = on
        text = f"{len(flawed)}/{len(self._flaws)}: {', '.join(sorted(set(flawed)))}"
        self._alarm(Alarm(name=NAME, on=on, text=text if on else "", at=now))

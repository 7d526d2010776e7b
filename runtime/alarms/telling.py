"""Every alarm of the house, whoever raised it, to webhooks and by mail: once when it begins, once
when it is over.

Only where the floor is decided: of several processes one tells.
"""

from collections.abc import Callable, Mapping
from typing import Any

from calls.bus import Bus
from calls.floor import FloorSpec
from calls.notices import Alarm
from calls.words import Language
from config.alarms import AlarmPlan
from runtime.alarms.words import kind_of, say
from runtime.outgoing.service import ALARM as OUTGOING
from runtime.outgoing.service import Outgoing
from storage.outgoing import Event, Letter


class AlarmTelling:
    """Hears from now on; tells from ``begin`` on."""

    def __init__(
        self,
        bus: Bus,
        outgoing: Outgoing,
        plan: Callable[[], AlarmPlan],
        floor: Callable[[], FloorSpec],
    ) -> None:
        self._outgoing = outgoing
        self._plan = plan
        self._floor = floor
        self._on: dict[str, Alarm] = {}
        self._mailed: dict[str, float] = {}
        self._to_end: set[str] = set()
        """Mailed, and not over."""
        self._begun = False
        bus.subscribe(Alarm, self._hear)

    def begin(self) -> None:
        self._begun = True
        for alarm in self._on.values():
            self._tell(alarm)

    def _hear(self, alarm: Alarm) -> None:
        known = self._on.get(alarm.name)
        if alarm.on:
            self._on[alarm.name] = known or alarm
        else:
            self._on.pop(alarm.name, None)
        if self._begun and alarm.on is (known is None):
            self._tell(alarm if alarm.on or known is None else _over(alarm, known))

    def _tell(self, alarm: Alarm) -> None:
        if alarm.name == OUTGOING:
            return  # What cannot go out is not told by going out.
        names = _names(self._floor())
        zh, en = (say(alarm, language, names[language]) for language in Language)
        key = f"alarm-{alarm.name}-{'on' if alarm.on else 'over'}-{alarm.at:.3f}"
        self._outgoing.post(key, Event(name=_event(alarm), body=_body(alarm, zh, en)))
        plan = self._plan()
        if plan.mail and self._may_mail(alarm, plan.mail_pause_s):
            first, second = (zh, en) if plan.language is Language.ZH else (en, zh)
            subject = f"{_STATES[plan.language][alarm.on]} {first}"
            letter = Letter(to=plan.mail, subject=subject, text=f"{first}\n\n{second}\n")
            self._outgoing.post(f"{key}-mail", letter)

    def _may_mail(self, alarm: Alarm, pause_s: float) -> bool:
        """The end is mailed of what was mailed."""
        if not alarm.on:
            told = alarm.name in self._to_end
            self._to_end.discard(alarm.name)
            return told
        last = self._mailed.get(alarm.name)
        if last is not None and alarm.at - last < pause_s:
            return False
        self._mailed[alarm.name] = alarm.at
        self._to_end.add(alarm.name)
        return True


_STATES = {
    Language.ZH: {True: "[三响告警]", False: "[三响告警解除]"},
    Language.EN: {True: "[ThreeRing alarm]", False: "[ThreeRing alarm over]"},
}


def _over(alarm: Alarm, known: Alarm) -> Alarm:
    return Alarm(name=alarm.name, on=False, text=known.text, values=known.values, at=alarm.at)


def _event(alarm: Alarm) -> str:
    return "alarm.on" if alarm.on else "alarm.over"


def _body(alarm: Alarm, zh: str, en: str) -> dict[str, Any]:
    kind, of = kind_of(alarm)
    return {
        "alarm": kind,
        "of": of,
        "values": dict(alarm.values),
        "text": {Language.ZH.value: zh, Language.EN.value: en},
        "at": alarm.at,
    }


def _names(floor: FloorSpec) -> Mapping[Language, Mapping[str, str]]:
    people = {agent.id: f"{agent.name} ({agent.staff_number})" for agent in floor.agents}
    return {
        language: people
        | {queue.id: queue.names.get(language.value, queue.id) for queue in floor.queues}
        for language in Language
    }

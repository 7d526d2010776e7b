"""``recordings.yaml``: how long audio is kept, who hears it, what becomes of a forgotten pause.

Where audio lies and whether it is sealed is the machine's: ``threering.yaml``.
"""

from collections.abc import Collection

from calls.ids import QueueId
from config.section import Section, guess
from recordings.rules import PauseRule, QueueRules, RecordingRules

FILE = "recordings.yaml"
_MOST_DAYS = 36_500
_PERSON = r"[^\s,]{1,80}"


def read_recordings(top: Section, queues: Collection[str]) -> RecordingRules:
    """``queues``: ids of the floor's queues. Mistakes are noted in the section's problems."""
    usual = _rules(top, QueueRules())
    group = top.section("queues")
    named = {}
    for name in group.names():
        section = group.section(name)
        if name not in queues:
            _unknown(group, name, queues)
        named[QueueId(name)] = _rules(section, usual)
        section.finish()
    listen = top.section("listen")
    rules = RecordingRules(
        usual=usual,
        queues=named,
        agents_hear_own=listen.flag("agents_hear_own", True),
        scopes=_scopes(listen.section("only"), queues),
        link_s=top.seconds("link_s", 600.0, 10.0),
        export_days=top.whole("export_days", 7, 1, 365),
    )
    listen.finish()
    group.finish()
    top.finish()
    return rules


def _rules(section: Section, usual: QueueRules) -> QueueRules:
    pause = section.section("pause")
    rules = QueueRules(
        record=section.flag("record", usual.record),
        keep_days=section.whole("keep_days", usual.keep_days, 0, _MOST_DAYS),
        voicemail_days=section.whole("voicemail_days", usual.voicemail_days, 0, _MOST_DAYS),
        pause=PauseRule(
            remind_after_s=pause.seconds("remind_after_s", usual.pause.remind_after_s),
            alarm_after_s=pause.seconds("alarm_after_s", usual.pause.alarm_after_s),
            resume_after_s=pause.seconds("resume_after_s", usual.pause.resume_after_s),
        ),
    )
    pause.finish()
    return rules


def _scopes(section: Section, queues: Collection[str]) -> dict[str, tuple[QueueId, ...]]:
    scopes = {}
    for person in section.names_matching(_PERSON, "no log-in name", "write a log-in name"):
        asked = section.texts(person)
        for queue in asked:
            if queue not in queues:
                _unknown(section, queue, queues, person)
        scopes[person] = tuple(map(QueueId, asked))
    section.finish()
    return scopes


def _unknown(section: Section, queue: str, queues: Collection[str], key: str = "") -> None:
    known = f"the floor has {', '.join(sorted(queues)) or 'no queue yet'}"
    wrong = f"there is no queue {queue!r}"
    section.refuse(key or queue, wrong, guess(queue, queues) or known)

"""How the callers of a queue wait: recipe, closing, calling back; a part of floor.yaml.

Calendars are only named here; config.folder checks that they exist.
"""

from calls.floor import CallbackRule, Condition, RecipeStep, SkillNeed
from calls.ids import QueueId
from calls.words import Released, Standing
from config.section import Section, guess
from ivr.speech.house_prompts import HOUSE_PROMPTS

MOST_STEPS = 50
"""Of one recipe: each is looked at for each caller."""
_KEY = r"[0-9*#]?"
_KEY_RIGHT = 'write one key in quotes, as "2"'
_SKILL = r"\w[\w-]{0,39}"
_SKILL_RIGHT = "letters and digits of any script, - and _"
_CALENDAR = r"([A-Za-z0-9_][A-Za-z0-9_.-]{0,39})?"
CALENDAR_RIGHT = "name a calendar of calendars.yaml"
_COUNTS = ("place", "queued", "eligible", "available")
_LEAVES = (Released.OVERFLOW, Released.VOICEMAIL, Released.CLOSED, Released.NOBODY)
"""The others are the engine's own to say."""
_DOES = ("needs", "priority", "queue", "announce", "offer_callback", "leave")


def read_recipe(queue: Section, known: frozenset[str]) -> tuple[RecipeStep, ...]:
    """The steps in order. One with a mistake is noted, and the whole floor refused for it.
    ``known``: the floor's queues."""
    sections = queue.sections("recipe")
    if len(sections) > MOST_STEPS:
        queue.refuse("recipe", f"{len(sections)} steps", f"at most {MOST_STEPS} fit")
    return tuple(_step(section, queue, known) for section in sections)


def read_callback(queue: Section) -> CallbackRule | None:
    """None: the queue calls nobody back."""
    if not queue.has("callback"):
        return None
    section, default = queue.section("callback"), CallbackRule()
    rule = CallbackRule(
        key=section.text("key", "", _KEY, _KEY_RIGHT),
        tries=section.whole("tries", default.tries, 1, 20),
        retry_s=section.seconds("retry_s", default.retry_s, 10.0),
        ring_s=section.seconds("ring_s", default.ring_s, 5.0, 120.0),
        expires_s=section.seconds("expires_s", default.expires_s, 60.0, 7 * 86_400.0),
        calendar=read_calendar(section),
        abandoned_after_s=section.maybe_seconds("abandoned_after_s", None),
    )
    section.finish()
    return rule


def read_calendar(section: Section) -> str:
    return section.text("calendar", "", _CALENDAR, CALENDAR_RIGHT)


def read_standings(queue: Section, key: str) -> tuple[Standing, ...]:
    return queue.choices(key, Standing, ())


def _step(section: Section, queue: Section, known: frozenset[str]) -> RecipeStep:
    does = section.section("do")
    step = RecipeStep(
        when=_condition(section.section("when")),
        again_every_s=section.seconds("again_every_s", 0.0),
        needs=_needs(does.section("needs")),
        priority=does.whole("priority", 0, -100, 100),
        queue=_queue(does, known),
        announce=_prompt(does),
        offer_callback=does.flag("offer_callback", False),
        leave=_leave(does),
    )
    if not any(does.has(key) for key in _DOES):
        section.refuse("do", "this step does nothing", f"name one of {', '.join(_DOES)}")
    if step.again_every_s and (step.queue or step.leave):
        section.refuse("again_every_s", "nobody moves or leaves twice", "leave it out")
    if 0 < step.again_every_s < 1.0:
        section.refuse("again_every_s", f"{step.again_every_s:g} s is too often", "1 s or more")
    if step.offer_callback and not queue.has("callback"):
        does.refuse("offer_callback", "this queue calls nobody back", "add `callback: {}` to it")
    does.finish()
    section.finish()
    return step


def _condition(section: Section) -> Condition:
    counts = {
        key: section.maybe_whole(key, 0, 100_000)
        for name in _COUNTS
        for key in (f"{name}_over", f"{name}_under")
    }
    for name in _COUNTS:
        over, under = counts.get(f"{name}_over"), counts.get(f"{name}_under")
        if over is not None and under is not None and under <= over + 1:
            wrong = f"nothing is over {over} and under {under}"
            section.refuse(f"{name}_under", wrong, f"write more than {over + 1}")
    condition = Condition(
        waited_s=section.seconds("waited_s", 0.0),
        ratio_over=section.maybe_seconds("ratio_over", None, 0.0, 1000.0, "callers an agent"),
        expected_over_s=section.maybe_seconds("expected_over_s", None),
        missed_over=section.maybe_whole("missed_over", 0, 100),
        closed=section.flag("closed", False) if section.has("closed") else None,
        **counts,
    )
    section.finish()
    return condition


def _needs(section: Section) -> tuple[SkillNeed, ...]:
    return tuple(
        SkillNeed(skill=skill, level=section.whole(skill, None, 0, 10))
        for skill in section.names_matching(_SKILL, "no name for a skill", _SKILL_RIGHT)
    )


def _queue(does: Section, known: frozenset[str]) -> QueueId | None:
    name = does.text("queue", "")
    if not name:
        return None
    if name not in known:
        there = f"the floor has {', '.join(sorted(known))}"
        does.refuse("queue", f"there is no queue {name!r}", guess(name, known) or there)
    return QueueId(name)


def _prompt(does: Section) -> str:
    name = does.text("announce", "")
    if name and name not in HOUSE_PROMPTS:
        there = f"choose one of {', '.join(sorted(HOUSE_PROMPTS))}"
        does.refuse("announce", f"no house prompt {name!r}", guess(name, HOUSE_PROMPTS) or there)
    return name


def _leave(does: Section) -> Released | None:
    if not does.has("leave"):
        return None
    word = does.choice("leave", Released, Released.OVERFLOW)
    if word not in _LEAVES:
        does.refuse("leave", f"{word} is not for recipes", f"choose one of {', '.join(_LEAVES)}")
    return word

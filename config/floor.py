"""``floor.yaml``: queues, agents, skills, devices and ring rules, as the engine's FloorSpec.

The order of agents' devices is the order they are tried; the rest has no order.
"""

import re
from collections.abc import Callable, Iterable
from hashlib import sha256

import msgspec

from calls.floor import (
    DEFAULT_NO_ANSWER,
    AgentSpec,
    DeviceSpec,
    FloorSpec,
    HoldRule,
    NoAnswerRule,
    QueueSpec,
    RingRule,
    RingTogether,
    SkillNeed,
)
from calls.ids import AgentId, DeviceId, QueueId
from calls.text import MAX_NAME, clean_name
from calls.words import STRIKING, AgentState, Closing, DeviceKind, Language, NoAnswer, Strategy
from config.choosing import read_levels, read_memberships, refuse_all_reserved
from config.results import read_dispositions, read_script
from config.section import Section, guess
from config.waiting import read_calendar, read_callback, read_recipe, read_standings
from telephony.asterisk.settings import DeviceLogin

FILE = "floor.yaml"
NAME = r"[a-z0-9][a-z0-9_-]{0,39}"
NAME_RIGHT = "lower-case letters, digits, - and _, at most 40"
_SKILL = r"\w[\w-]{0,39}"
SPOKEN_IN = ("{queue}", "{keys}")
_OUTSIDE = r"\+[1-9][0-9]{5,14}|[0-9]{3,15}"
_DEVICE = r"(?!trunk-)[A-Za-z0-9][A-Za-z0-9_.-]{0,39}"


def read_floor(top: Section, ring_cycle_s: float) -> FloorSpec:
    """Every mistake is noted in the section's problems; the result counts only without any. The
    version is made from the content: the same floor always has the same."""
    queues = top.section("queues")
    known = frozenset(queues.names())
    specs = tuple(_queue(QueueId(name), queues) for name in _names(queues, "queue"))
    people = top.section("agents")
    staff = tuple(_agent(AgentId(name), people, known) for name in _names(people, "agent"))
    _refuse_twins(people, staff, "staff number", lambda a: [a.staff_number])
    _refuse_twins(people, staff, "device", lambda a: [d.id for d in a.devices])
    _refuse_unreachable_skills(queues, specs, staff)
    refuse_all_reserved(queues, specs, staff)
    _refuse_skills_nobody_has(queues, specs, staff)
    floor = FloorSpec(
        version=0,
        queues=specs,
        agents=staff,
        ring_cycle_s=ring_cycle_s,
        seed=top.whole("seed", 0, 0, 2**31 - 1),
        priority_s=top.seconds("priority_s", 0.0),
    )
    top.finish()
    return msgspec.structs.replace(floor, version=_version(floor))


def device_logins(
    floor: FloorSpec, secret_of: Callable[[DeviceId], str]
) -> tuple[DeviceLogin, ...]:
    """One SIP login for each device of each agent; it shows the staff number when it calls.
    Browsers get theirs when they ask (agent_softphone_bridge.phones)."""
    return tuple(
        DeviceLogin(id=device.id, secret=secret_of(device.id), number=agent.staff_number)
        for agent in floor.agents
        for device in agent.devices
        if device.kind is not DeviceKind.BROWSER and not device.number
    )


def _queue(id_: QueueId, queues: Section) -> QueueSpec:
    section = queues.section(id_)
    ring = section.section("ring")
    default = QueueSpec(id=id_, names={})
    spec = QueueSpec(
        id=id_,
        names=_queue_names(id_, section.section("names")),
        ring=RingRule(
            rings=ring.whole("rings", 3, 1, 20),
            limit_s=ring.maybe_seconds("limit_s", None, 1.0, 300.0),
            never_rang_s=ring.seconds("never_rang_s", 3.0, 0.5, 30.0),
        ),
        no_answer=_no_answer(section.section("no_answer")),
        strategy=section.choice("strategy", Strategy, default.strategy),
        together=_together(section.section("together")),
        whisper=_whisper(section.section("whisper")),
        wrap_up_s=section.seconds("wrap_up_s", default.wrap_up_s, 0.0, 3600.0),
        weight=section.whole("weight", 0, -100, 100),
        needs=_needs(section.section("needs")),
        announce_every_s=section.seconds("announce_every_s", default.announce_every_s, 0.0, 3600.0),
        exit_key=section.text("exit_key", "", r"[0-9*#]?", 'write one key in quotes, as "0"'),
        service_level_s=section.seconds("service_level_s", default.service_level_s, 1.0, 3600.0),
        max_waiting=section.whole("max_waiting", 0, 0, 100_000),
        join_empty=read_standings(section, "join_empty"),
        leave_empty=read_standings(section, "leave_empty"),
        calendar=read_calendar(section),
        closing=section.choice("closing", Closing, default.closing),
        recipe=read_recipe(section, frozenset(queues.names())),
        callback=read_callback(section),
        keep_place_s=section.seconds("keep_place_s", 0.0),
        priority_of=read_levels(section.section("priority_of")),
        last_agent_days=section.whole("last_agent_days", 0, 0, 3_650),
        prefer_wait_s=section.seconds("prefer_wait_s", 0.0, 0.0, 3600.0),
        hold=_hold(section.section("hold")),
        max_talks=section.whole("max_talks", 0, 0, 100_000),
        dispositions=read_dispositions(section.section("dispositions")),
        disposition_required=section.flag("disposition_required", False),
        script=read_script(section.section("script")),
    )
    ring.finish()
    section.finish()
    if spec.disposition_required and not spec.dispositions:
        section.refuse("disposition_required", "there are none", "write some under `dispositions`")
    return spec


def _queue_names(id_: QueueId, section: Section) -> dict[str, str]:
    names = {
        language.value: name
        for language in Language
        if (name := _name(section, language.value, ""))
    }
    section.finish()
    return names or {language.value: id_ for language in Language}


def _together(section: Section) -> RingTogether:
    default = RingTogether()
    rule = RingTogether(
        at_most=section.whole("at_most", default.at_most, 1, 20),
        every_s=section.seconds("every_s", default.every_s, 0.5, 300.0),
    )
    section.finish()
    return rule


def _hold(section: Section) -> HoldRule:
    default = HoldRule()
    rule = HoldRule(
        remind_after_s=section.seconds("remind_after_s", default.remind_after_s, 0.0, 3600.0),
        back_after_s=section.seconds("back_after_s", default.back_after_s, 0.0, 3600.0),
    )
    if 0 < rule.back_after_s < rule.remind_after_s:
        wrong = f"she is back before her agent is reminded at {rule.remind_after_s:g} s"
        section.refuse("back_after_s", wrong, "later than remind_after_s, or 0 for never")
    section.finish()
    return rule


def _whisper(section: Section) -> dict[str, str]:
    texts = {}
    for language in Language:
        text = section.text(language.value, "")
        strange = [word for word in re.findall(r"\{[^}]*\}?|\}", text) if word not in SPOKEN_IN]
        if strange:
            right = f"only {' and '.join(SPOKEN_IN)} stand for something"
            section.refuse(language.value, f"{strange[0]!r} means nothing here", right)
        elif text:
            texts[language.value] = text
    section.finish()
    return texts


def _needs(section: Section) -> tuple[SkillNeed, ...]:
    return tuple(
        SkillNeed(skill=skill, level=section.whole(skill, None, 1, 10))
        for skill in _names(section, "skill", _SKILL, "letters and digits of any script, - and _")
    )


def _no_answer(section: Section) -> dict[NoAnswer, NoAnswerRule]:
    rules = dict(DEFAULT_NO_ANSWER)
    for why in sorted(STRIKING):
        default = rules[why]
        rule = section.section(why.value)
        rules[why] = NoAnswerRule(
            strikes=rule.whole("strikes", default.strikes, 0, 100),
            then=_state_after(rule, default.then),
            rest_s=rule.seconds("rest_s", default.rest_s, 0.0, 3600.0),
            returns_after_s=rule.maybe_seconds("returns_after_s", default.returns_after_s, 1.0),
        )
        rule.finish()
    section.finish()
    return rules


def _state_after(rule: Section, default: AgentState) -> AgentState:
    state = rule.choice("then", AgentState, default)
    allowed = (AgentState.NOT_RESPONDING, AgentState.NOT_READY, AgentState.LOGGED_OUT)
    if state not in allowed:
        wrong = f"missed calls cannot make an agent {state}"
        rule.refuse("then", wrong, f"choose one of {', '.join(allowed)}")
    return state


def _agent(id_: AgentId, agents: Section, known: frozenset[str]) -> AgentSpec:
    section = agents.section(id_)
    spec = AgentSpec(
        id=id_,
        name=_name(section, "name", id_),
        staff_number=section.text("staff_number", None, r"[0-9]{1,10}", "write one to ten digits"),
        queues=read_memberships(section.section("queues"), known),
        skills=_skills(section.section("skills")),
        devices=_devices(section.section("devices")),
        wrap_up_s=section.maybe_seconds("wrap_up_s", None, 0.0, 3600.0),
        language=section.choice("language", Language, Language.ZH),
    )
    section.finish()
    return spec


def _skills(section: Section) -> dict[str, int]:
    return {
        skill: section.whole(skill, None, 1, 10)
        for skill in _names(section, "skill", _SKILL, "letters and digits of any script, - and _")
    }


def _devices(section: Section) -> tuple[DeviceSpec, ...]:
    right = "letters, digits, - _ and ., at most 40, not beginning with trunk-"
    return tuple(_device(section, name) for name in _names(section, "device", _DEVICE, right))


def _device(devices: Section, name: str) -> DeviceSpec:
    """``name: desk``, or for an outside phone ``name: {number: "+86..."}``."""
    if not devices.is_group(name):
        kind = devices.choice(name, DeviceKind, DeviceKind.DESK)
        return DeviceSpec(id=DeviceId(name), kind=kind)
    section = devices.section(name)
    right = 'write the whole number in quotes, as "+8613812345678"'
    spec = DeviceSpec(
        id=DeviceId(name),
        kind=section.choice("kind", DeviceKind, DeviceKind.MOBILE),
        number=section.text("number", None, _OUTSIDE, right),
    )
    section.finish()
    return spec


def _names(
    section: Section, what: str, pattern: str = NAME, right: str = NAME_RIGHT
) -> tuple[str, ...]:
    return section.names_matching(pattern, f"no name for a {what}", right)


def _name(section: Section, key: str, default: str) -> str:
    name = section.text(key, default)
    if name != clean_name(name):
        right = f"at most {MAX_NAME} characters, without control characters and double spaces"
        section.refuse(key, f"{name!r} cannot be shown as it is", right)
    return name


def _refuse_twins(
    people: Section,
    staff: Iterable[AgentSpec],
    what: str,
    values: Callable[[AgentSpec], Iterable[str]],
) -> None:
    owners: dict[str, AgentId] = {}
    for agent in staff:
        for value in filter(None, values(agent)):
            if value in owners:
                wrong = f"{what} {value!r} already belongs to {owners[value]}"
                people.refuse(agent.id, wrong, "give each agent their own")
            owners.setdefault(value, agent.id)


def _refuse_unreachable_skills(
    queues: Section, specs: Iterable[QueueSpec], staff: tuple[AgentSpec, ...]
) -> None:
    """A queue nobody of whom can take a call would let its callers wait for ever."""
    for queue in specs:
        members = [a for a in staff if any(m.queue == queue.id for m in a.queues)]
        able = [a for a in members if all(a.skills.get(n.skill, 0) >= n.level for n in queue.needs)]
        if members and not able:
            wrong = "none of its agents has every skill it needs"
            queues.refuse(queue.id, wrong, "lower a level under needs, or raise an agent's")


def _refuse_skills_nobody_has(
    queues: Section, specs: Iterable[QueueSpec], staff: tuple[AgentSpec, ...]
) -> None:
    """A recipe may ask for less than the queue, never for what nobody can do."""
    there = {skill for agent in staff for skill in agent.skills}
    for queue in specs:
        for n, step in enumerate(queue.recipe, start=1):
            for need in step.needs:
                if need.level and need.skill not in there:
                    wrong = f"step {n}: no agent has the skill {need.skill!r}"
                    right = guess(need.skill, there) or "name a skill that an agent has"
                    queues.refuse_at(f"{queue.id}.recipe", wrong, right)


def _version(floor: FloorSpec) -> int:
    data = msgspec.json.encode(floor, order="deterministic")
    return int.from_bytes(sha256(data).digest()[:6])

"""floor.yaml: what it becomes, and each mistake with its sentence."""

import pytest

from calls.floor import DEFAULT_NO_ANSWER, FloorSpec, HoldRule, Membership, SkillNeed
from calls.words import AgentState, DeviceKind, Language, NoAnswer, Strategy
from config.document import read_document
from config.floor import device_logins, read_floor
from config.problems import Problem
from config.section import Section

pytestmark = pytest.mark.unit


def read(text: str) -> tuple[FloorSpec, list[str]]:
    problems: list[Problem] = []
    node = read_document(text.encode(), "floor.yaml", problems)
    floor = read_floor(Section(node, "floor.yaml", problems), 5.0)
    return floor, [str(p) for p in problems]


def good(text: str) -> FloorSpec:
    floor, problems = read(text)
    assert problems == []
    return floor


FLOOR = """
queues:
  support:
    names: {zh-CN: 技术支持, en: Support}
    ring: {rings: 2, never_rang_s: 1.5}
    wrap_up_s: 30
    weight: 5
    needs: {普通话: 3}
    announce_every_s: 0
    exit_key: 0
    max_waiting: 40
    no_answer:
      rang_out: {strikes: 1, then: not_ready, rest_s: 2, returns_after_s: 60}
  sales: {ring: {limit_s: 12.5}}
agents:
  a8001:
    name: 王芳
    staff_number: 08001
    queues: {support: 1, sales: 2}
    skills: {普通话: 8}
    devices: {m1: mobile, d1: desk, b1: browser}
"""


def test_everything_people_may_say_of_a_floor_arrives() -> None:
    floor = good(FLOOR)
    support, sales = floor.queues
    assert support.names == {"zh-CN": "技术支持", "en": "Support"}
    assert (support.ring.rings, support.ring.never_rang_s, support.ring.limit_s) == (2, 1.5, None)
    assert (support.wrap_up_s, support.weight, support.exit_key) == (30.0, 5, "0")
    assert (support.announce_every_s, support.max_waiting) == (0.0, 40)
    assert support.needs == (SkillNeed(skill="普通话", level=3),)
    rule = support.no_answer[NoAnswer.RANG_OUT]
    assert (rule.strikes, rule.then, rule.rest_s) == (1, AgentState.NOT_READY, 2.0)
    assert rule.returns_after_s == 60.0
    assert support.no_answer[NoAnswer.BUSY] == DEFAULT_NO_ANSWER[NoAnswer.BUSY]
    assert sales.ring.limit_s == 12.5
    assert sales.names == {"zh-CN": "sales", "en": "sales"}
    (agent,) = floor.agents
    assert (agent.name, agent.staff_number, agent.skills) == ("王芳", "08001", {"普通话": 8})
    assert agent.queues == (Membership(queue="support", tier=1), Membership(queue="sales", tier=2))
    assert [(d.id, d.kind) for d in agent.devices] == [
        ("m1", DeviceKind.MOBILE),
        ("d1", DeviceKind.DESK),
        ("b1", DeviceKind.BROWSER),
    ]
    assert floor.ring_cycle_s == 5.0


def test_an_empty_floor_is_a_floor() -> None:
    assert good("").agents == good("queues:\nagents:\n").agents == ()


def test_the_version_is_the_content() -> None:
    assert good(FLOOR).version == good(FLOOR + "# a remark\n").version
    assert good(FLOOR).version != good(FLOOR.replace("weight: 5", "weight: 6")).version
    assert good(FLOOR).version > 0


def test_ten_times_the_same_shape_is_read_in_one_go() -> None:
    many = "".join(
        f"  a{i}: {{staff_number: '{i}', queues: {{q: 1}}, devices: {{d{i}: desk}}}}\n"
        for i in range(2000)
    )
    assert len(good(f"queues: {{q: {{}}}}\nagents:\n{many}").agents) == 2000


MISTAKES = [
    (
        "quues: {}",
        "floor.yaml:1: quues: this key is not known; did you mean 'queues'?",
    ),
    (
        "queues:\n  sales:\n    wrapup_s: 3",
        "floor.yaml:3: queues.sales.wrapup_s: this key is not known; did you mean 'wrap_up_s'?",
    ),
    (
        "queues:\n  Sales Team: {}",
        "floor.yaml:2: queues.Sales Team: 'Sales Team' is no name for a queue; lower-case letters",
    ),
    (
        "queues: {sales: {ring: {rings: 0}}}",
        "floor.yaml:1: queues.sales.ring.rings: '0' does not fit; write a whole number from 1 to",
    ),
    (
        "queues: {sales: {ring: {rings: three}}}",
        "floor.yaml:1: queues.sales.ring.rings: 'three' does not fit",
    ),
    (
        "queues: {sales: {exit_key: '12'}}",
        "floor.yaml:1: queues.sales.exit_key: '12' does not fit; write one key in quotes",
    ),
    (
        "queues: {sales: {names: {fr: Ventes}}}",
        "floor.yaml:1: queues.sales.names.fr: this key is not known; known here: en, zh-CN",
    ),
    (
        "queues: {sales: {needs: {english: 11}}}",
        "floor.yaml:1: queues.sales.needs.english: '11' does not fit; write a whole number from 1",
    ),
    (
        "queues: {sales: {no_answer: {rangout: {}}}}",
        "floor.yaml:1: queues.sales.no_answer.rangout: this key is not known; did you mean 'rang_",
    ),
    (
        "queues: {sales: {no_answer: {busy: {then: talking}}}}",
        "floor.yaml:1: queues.sales.no_answer.busy.then: missed calls cannot make an agent talking",
    ),
    (
        "agents:\n  a1:\n    name: 王",
        "floor.yaml:2: agents.a1: 'staff_number' is missing; write one to ten digits",
    ),
    (
        "agents: {a1: {staff_number: 8-1}}",
        "floor.yaml:1: agents.a1.staff_number: '8-1' does not fit; write one to ten digits",
    ),
    (
        "queues:\n  sales: {}\nagents:\n  a1:\n    staff_number: 1\n    queues: {slaes: 1}",
        "floor.yaml:6: agents.a1.queues.slaes: there is no queue 'slaes'; did you mean 'sales'?",
    ),
    (
        "agents: {a1: {staff_number: 1, devices: {d1: fax}}}",
        "floor.yaml:1: agents.a1.devices.d1: 'fax' is not known; choose one of browser, desk",
    ),
    (
        "agents: {a1: {staff_number: 1, devices: {trunk-x: desk}}}",
        "floor.yaml:1: agents.a1.devices.trunk-x: 'trunk-x' is no name for a device; letters",
    ),
    (
        "agents:\n  a1: {staff_number: 1}\n  a2: {staff_number: 1}",
        "floor.yaml:3: agents.a2: staff number '1' already belongs to a1; give each agent their",
    ),
    (
        "agents:\n  a1: {staff_number: 1, devices: {d: desk}}\n"
        "  a2: {staff_number: 2, devices: {d: desk}}",
        "floor.yaml:3: agents.a2: device 'd' already belongs to a1; give each agent their own",
    ),
    (
        "queues:\n  q: {needs: {english: 5}}\n"
        "agents: {a1: {staff_number: 1, queues: {q: 1}, skills: {english: 4}}}",
        "floor.yaml:2: queues.q: none of its agents has every skill it needs; lower a level",
    ),
    (
        "agents: {a1: {staff_number: 1, name: '王\u202e芳'}}",
        "floor.yaml:1: agents.a1.name: '王\\u202e芳' cannot be shown as it is; at most 80",
    ),
    (
        f"agents: {{a1: {{staff_number: 1, name: {'王' * 81}}}}}",
        "floor.yaml:1: agents.a1.name: '王王",
    ),
    ("queues: [sales]", "floor.yaml:1: queues: a list is not a group of keys; write `key: value`"),
    ("agents: 8", "floor.yaml:1: agents: '8' is not a group of keys; write `key: value` below"),
    (
        "agents: {a1: {staff_number: [8001]}}",
        "floor.yaml:1: agents.a1.staff_number: a list stands where one value belongs; write one",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_each_mistake_has_its_sentence(text: str, sentence: str) -> None:
    _, said = read(text)
    assert len(said) == 1, said
    assert said[0].startswith(sentence), said


def test_all_mistakes_of_a_floor_are_found_in_one_reading() -> None:
    text = "\n".join(
        [
            "queues:",
            "  sales: {weight: heavy}",
            "  support: {max_waiting: -1}",
            "agents:",
            "  a1: {staff_number: x, quues: {}}",
        ]
    )
    assert [line.split(" ")[1] for line in read(text)[1]] == [
        "queues.sales.weight:",
        "queues.support.max_waiting:",
        "agents.a1.staff_number:",
        "agents.a1.quues:",
    ]


def test_acd_1_acd_6_a_queue_may_ring_several_phones() -> None:
    floor = good("queues: {a: {strategy: progressive, together: {at_most: 3, every_s: 4}}}")
    [queue] = floor.queues
    assert queue.strategy is Strategy.PROGRESSIVE
    assert (queue.together.at_most, queue.together.every_s) == (3, 4.0)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{together: {at_most: 0}}", "together.at_most: '0' does not fit; write a whole number"),
        ("{strategy: ringall}", "strategy: 'ringall' is not known; did you mean 'ring_all'?"),
        (
            "{whisper: {en: '{name} calls'}}",
            "whisper.en: '{name}' means nothing here; only {queue}",
        ),
        ("{whisper: {fr: appel}}", "whisper.fr: this key is not known"),
    ],
)
def test_what_a_queue_cannot_do_is_named(text: str, problem: str) -> None:
    _, problems = read(f"queues: {{a: {text}}}")
    assert len(problems) == 1
    assert problem in problems[0], problems


def test_acd_49_an_agent_is_whispered_to_in_her_language_and_may_have_a_wrap_up_of_her_own() -> (
    None
):
    floor = good(
        'queues: {a: {whisper: {zh-CN: "{queue}，按键{keys}", en: "{queue}"}}}\n'
        'agents: {x: {staff_number: "1", language: en, wrap_up_s: 0, queues: {a: 1}}}'
    )
    assert floor.queues[0].whisper["en"] == "{queue}"
    assert (floor.agents[0].language, floor.agents[0].wrap_up_s) == (Language.EN, 0.0)


def test_an_outside_phone_has_a_number_and_no_login() -> None:
    floor = good(
        'agents: {x: {staff_number: "1", devices: {d1: desk, m1: {number: "+8613812345678"}}}}'
    )
    desk, mobile = floor.agents[0].devices
    assert (mobile.kind, mobile.number) == (DeviceKind.MOBILE, "+8613812345678")
    assert [login.id for login in device_logins(floor, lambda device: "secret123")] == [desk.id]


@pytest.mark.parametrize("number", ['"0"', "hello", '"+86 138"', '"1;x"', "{}"])
def test_an_outside_phone_needs_a_number_that_can_be_dialled(number: str) -> None:
    _, problems = read(
        f'agents: {{x: {{staff_number: "1", devices: {{m1: {{number: {number}}}}}}}}}'
    )
    assert any("m1" in one and "number" in one for one in problems), problems


def test_rings_a_queue_says_how_long_its_callers_may_be_held() -> None:
    said, silent = good(
        "queues: {sales: {hold: {remind_after_s: 30, back_after_s: 90}}, support: {}}"
    ).queues
    assert said.hold == HoldRule(remind_after_s=30.0, back_after_s=90.0)
    assert silent.hold == HoldRule(remind_after_s=60.0, back_after_s=0.0)


@pytest.mark.parametrize(
    "rule", ["{remind_after_s: 60, back_after_s: 20}", "{remind_after_s: -1}", "{remind: 5}"]
)
def test_rings_a_rule_for_holding_with_a_mistake_is_refused(rule: str) -> None:
    _, problems = read(f"queues: {{sales: {{hold: {rule}}}}}")
    assert len(problems) == 1
    assert "queues.sales.hold" in problems[0]

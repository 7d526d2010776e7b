"""trunks.yaml, and what may be dialled out: nothing, unless a route says so."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.calendar import WorkCalendar
from config.calendars import default_calendars
from config.document import read_document
from config.outbound import Allowed, Denied, DialOut, TrunkPlan, may_dial, number_to_call
from config.problems import Problem
from config.section import Section
from config.settings import Settings, read_settings
from config.trunks import read_trunks
from telephony.asterisk.trunk import DtmfMode, NumberForm, TrunkKind

pytestmark = pytest.mark.unit

NOON = 1_767_585_600.0  # Monday 2026-01-05 12:00 in Shanghai
MIDNIGHT = NOON + 12 * 3600


def settings() -> Settings:
    return read_settings(Section(None, "threering.yaml", []), Path("/srv/config"))


def calendars() -> dict[str, WorkCalendar]:
    return default_calendars("Asia/Shanghai")


def read(text: str) -> tuple[TrunkPlan, list[str]]:
    problems: list[Problem] = []
    node = read_document(text.encode(), "trunks.yaml", problems)
    plan = read_trunks(Section(node, "trunks.yaml", problems), settings(), calendars())
    return plan, [str(p) for p in problems]


def good(text: str) -> TrunkPlan:
    plan, problems = read(text)
    assert problems == []
    return plan


PLAN = """
trunks:
  telecom:
    kind: register
    host: sip.example.com
    port: 5080
    username: 01062345678
    secret: "p:w;d"
    codecs: alaw
    dtmf: info
    number_form: national
  backup: {kind: address, host: 192.0.2.7, matches: [192.0.2.0/28]}
numbers:
  4008001234: hotline
  "+861062345678": sales-tree
default_tree: lost
routes:
  city:
    trunk: telecom
    caller_number: 010-62345678
    allow: ["+8610", "95"]
    hours: "08:00-20:00"
    daily_cap: 2
  mobiles: {trunk: backup, allow: ["+861"], deny: ["+86190"], daily_cap: 5, hours: office}
rescue: {voicemail: false, trunk: telecom, number: "13812345678"}
"""


def test_everything_people_may_say_of_trunks_arrives() -> None:
    plan = good(PLAN)
    telecom, backup = plan.trunks
    assert (telecom.kind, telecom.host, telecom.port) == (
        TrunkKind.REGISTER,
        "sip.example.com",
        5080,
    )
    assert (telecom.username, telecom.secret, telecom.codecs) == ("01062345678", "p:w;d", ("alaw",))
    assert (telecom.dtmf_mode, telecom.number_form) == (DtmfMode.INFO, NumberForm.NATIONAL)
    assert (backup.kind, backup.matches) == (TrunkKind.ADDRESS, ("192.0.2.0/28",))
    assert (plan.rescue.fallback_trunk, plan.rescue.fallback_number) == (
        "telecom",
        "+8613812345678",
    )
    assert not plan.rescue.voicemail


@pytest.mark.parametrize(
    ("dialled", "tree"),
    [
        ("4008001234", "hotline"),
        ("+864008001234", "hotline"),
        ("400-800-1234", "hotline"),
        ("01062345678", "sales-tree"),
        ("8610 6234 5678", "sales-tree"),
        ("4009999999", "lost"),
        ("", "lost"),
        ("s\r\nX: y", "lost"),
    ],
)
def test_a_called_number_finds_its_tree_however_the_provider_writes_it(
    dialled: str, tree: str
) -> None:
    assert good(PLAN).tree_for(dialled) == tree


def test_a_caller_on_a_web_page_is_never_dialled_whatever_the_routes_allow() -> None:
    plan = good(PLAN)
    assert isinstance(may_dial(plan, "web-0123456789ab", NOON, {}), Denied)
    assert number_to_call(plan, "web-0123456789ab") == ""


def test_nothing_may_be_dialled_until_a_route_says_so() -> None:
    for number in ("13812345678", "110", "+12125550123", "8001"):
        denied = may_dial(good(""), number, NOON, {})
        assert denied == Denied("no outbound route is configured, so nothing may be dialled")


def test_an_allowed_number_is_written_as_its_trunk_wants_and_shows_the_routes_number() -> None:
    plan = good(PLAN)
    assert may_dial(plan, "+86 10 8888 7777", NOON, {}) == Allowed(
        "city", "telecom", "01088887777", "+861062345678"
    )
    assert may_dial(plan, "95588", NOON, {}) == Allowed("city", "telecom", "95588", "+861062345678")
    assert may_dial(plan, "13812345678", NOON, {}) == Allowed(
        "mobiles", "backup", "+8613812345678", ""
    )


@pytest.mark.parametrize(
    ("number", "now", "used", "reason"),
    [
        ("+12125550123", NOON, {}, "no outbound route allows numbers like +1212…"),
        ("021-62345678", NOON, {}, "no outbound route allows numbers like +8621…"),
        ("19012345678", NOON, {}, "no outbound route allows numbers like +8619…"),
        ("010-62345678", MIDNIGHT, {}, "route city is closed now; it is open 08:00-20:00"),
        ("13812345678", MIDNIGHT, {}, "route mobiles is closed now; it is open office"),
        ("010-62345678", NOON, {"city": 2}, "route city has used its 2 calls of today"),
        ("", NOON, {}, "this is no number that can be dialled"),
        ("13812345678@evil", NOON, {}, "this is no number that can be dialled"),
        ("13812345678&PJSIP/x", NOON, {}, "this is no number that can be dialled"),
    ],
)
def test_what_is_denied_says_why(
    number: str, now: float, used: dict[str, int], reason: str
) -> None:
    assert may_dial(good(PLAN), number, now, used) == Denied(reason)


def test_the_daily_cap_counts_what_was_allowed_until_midnight_of_the_centre() -> None:
    out = DialOut(good(PLAN), "Asia/Shanghai", {"city": 1})
    assert isinstance(out.ask("010-62345678", NOON), Allowed)
    assert isinstance(out.ask("010-62345678", NOON + 60), Denied)
    assert isinstance(out.ask("+12125550123", NOON + 60), Denied)
    assert isinstance(out.ask("010-62345678", NOON + 24 * 3600), Allowed)
    assert isinstance(out.ask("010-62345678", NOON + 24 * 3600), Allowed)
    assert isinstance(out.ask("010-62345678", NOON + 24 * 3600), Denied)


@given(st.text(max_size=40), st.integers(0, 5))
def test_no_text_whatever_is_dialled_beyond_the_routes(number: str, used: int) -> None:
    plan = good(PLAN)
    answer = may_dial(plan, number, NOON, {"city": used, "mobiles": used})
    if isinstance(answer, Allowed):
        assert set(answer.number) <= set("+0123456789")
        assert plan.key_of(number).startswith(("+8610", "95", "+861"))
        assert used < 5


MISTAKES = [
    (
        "trunks:\n  Telecom: {kind: address, host: x}",
        "trunks.yaml:2: trunks.Telecom: 'Telecom' is no name for a trunk; lower-case letters",
    ),
    (
        "trunks:\n  t: {kind: adress, host: x}",
        "trunks.yaml:2: trunks.t.kind: 'adress' is not known; did you mean 'address'?",
    ),
    ("trunks:\n  t:\n    kind: address", "trunks.yaml:2: trunks.t: 'host' is missing; write the"),
    (
        "trunks:\n  t: {kind: register, host: x}",
        "trunks.yaml:2: trunks.t: trunk t registers, so it needs a user name and a secret; mend",
    ),
    (
        "trunks: {t: {kind: address, host: x, codecs: [alaw, mp3]}}",
        "trunks.yaml:1: trunks.t.codecs[2]: 'mp3' does not fit; choose from alaw, ulaw, g722, opus",
    ),
    (
        "trunks: {t: {kind: address, host: x, codecs: []}}",
        "trunks.yaml:1: trunks.t.codecs: no codec is left; choose from",
    ),
    (
        "trunks: {t: {kind: address, host: 'x;y'}}",
        "trunks.yaml:1: trunks.t: host of trunk t: 'x;y' is not allowed; mend or remove this",
    ),
    (
        "trunks: {t: {kind: address, host: 127.0.0.1}}",
        "trunks.yaml:1: trunks.t.host: phones on this machine also come from 127.0.0.1; give the",
    ),
    (
        "trunks: {t: {kind: address, host: x, matches: [127.0.0.0/8]}}",
        "trunks.yaml:1: trunks.t.matches: phones on this machine also come from 127.0.0.0/8",
    ),
    (
        "numbers:\n  4008001234: hotline\n  +864008001234: sales",
        "trunks.yaml:3: numbers.+864008001234: this is the same number as '4008001234'; keep one",
    ),
    ("numbers: {abc: x}", "trunks.yaml:1: numbers.abc: 'abc' is no number of CN; write it as"),
    ("numbers: {4008001234: }", "trunks.yaml:1: numbers.4008001234: '4008001234' is missing; a"),
    ("default_tree: Hot Line", "trunks.yaml:1: default_tree: 'Hot Line' does not fit; lower-case"),
    (
        "trunks: {telecom: {kind: address, host: x}}\nroutes:\n"
        "  city: {trunk: telcom, allow: ['+8610'], daily_cap: 3}",
        "trunks.yaml:3: routes.city.trunk: there is no trunk 'telcom'; did you mean 'telecom'?",
    ),
    (
        "trunks: {t: {kind: address, host: x}}\nroutes:\n  city: {trunk: t, daily_cap: 3}",
        "trunks.yaml:3: routes.city: 'allow' is missing; list beginnings of numbers, as +8610",
    ),
    (
        "trunks: {t: {kind: address, host: x}}\nroutes:\n  city: {trunk: t, allow: ['+8610']}",
        "trunks.yaml:3: routes.city: 'daily_cap' is missing; write a whole number from 1",
    ),
    (
        "trunks: {t: {kind: address, host: x}}\n"
        "routes: {city: {trunk: t, allow: ['+'], daily_cap: 3}}",
        "trunks.yaml:2: routes.city.allow[1]: '+' does not fit; list beginnings of numbers",
    ),
    (
        "trunks: {t: {kind: address, host: x}}\n"
        "routes: {city: {trunk: t, allow: '+86', daily_cap: 3, hours: day}}",
        "trunks.yaml:2: routes.city.hours: 'day' are no hours; write \"08:00-20:00\", or a",
    ),
    (
        "trunks: {t: {kind: address, host: x}}\n"
        "routes: {city: {trunk: t, allow: '+86', daily_cap: 3, caller_number: 8001}}",
        "trunks.yaml:2: routes.city.caller_number: '8001' is no public number; write it as +86…",
    ),
    (
        "trunks: {t: {kind: address, host: x}}\nrescue: {trunk: t}",
        "trunks.yaml:2: rescue: a fallback needs both a trunk and a number; add the other",
    ),
    ("rescue: {number: 13812345678}", "trunks.yaml:1: rescue: a fallback needs both"),
]


@pytest.mark.parametrize(("text", "sentence"), MISTAKES)
def test_each_mistake_has_its_sentence(text: str, sentence: str) -> None:
    _, said = read(text)
    assert len(said) == 1, said
    assert said[0].startswith(sentence), said


def test_a_secret_is_never_shown_in_a_mistake() -> None:
    _, said = read("trunks: {t: {kind: register, host: x, username: u, secret: ' hush'}}")
    assert len(said) == 1
    assert "hush" not in said[0]

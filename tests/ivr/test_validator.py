"""Each fault in the smallest tree that has it, named with the way a caller gets there."""

import json
from pathlib import Path
from typing import Any

import pytest

import config
from calls.words import Language
from ivr.document import load_tree
from ivr.findings import Finding, Severity
from ivr.phrases import in_words
from ivr.validator import Known, check, may_be_published
from tests.ivr.trees import BYE, document, tree

pytestmark = pytest.mark.unit

KNOWN = Known(
    queues={"sales"},
    calendars={"office"},
    lookups={"ticket"},
    scripts={"weather.agi"},
    boxes={"hotline"},
    number_lists={"blocked"},
    languages=set(Language),
)


def say(to: str, *says: Any) -> dict[str, Any]:
    return {"kind": "say", "says": list(says) or ["p"], "next": to}


def menu(to: str, **fields: Any) -> dict[str, Any]:
    keys = {"1": to}
    return {
        "kind": "menu",
        "says": ["p"],
        "keys": keys,
        "on_timeout": "bye",
        "on_invalid": "bye",
        **fields,
    }


def ask(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "ask",
        "says": ["p"],
        "variable": "v",
        "next": "bye",
        "on_fail": "bye",
        **fields,
    }


def queue(**fields: Any) -> dict[str, Any]:
    return {"kind": "queue", "queue": "sales", "next": "bye", "otherwise": "bye", **fields}


def found(nodes: dict[str, Any], rule: str, **fields: Any) -> Finding:
    """The one finding of this rule; other rules may find something as well."""
    findings = check(tree({**nodes, "bye": BYE}, **fields), KNOWN)
    of_rule = [one for one in findings if one.rule == rule]
    assert len(of_rule) == 1, findings
    return of_rule[0]


def test_a_sound_tree_has_no_findings() -> None:
    nodes = {
        "start": {"kind": "consent", "says": ["p"], "next": "main"},
        "main": menu("sales"),
        "sales": queue(),
        "bye": BYE,
    }
    assert check(tree(nodes), KNOWN) == []


def test_a_node_that_is_not_there_is_named_with_the_way_to_where_it_is_missing() -> None:
    finding = found({"root": menu("main"), "main": menu("slaes"), "sales": queue()}, "dangling")
    assert finding.severity is Severity.ERROR
    assert (finding.node, finding.path) == ("main", "root > main")
    assert finding.where == "$.nodes.main.keys.1"
    assert finding.advice == "did you mean 'sales'?"
    assert str(finding) == (
        "$.nodes.main.keys.1: leads to 'slaes', which is not there (on the way root > main); "
        "did you mean 'sales'?"
    )


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"root": "nowhere"}, "$.root"),
        ({"emergency": "nowhere"}, "$.emergency"),
        ({"limits": {"on_limit": "nowhere"}}, "$.limits.on_limit"),
    ],
)
def test_the_doors_of_a_tree_must_lead_somewhere(fields: dict[str, Any], where: str) -> None:
    assert found({"a": say("bye")}, "dangling", **fields).where == where


def test_every_field_that_leads_somewhere_is_looked_at() -> None:
    nodes = json.loads((Path(config.__file__).parent / "trees/hotline.json").read_bytes())["nodes"]
    more = [
        ask(),
        queue(branches={"full": "bye"}),
        menu("bye", staff={"to": "bye"}),
        {
            "kind": "transfer",
            "to": "1",
            "next": "bye",
            "otherwise": "bye",
            "branches": {"failed": "bye"},
        },
        {"kind": "script", "script": "s", "next": "bye", "otherwise": "bye"},
        {
            "kind": "branch",
            "cases": [{"on": "level", "levels": ["vip"], "to": "bye"}],
            "otherwise": "bye",
        },
        {"kind": "goto", "to": "bye"},
    ]
    for node in [*nodes.values(), *more]:
        for path, broken in _with_one_target_broken(node):
            whole = document({"n": broken})
            findings = check(load_tree(json.dumps(whole).encode(), "test"))
            wrong = [one for one in findings if one.where == f"$.nodes.n.{path}"]
            assert "dangling" in {one.rule for one in wrong}, (node["kind"], path)


def _with_one_target_broken(node: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    plain = (
        "next",
        "otherwise",
        "on_timeout",
        "on_invalid",
        "on_fail",
        "on_empty",
        "to",
        "open",
        "closed",
        "holiday",
        "emergency",
        "found",
        "not_found",
        "failed",
    )
    broken = [
        (name, {**node, name: "gone"})
        for name in plain
        if name in node
        and not (node["kind"] == "transfer" and name == "to")
        and not (node["kind"] == "language" and name == "otherwise")
    ]
    for group in ("keys", "branches"):
        broken += [
            (f"{group}.{key}", {**node, group: {**node[group], key: "gone"}})
            for key in node.get(group, {})
        ]
    if "staff" in node and node["kind"] == "menu":
        broken.append(("staff.to", {**node, "staff": {"to": "gone"}}))
    for index, case in enumerate(node.get("cases", [])):
        broken.append((f"cases[{index}].to", {**node, "cases": [{**case, "to": "gone"}]}))
    return broken


def test_a_node_that_nobody_reaches_is_a_warning() -> None:
    finding = found({"a": say("bye"), "alone": say("bye")}, "unreachable")
    assert (finding.node, finding.path, finding.severity) == ("alone", "", Severity.WARNING)
    assert may_be_published([finding])


def test_what_an_emergency_or_the_limit_leads_to_is_reached() -> None:
    nodes = {"a": say("bye"), "sorry": say("bye"), "late": say("sorry"), "bye": BYE}
    made = tree(nodes, emergency="sorry", limits={"on_limit": "late"})
    assert check(made, KNOWN) == []
    finding = found({"a": say("bye"), "late": say("gone")}, "dangling", emergency="late")
    assert finding.path == "emergency: late"


@pytest.mark.parametrize(
    ("nodes", "circle"),
    [
        ({"a": say("b"), "b": say("a")}, "a > b > a"),
        ({"m": menu("bye", on_timeout="m")}, "m > m"),
        ({"a": say("q"), "q": queue(otherwise="a")}, "a > q > a"),
        ({"k": ask(on_fail="k")}, "k > k"),
        ({"v": {"kind": "voicemail", "says": ["p"], "box": "hotline", "next": "v"}}, "v > v"),
    ],
)
def test_a_circle_in_which_nothing_is_asked_of_the_caller_is_an_error(
    nodes: dict[str, Any], circle: str
) -> None:
    finding = found(nodes, "looping")
    assert finding.severity is Severity.ERROR
    assert circle in finding.problem
    assert finding.path == next(iter(nodes))


def test_going_round_by_the_callers_own_keys_is_no_fault() -> None:
    nodes = {
        "main": menu("main", on_invalid="main"),
        "sales": queue(branches={"exit_key": "main"}),
        "bye": BYE,
    }
    assert not [one for one in check(tree(nodes), KNOWN) if one.rule == "looping"]


def test_a_chain_longer_than_the_step_limit_is_too_deep() -> None:
    nodes = {f"n{number}": say(f"n{number + 1}") for number in range(7)}
    finding = found({**nodes, "n7": say("bye")}, "too_deep", limits={"max_steps": 5})
    assert finding.node == "n5"


def test_a_thousand_nodes_in_a_row_are_followed_to_the_end() -> None:
    nodes = {f"n{number}": say(f"n{number + 1}") for number in range(999)}
    finding = found({**nodes, "n999": say("gone")}, "dangling", limits={"max_steps": 1000})
    assert finding.path.count(">") == 999


# --- prompts --------------------------------------------------------------------------------


def test_a_prompt_that_is_not_there_is_named_with_its_node() -> None:
    prompts = {"greting": {tag: {"text": "x"} for tag in ("zh-CN", "en")}}
    finding = found({"a": say("bye", "greeting")}, "missing_prompt", prompts=prompts)
    assert (finding.where, finding.path) == ("$.nodes.a.says", "a")
    assert finding.advice == "did you mean 'greting'?"


@pytest.mark.parametrize("english", [None, {"text": "  "}])
def test_a_prompt_without_words_in_a_language_is_named(english: dict[str, str] | None) -> None:
    wordings = {"zh-CN": {"text": "你好"}, **({"en": english} if english else {})}
    finding = found({"a": say("bye", "hi")}, "missing_prompt", prompts={"hi": wordings})
    assert "no words in en" in finding.problem
    assert finding.advice == 'write "en" under $.prompts.hi'


def test_an_uploaded_recording_needs_no_words() -> None:
    wordings = {"zh-CN": {"text": "你好"}, "en": {"text": "", "audio": "hi.wav"}}
    made = tree({"a": say("bye", "hi"), "bye": BYE}, prompts={"hi": wordings})
    assert check(made, KNOWN) == []


def test_every_place_where_something_is_said_is_looked_at() -> None:
    confirm = {"says": ["p5"]}
    survey = {"kind": "survey", "question": "q", "next": "bye", "says": ["p6"], "thanks": ["p7"]}
    nodes = {
        "m": menu("k", says=["p1"], timeout_says=["p2"], invalid_says=["p3"], on_timeout="s"),
        "k": ask(says=["p4"], confirm=confirm),
        "s": survey,
        "bye": {"kind": "hangup", "says": ["p8"]},
    }
    findings = [one for one in check(tree(nodes, prompts={})) if one.rule == "missing_prompt"]
    named = sorted(word for one in findings for word in one.problem.split("'") if word[:1] == "p")
    assert [name for name in named if len(name) == 2] == [f"p{n}" for n in range(1, 9)]
    assert {one.where for one in findings} >= {"$.nodes.k.confirm.says", "$.nodes.s.thanks"}


def test_words_for_a_variable_are_counted_by_their_prefix() -> None:
    spoken = {"variable": "v", "read_as": "prompt", "prefix": "state_"}
    nodes = {"k": ask(next="a"), "a": say("bye", spoken)}
    assert "begins with 'state_'" in found(nodes, "missing_prompt").problem
    words = {tag: {"text": "x"} for tag in ("zh-CN", "en")}
    prompts = {"state_open": words, "p": words}
    assert check(tree({**nodes, "bye": BYE}, prompts=prompts), KNOWN) == []


def test_a_prompt_nobody_says_is_a_warning() -> None:
    words = {tag: {"text": "x"} for tag in ("zh-CN", "en")}
    finding = found({"a": say("bye")}, "unused_prompt", prompts={"p": words, "old": words})
    assert (finding.where, finding.severity) == ("$.prompts.old", Severity.WARNING)


# --- what the house has ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "rule", "where"),
    [
        (queue(queue="sails"), "unknown_queue", "queue"),
        (
            {"kind": "hours", "calendar": "ofice", "open": "bye", "closed": "bye"},
            "unknown_calendar",
            "calendar",
        ),
        (
            {
                "kind": "lookup",
                "what": "tickets",
                "found": "bye",
                "not_found": "bye",
                "failed": "bye",
            },
            "unknown_lookup",
            "what",
        ),
        (ask(check={"rule": "lookup", "what": "tickets"}), "unknown_lookup", "check.what"),
        (
            {"kind": "script", "script": "wether.agi", "next": "bye", "otherwise": "bye"},
            "unknown_script",
            "script",
        ),
        (
            {"kind": "voicemail", "says": ["p"], "box": "hotlin", "next": "bye"},
            "unknown_box",
            "box",
        ),
        (
            {
                "kind": "branch",
                "otherwise": "bye",
                "cases": [{"on": "number", "lists": ["block"], "to": "bye"}],
            },
            "unknown_number_list",
            "cases[0].lists",
        ),
    ],
)
def test_what_the_house_does_not_have_is_named_with_the_nearest_it_has(
    node: dict[str, Any], rule: str, where: str
) -> None:
    finding = found({"a": node}, rule)
    assert finding.where == f"$.nodes.a.{where}"
    assert finding.advice.startswith("did you mean")
    assert not [one for one in check(tree({"a": node, "bye": BYE})) if one.rule == rule]


def test_a_language_without_a_voice_or_without_words_is_named() -> None:
    known = Known(languages={Language.ZH})
    findings = check(tree({"bye": BYE}, languages=["zh-CN", "en"]), known)
    assert [(one.rule, one.where) for one in findings] == [("language", "$.languages[1]")]
    node = {
        "kind": "language",
        "says": ["p"],
        "choices": {"1": "en"},
        "otherwise": "zh-CN",
        "next": "bye",
    }
    assert "does not speak" in found({"a": node}, "language", languages=["zh-CN"]).problem


# --- one node by itself ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "rule", "where"),
    [
        (menu("bye", keys={}), "empty_menu", "keys"),
        (
            {"kind": "language", "says": ["p"], "choices": {}, "otherwise": "en", "next": "bye"},
            "empty_menu",
            "choices",
        ),
        (ask(min_length=5, max_length=4), "entry", "min_length"),
        (ask(check={"rule": "regex", "pattern": "(1+)+"}), "entry", "check.pattern"),
        (ask(check={"rule": "modulo", "divisor": 7, "remainder": 7}), "entry", "check.remainder"),
        (ask(confirm={"says": ["p"], "accept": "1", "again": "1"}), "entry", "confirm.again"),
        (ask(secret=True, confirm={"says": ["p"]}), "secret", "confirm"),
        ({"kind": "transfer", "next": "bye", "otherwise": "bye"}, "transfer", "to"),
        (
            {"kind": "transfer", "to": "1", "variable": "v", "next": "bye", "otherwise": "bye"},
            "transfer",
            "to",
        ),
        (
            {"kind": "survey", "question": "q", "says": ["p"], "next": "bye", "low": 5, "high": 5},
            "survey",
            "low",
        ),
        (
            {"kind": "branch", "otherwise": "bye", "cases": [{"on": "number", "to": "bye"}]},
            "empty_case",
            "cases[0]",
        ),
    ],
)
def test_a_node_that_cannot_work_is_named(node: dict[str, Any], rule: str, where: str) -> None:
    finding = found({"a": node}, rule)
    assert finding.where == f"$.nodes.a.{where}"
    assert not may_be_published([finding])


def test_a_secret_may_not_be_spoken_anywhere() -> None:
    nodes = {"k": ask(secret=True, next="a"), "a": say("bye", {"variable": "v"})}
    assert found(nodes, "secret").where == "$.nodes.a.says"


def relaxing(*steps: tuple[float, dict[str, int]]) -> dict[str, Any]:
    """A queue that needs english 3, and less with time."""

    def levels(needs: dict[str, int]) -> list[dict[str, Any]]:
        return [{"skill": skill, "level": level} for skill, level in needs.items()]

    relax = [{"after_s": after_s, "needs": levels(needs)} for after_s, needs in steps]
    return queue(needs=levels({"english": 3}), relax=relax)


def test_acd_10_steps_that_lower_what_is_needed_may_be_published() -> None:
    node = relaxing((20, {"english": 1}), (40, {"english": 0, "queue-skill": 2}))
    assert not [one for one in check(tree({"a": node, "bye": BYE})) if one.rule == "relax"]


@pytest.mark.parametrize(
    ("steps", "where", "zh"),
    [
        ([(0, {"english": 1})], "[0].after_s", "0 秒不在前一步之后"),
        ([(30, {"english": 2}), (20, {"english": 1})], "[1].after_s", "20 秒不在前一步之后"),
        ([(90_000, {"english": 1})], "[0].after_s", "90000 秒不在前一步之后"),
        ([(20, {})], "[0].needs", "这一步没有任何新要求"),
        ([(20, {"english": -1})], "[0].needs[0].level", "技能没有这个等级：-1"),
        ([(20, {"英语": 11})], "[0].needs[0].level", "技能没有这个等级：11"),
        ([(20, {"english": 3})], "[0].needs[0]", "english 3 并不低于先前的要求"),
        (
            [(20, {"english": 1}), (40, {"english": 2})],
            "[1].needs[0]",
            "english 2 并不低于先前的要求",
        ),
    ],
)
def test_acd_10_a_step_that_relaxes_nothing_is_named_in_both_languages(
    steps: list[Any], where: str, zh: str
) -> None:
    finding = found({"a": relaxing(*steps), "bye": BYE}, "relax")
    assert finding.where == f"$.nodes.a.relax{where}"
    assert not may_be_published([finding])
    assert in_words([finding], Language.ZH)[0].problem == zh


@pytest.mark.parametrize(
    ("node", "where"),
    [
        (say("bye", {"variable": "nobody"}), "says"),
        (
            {
                "kind": "lookup",
                "what": "ticket",
                "key": "nobody",
                "found": "bye",
                "not_found": "bye",
                "failed": "bye",
            },
            "key",
        ),
        (queue(staff="nobody"), "staff"),
        ({"kind": "transfer", "variable": "nobody", "next": "bye", "otherwise": "bye"}, "variable"),
        (
            {
                "kind": "branch",
                "otherwise": "bye",
                "cases": [{"on": "variable", "variable": "nobody", "to": "bye"}],
            },
            "cases[0].variable",
        ),
    ],
)
def test_a_variable_that_nothing_sets_is_a_warning(node: dict[str, Any], where: str) -> None:
    finding = found({"a": node}, "unset_variable")
    assert (finding.where, finding.severity) == (f"$.nodes.a.{where}", Severity.WARNING)


def test_whatever_sets_a_variable_counts() -> None:
    lookup = {"kind": "lookup", "what": "ticket", "not_found": "bye", "failed": "bye"}
    nodes = {
        "k": ask(next="l", check={"rule": "lookup", "what": "ticket", "keep": {"a": "v2"}}),
        "l": {**lookup, "keep": {"b": "v3"}, "found": "m"},
        "m": menu("s", staff={"to": "s"}, on_timeout="s"),
        "s": {"kind": "set", "variable": "v4", "value": "x", "next": "a"},
        "a": say("bye", *({"variable": name} for name in ("v", "v2", "v3", "v4", "staff_number"))),
        "bye": BYE,
    }
    assert check(tree(nodes), KNOWN) == []


def test_a_queue_reached_without_consent_is_a_warning() -> None:
    nodes = {
        "main": menu("consent", keys={"1": "consent", "2": "sales"}),
        "consent": {"kind": "consent", "says": ["p"], "next": "sales"},
        "sales": queue(),
    }
    finding = found(nodes, "no_consent")
    assert (finding.path, finding.severity) == ("main > sales", Severity.WARNING)


def test_errors_come_before_warnings() -> None:
    findings = check(tree({"a": say("gone"), "alone": say("a")}), KNOWN)
    assert [one.rule for one in findings] == ["dangling", "unreachable"]

"""What can be wrong with one node by itself, or against what the house has. Pure."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from calls.words import Language
from ivr import model
from ivr.entry import pattern_problem
from ivr.findings import Severity, instead
from ivr.model import Node

LONGEST_WAIT_S = 86_400.0
"""A step after more than a day of waiting is a slip of the hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the house has, by name. None: not looked at (a file checked away from its hotline)."""

    queues: Collection[str] | None = None
    calendars: Collection[str] | None = None
    lookups: Collection[str] | None = None
    scripts: Collection[str] | None = None
    boxes: Collection[str] | None = None
    number_lists: Collection[str] | None = None
    languages: Collection[Language] | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    rule: str
    field: str
    problem: str
    advice: str
    severity: Severity = Severity.ERROR


def faults_of(node: Node, known: Known) -> list[Fault]:
    names = [fault for fault in _names(node, known) if fault]
    rule = _RULES.get(type(node))
    return [*names, *(rule(node) if rule else ())]


def _names(node: Node, known: Known) -> Iterator[Fault | None]:
    match node:
        case model.Queue(queue=queue):
            yield _unknown("queue", "queue", queue, known.queues)
        case model.Hours(calendar=calendar):
            yield _unknown("calendar", "calendar", calendar, known.calendars)
        case model.LookUp(what=what):
            yield _unknown("lookup", "what", what, known.lookups)
        case model.Ask(check=model.KnownTo(what=what)):
            yield _unknown("lookup", "check.what", what, known.lookups)
        case model.Script(script=script):
            yield _unknown("script", "script", script, known.scripts)
        case model.Voicemail(box=box):
            yield _unknown("box", "box", box, known.boxes)
        case model.Branch(cases=cases):
            for index, case in enumerate(cases):
                for name in case.lists if isinstance(case, model.NumberIs) else ():
                    field = f"cases[{index}].lists"
                    yield _unknown("number_list", field, name, known.number_lists)


def _unknown(noun: str, field: str, name: str, known: Collection[str] | None) -> Fault | None:
    if known is None or name in known:
        return None
    advice = instead(name, known, f"a {noun.replace('_', ' ')}")
    return Fault(
        f"unknown_{noun}", field, f"{noun.replace('_', ' ')} {name!r} is not known", advice
    )


def _menu(node: model.Menu) -> Iterator[Fault]:
    if not node.keys and node.staff is None:
        yield Fault("empty_menu", "keys", "a menu without keys", "add keys, or make it a say")


def _language(node: model.ChooseLanguage) -> Iterator[Fault]:
    if not node.choices:
        yield Fault(
            "empty_menu", "choices", "no language to choose", "add choices, or leave it out"
        )


def _ask(node: model.Ask) -> Iterator[Fault]:
    if node.min_length > node.max_length:
        problem = f"min_length {node.min_length} is more than max_length {node.max_length}"
        yield Fault("entry", "min_length", problem, "exchange them")
    if isinstance(node.check, model.Regex):
        why = pattern_problem(node.check.pattern)
        if why:
            yield Fault("entry", "check.pattern", why, "write a plain pattern, e.g. [1-9][0-9]{5}")
    if isinstance(node.check, model.Modulo) and node.check.remainder >= node.check.divisor:
        yield Fault(
            "entry", "check.remainder", "no number leaves such a remainder", "less than the divisor"
        )
    if node.confirm and node.confirm.accept == node.confirm.again:
        yield Fault("entry", "confirm.again", "one key cannot mean both", "take two keys")
    if node.confirm and node.secret:
        yield Fault("secret", "confirm", "a secret would be read aloud", "leave the confirming out")


def _transfer(node: model.Transfer) -> Iterator[Fault]:
    if bool(node.to) == bool(node.variable):
        problem = "neither a number nor a variable" if not node.to else "a number and a variable"
        yield Fault("transfer", "to", problem, 'write exactly one of "to" and "variable"')


def _survey(node: model.Survey) -> Iterator[Fault]:
    if node.low >= node.high:
        problem = f"a scale from {node.low} to {node.high}"
        yield Fault("survey", "low", problem, "low must be less than high")


def _branch(node: model.Branch) -> Iterator[Fault]:
    for index, case in enumerate(node.cases):
        if isinstance(case, model.NumberIs) and not (case.lists or case.prefixes or case.hidden):
            field, problem = f"cases[{index}]", "matches no number"
            yield Fault("empty_case", field, problem, 'add "lists", "prefixes" or "hidden"')


def _queue(node: model.Queue) -> Iterator[Fault]:
    """Steps that relax nothing."""
    asked, before = {need.skill: need.level for need in node.needs}, 0.0
    for index, step in enumerate(node.relax):
        field = f"relax[{index}]"
        if not before < step.after_s <= LONGEST_WAIT_S:
            problem = f"{step.after_s:g} s is not after the step before it"
            advice = f"more than {before:g} s of waiting, and at most {LONGEST_WAIT_S:g}"
            yield Fault("relax", f"{field}.after_s", problem, advice)
        if not step.needs:
            problem, advice = "a step that asks for nothing new", "name a skill; level 0 drops it"
            yield Fault("relax", f"{field}.needs", problem, advice)
        for nth, need in enumerate(step.needs):
            if not 0 <= need.level <= 10:
                problem = f"no level of a skill: {need.level}"
                yield Fault("relax", f"{field}.needs[{nth}].level", problem, "0 to 10")
            elif need.level >= asked.get(need.skill, 11):
                problem = f"{need.skill} {need.level} is no less than was asked before"
                yield Fault("relax", f"{field}.needs[{nth}]", problem, "lower it; 0 drops it")
            asked[need.skill] = need.level
        before = step.after_s


_RULES: dict[type, Callable[[Any], Iterator[Fault]]] = {
    model.Menu: _menu,
    model.ChooseLanguage: _language,
    model.Ask: _ask,
    model.Transfer: _transfer,
    model.Survey: _survey,
    model.Branch: _branch,
    model.Queue: _queue,
}

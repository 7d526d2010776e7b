"""Nodes that ask the caller nothing: hours, branches, notes, go-to. Pure."""

from collections.abc import Mapping

from calls.calendar import DayState, WorkCalendar
from calls.text import clean_number
from ivr.model import Branch, Case, GoTo, Hours, LevelIs, NumberIs, Set
from ivr.scene import Scene, Turn


def out_of_hours_or_in(scene: Scene, node: Hours) -> Turn:
    facts = scene.facts
    return scene.go(hours_target(node, facts.calendars, facts.now, facts.emergency))


def hours_target(
    node: Hours, calendars: Mapping[str, WorkCalendar], at: float, emergency: bool
) -> str:
    """Where callers go from here at that moment. A calendar that is gone from the configuration
    counts as open: somebody who rings is better served than turned away by a mistake."""
    if emergency:
        return node.emergency or node.closed
    calendar = calendars.get(node.calendar)
    state = calendar.state_at(at) if calendar else DayState.OPEN
    targets = {
        DayState.OPEN: node.open,
        DayState.CLOSED: node.closed,
        DayState.HOLIDAY: node.holiday or node.closed,
    }
    return targets[state]


def which_case(scene: Scene, node: Branch) -> Turn:
    for case in node.cases:
        if holds(scene, case):
            return scene.go(case.to)
    return scene.go(node.otherwise)


def holds(scene: Scene, case: Case) -> bool:
    if isinstance(case, LevelIs):
        return scene.facts.level in case.levels
    if isinstance(case, NumberIs):
        return _number_matches(scene, case)
    value = scene.value_of(case.variable)
    return value in case.values if case.values else value != ""


def noted(scene: Scene, node: Set) -> Turn:
    told, notes = scene.with_variables({node.variable: node.value})
    return told.go(node.next, *notes)


def go_to(scene: Scene, node: GoTo) -> Turn:
    return scene.go(node.to)


def _number_matches(scene: Scene, case: NumberIs) -> bool:
    number = clean_number(scene.facts.number)
    if not number:
        return case.hidden
    if any(number in scene.facts.number_lists.get(name, ()) for name in case.lists):
        return True
    return number.startswith(case.prefixes)

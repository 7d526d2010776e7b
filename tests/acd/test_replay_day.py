"""ACD-53: a day decided again by the same code is the same, byte for byte, and a difference is
found where it is."""

import msgspec
import pytest

from acd import match
from acd.entries import Step, decode, encode
from acd.replay_day import SHOWN, replay_day
from acd.simulator.day import NoSuchDay
from calls.journal import FLOOR, MemoryJournal
from tests.acd.simulator.days import DAY_S, STARTS, callers_of, live_through, plan_of

pytestmark = pytest.mark.story

ENDS = STARTS + DAY_S


@pytest.fixture(scope="module")
def journal():
    return live_through(plan_of(6, wrap_up_s=15.0), callers_of(7, 110.0))[0]


def steps_of(journal, starts_at=STARTS):
    entries = [decode(data) for _, data in journal.read(FLOOR)]
    return [one for one in entries if isinstance(one, Step) and one.now >= starts_at]


def test_acd_53_the_same_code_gives_the_same_bytes(journal):
    heard = []
    again = replay_day(journal, STARTS, ENDS, heard.append)
    steps = steps_of(journal)
    assert (again.differing, again.differences) == (0, ())
    assert again.steps == len(steps)
    assert again.commands == sum(len(one.commands) for one in steps) > 500
    assert heard == sorted(heard) != []


def test_half_a_day_begins_at_the_snapshot_before_it(journal):
    again = replay_day(journal, STARTS + DAY_S / 2, ENDS)
    assert again.differing == 0
    assert again.steps == len(steps_of(journal, STARTS + DAY_S / 2))


def test_code_that_chooses_otherwise_is_told_where_and_how(journal, monkeypatch):
    """Once, in the middle of the day, nobody is taken: one difference, and the rest of the
    day is the day as it was."""
    real, calls = match.pick, 0

    def once_otherwise(*args, **kwargs):
        nonlocal calls
        picked = real(*args, **kwargs)
        calls += picked is not None
        return None if calls == 300 else picked

    monkeypatch.setattr(match, "pick", once_otherwise)
    again = replay_day(journal, STARTS, ENDS)
    assert again.differing == 1
    (found,) = again.differences
    data = next(data for position, data in journal.read(FLOOR) if position == found.position)
    step = decode(data)
    assert step.now == found.at
    assert msgspec.json.decode(found.input, type=dict)["input"] == type(step.input).__name__
    assert '"OfferCall"' in found.then
    assert '"OfferCall"' not in found.now


def test_a_day_of_another_release_is_counted_and_listed_as_far_as_anybody_reads(
    journal, monkeypatch
):
    monkeypatch.setattr(match, "in_one_line", lambda why: "another sentence")
    again = replay_day(journal, STARTS, ENDS)
    assert again.differing > SHOWN == len(again.differences)


def test_a_refusal_that_is_none_any_more_is_a_difference(journal):
    torn = MemoryJournal()
    for place, step in enumerate(steps_of(journal)[:200]):
        if place == 50:
            step = msgspec.structs.replace(step, commands=(), why=(), refused="not this time")
        torn.append(FLOOR, encode(step))
    again = replay_day(torn, STARTS, ENDS)
    assert again.differences[0].then.count("not this time") == 1


def test_a_day_nobody_kept_cannot_be_replayed(journal):
    with pytest.raises(NoSuchDay):
        replay_day(journal, ENDS + 86_400.0, ENDS + 2 * 86_400.0)

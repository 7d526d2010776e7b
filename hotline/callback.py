"""A caller's side of calling back: she asks for it while she waits, and confirms when it comes.

Everything here gives way at once to an agent who is free: an offer ends the questions.
"""

from calls import events
from calls.ids import CallId
from calls.words import NoAnswer
from hotline import promise
from hotline.calling_back import Dial
from hotline.visit import KeysGo, Visit
from ivr.cursor import Cursor, CursorUnreadable
from ivr.cursor import unpack as unpack_cursor
from ivr.prompts import Digits
from telephony.agi.channel import ChannelLost

YES, OTHER = "1", "2"
KEYS = "0123456789*#"
ANSWER_S = 5.0
"""After the question."""
BETWEEN_S = 4.0
"""Between two digits of a number."""
TRIES = 3
LONGEST = 20


class Interrupted(Exception):
    """Something better has come: an agent, or the end of her wait."""


async def arrange(visit: Visit, *, offered: bool) -> str:
    """The number at which she wants to be called back, as read; '' when she does not, or an offer
    came between. ``offered``: she has not asked for it, and is asked first."""
    visit.hear_keys(KeysGo.NOWHERE)
    visit.announcing = True
    try:
        if offered and await _key(visit, _house(visit, "callback-offer")) != YES:
            return ""
        return await _number(visit)
    except Interrupted:
        return ""
    finally:
        visit.announcing = False
        visit.hear_keys(KeysGo.TO_MAILBOX)


def context_of(visit: Visit) -> str:
    """What will be wanted again when she is called."""
    return promise.pack(
        promise.Promise(
            tree=visit.tree_version,
            cursor="",
            language=visit.language,
            number=visit.number,
            name=visit.name,
            dialled=visit.dialled,
            queued_at=visit.queued_at,
            keys=tuple(visit.keys),
            variables=visit.variables,
            consent=visit.consent,
            told=visit.told,
        ),
        visit.cursor,
    )


async def called_back(visit: Visit, first: CallId) -> Cursor | None:
    """She was dialled and somebody picked up: where she goes on once she has confirmed. None: no
    key came (a machine, another person), or nobody knows of the promise any more."""
    house = visit.house
    dial = house.calling_back.answered(first, visit.channel.environment.channel_id)
    cursor = None if dial is None else _remember(visit, dial.command.context)
    visit.note(events.CallArrived, number=visit.number, name=visit.name, trunk=visit.trunk)
    attempts = 0 if dial is None else dial.command.attempt
    visit.note(events.CalledBack, first=first, attempts=attempts)
    visit.note(events.LanguageChosen, language=visit.language)
    for name, value in visit.variables.items():
        visit.note(events.VariableSet, name=name, value=value)
    visit.show("menu")
    if dial is None or cursor is None:
        if dial is not None:
            house.calling_back.failed(dial, NoAnswer.FAILED)
        await visit.say(*_house(visit, "callback-later"))
        return None
    try:
        return cursor if await _confirms(visit, dial) else None
    except ChannelLost:
        house.calling_back.failed(dial, NoAnswer.CALLER_LEFT)
        raise


def _remember(visit: Visit, context: str) -> Cursor | None:
    """Become the caller of the first call; None when what was kept is of no use any more."""
    try:
        was = promise.unpack(context)
        cursor = unpack_cursor(was.cursor)
    except (promise.PromiseUnreadable, CursorUnreadable):
        return None
    version = visit.house.trees.version(was.tree)
    visit.tree, visit.tree_version = version.tree, version.hash
    visit.language, visit.consent = was.language, was.consent
    visit.name, visit.dialled = was.name, was.dialled
    visit.keys, visit.variables = list(was.keys), dict(was.variables)
    visit.queued_at, visit.told = was.queued_at, was.told
    return cursor if version.hash == was.tree else None


async def _confirms(visit: Visit, dial: Dial) -> bool:
    """She presses the key: a machine does not, nor somebody who knows nothing of it."""
    house = visit.house
    for _ in range(TRIES):
        key = await visit.say(*_house(visit, "callback-greeting"), keys=KEYS)
        if (key or await visit.channel.wait_key(ANSWER_S)) == YES:
            house.calling_back.confirmed(dial)
            visit.returns = dial.command.call
            return True
    house.calling_back.failed(dial, NoAnswer.CALLER_LEFT)
    return False


async def _number(visit: Visit) -> str:
    number = visit.house.number_to_call(visit.number)
    for _ in range(TRIES):
        if number:
            said = await visit.files((Digits(digits=number.removeprefix("+")),))
            files = [*_house(visit, "callback-number"), *said, *_house(visit, "callback-confirm")]
            key = await _key(visit, files)
            if key != OTHER:
                return number if key == YES else ""
        typed = await _typed(visit)
        if not typed:
            return ""
        number = visit.house.number_to_call(typed)
        if not number:
            await _play(visit, _house(visit, "callback-not-possible"))
    return ""


async def _typed(visit: Visit) -> str:
    typed = ""
    key = await _key(visit, _house(visit, "callback-type"))
    while key and key in "0123456789" and len(typed) < LONGEST:
        typed += key
        key = await _wait_key(visit, BETWEEN_S)
    return "" if key == "*" else typed


async def _key(visit: Visit, files: list[str]) -> str:
    key = await _play(visit, files, KEYS)
    return key or await _wait_key(visit, ANSWER_S)


async def _play(visit: Visit, files: list[str], keys: str = "") -> str:
    for file in files:
        _give_way(visit)
        key = await visit.channel.play(file, keys)
        if key:
            return key
    _give_way(visit)
    return ""


async def _wait_key(visit: Visit, timeout_s: float) -> str:
    _give_way(visit)
    key = await visit.channel.wait_key(timeout_s)
    if not key:
        _give_way(visit)
    return key


def _give_way(visit: Visit) -> None:
    if not visit.mailbox.empty:
        raise Interrupted


def _house(visit: Visit, name: str) -> list[str]:
    return visit.house.speech.house(name, visit.language)

"""Hops 2 and 3: one FastAGI connection is one caller, from greeting to survey.

Walks the tree: the interpreter says what, the table below says who performs it. The session can be
entered again: a channel that carries a place goes on from there.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from calls import events
from calls.ids import DIALLED_OUT, CallId, OfferId
from calls.text import clean_name
from calls.words import Party
from hotline import place
from hotline.asking import ask, say
from hotline.callback import called_back
from hotline.calling_back import DIALLED, FIRST
from hotline.dialled import dialled
from hotline.errands import look_up, resume_after_transfer, run_script, transfer
from hotline.house import House, TreeVersion
from hotline.parted import rejoin
from hotline.visit import Visit
from hotline.voicemail import take_voicemail
from hotline.waiting import resume_after_offer, talk_on, wait_and_talk
from ivr import steps
from ivr.cursor import Cursor, CursorUnreadable
from ivr.interpreter import begin, step, unpack
from telephony.agi.channel import Channel, ChannelLost

log = logging.getLogger(__name__)

CLEAN_END = "CTLDONE"
"""Set to 1 before we leave: without it the dialplan takes our leaving for a crash."""

TRUNK = "TR_TRUNK"
"""Set by Asterisk on channels of a trunk; empty for our own devices."""

CARRIED = (TRUNK, place.VARIABLE)
"""What the server is to ask of each channel that comes in."""

PERFORM: dict[type, Callable[[Visit, Any], Awaitable[steps.Answer]]] = {
    steps.Say: say,
    steps.Ask: ask,
    steps.LookUp: look_up,
    steps.Enqueue: wait_and_talk,
    steps.TakeVoicemail: take_voicemail,
    steps.Transfer: transfer,
    steps.RunScript: run_script,
}


async def serve(channel: Channel, house: House) -> None:
    """Serve one caller until she or the tree is done. An exception other than ChannelLost leaves
    the dialplan's own fallback in charge: music, and in again."""
    visit = Visit(channel, house)
    with house.present(visit):
        try:
            answer = await _enter(visit)
            if _is_dialled_out(visit):
                await _leave(visit, Party.AGENT, "")
            elif answer is not None:
                await _walk(visit, answer)
        except ChannelLost:
            if not visit.redirected:
                _ended(visit, Party.CALLER)


async def _enter(visit: Visit) -> steps.Answer | None:
    visit.trunk = clean_name(visit.channel.carried.get(TRUNK, ""))
    carried = visit.channel.carried.get(place.VARIABLE)
    if carried:
        try:
            here = place.unpack(carried)
            cursor = unpack(here.cursor)
        except (place.PlaceUnreadable, CursorUnreadable) as error:
            # Of another release: refusing it would send her round the dialplan for ever.
            log.warning("a caller begins anew: %s", error)
        else:
            return await _come_back(visit, here, cursor)
    elif visit.channel.environment.channel_id.startswith(DIALLED):
        return await _call_back(visit)
    elif _is_dialled_out(visit):
        _begin(visit, visit.house.trees.for_number("", visit.call))
        return await dialled(visit)
    _begin(visit, visit.house.trees.for_number(visit.dialled, visit.call))
    visit.note(
        events.CallArrived,
        number=visit.number,
        name=visit.name,
        dialled=visit.dialled,
        trunk=visit.trunk,
        tree=visit.tree.id,
        tree_version=visit.tree_version,
    )
    visit.show("menu")
    return steps.Began()


async def _call_back(visit: Visit) -> steps.Answer | None:
    """We have called her. None: she has not confirmed, and that was all."""
    first = CallId(clean_name(await visit.channel.get(FIRST)))
    cursor = await called_back(visit, first)
    if cursor is not None:
        visit.cursor = cursor
        return steps.Resumed()
    await _leave(visit, Party.SYSTEM, "not_confirmed")
    return None


def _is_dialled_out(visit: Visit) -> bool:
    """An agent called her: there is no tree she goes through."""
    return visit.channel.environment.channel_id.startswith(DIALLED_OUT)


def _begin(visit: Visit, version: TreeVersion) -> None:
    visit.tree, visit.tree_version = version.tree, version.hash
    visit.cursor = begin(visit.tree)
    visit.language = visit.cursor.language


async def _come_back(visit: Visit, here: place.Place, cursor: Cursor) -> steps.Answer:
    version = visit.house.trees.version(here.tree)
    _begin(visit, version)
    # Her version may be gone from memory: then she begins again, on the one that is there.
    known = version.hash == here.tree
    if known:
        visit.cursor, visit.language = cursor, here.language
    visit.queue, visit.consent = here.queue, here.consent
    talk = visit.house.talks.attach(visit)
    if talk is not None:
        return await talk_on(visit, talk)
    visit.note(events.SessionResumed, node=visit.cursor.node)
    if here.out and known:
        return await resume_after_transfer(visit, here.out)
    if here.offer is None:
        return steps.Resumed()
    # Of several phones that rang the dialplan says with whom she talked.
    offer = OfferId(await visit.channel.get(place.TALKED)) or here.offer
    talk = await rejoin(visit, offer)
    if talk is not None:
        return await talk_on(visit, talk)
    talked = await resume_after_offer(visit, offer)
    return steps.Returned(result="served") if talked and known else steps.Resumed()


async def _walk(visit: Visit, answer: steps.Answer) -> None:
    house = visit.house
    while True:
        visit.cursor, notes, effect = step(visit.tree, visit.cursor, answer, house.facts_for(visit))
        for note in notes:
            _take_note(visit, note)
        if isinstance(effect, steps.HangUp):
            break
        await visit.mark()
        answer = await PERFORM[type(effect)](visit, effect)
    await _leave(visit, Party.SYSTEM, effect.reason)


async def _leave(visit: Visit, by: Party, cause: str) -> None:
    await visit.channel.set(CLEAN_END, "1")
    if visit.channel.lost:
        raise ChannelLost("hung up during the last step")
    _ended(visit, by, cause)
    visit.channel.close()


def _take_note(visit: Visit, note: steps.Note) -> None:
    match note:
        case steps.Entered(node=node):
            visit.note(events.NodeEntered, node=node)
        case steps.LanguageSet(language=language):
            visit.language = language
            visit.note(events.LanguageChosen, language=language)
        case steps.VariableNoted(name=name, value=value):
            visit.variables[name] = value
            visit.note(events.VariableSet, name=name, value=value)
        case steps.SurveyScored(question=question, score=score):
            visit.note(events.SurveyAnswered, question=question, score=score)
        case steps.SelfServiceDone(node=node):
            visit.note(events.SelfServed, node=node)
        case steps.ConsentNoted(given=given):
            visit.consent = given
            visit.note(events.ConsentAsked, given=given)


def _ended(visit: Visit, by: Party, cause: str = "") -> None:
    visit.ended = True
    visit.note(events.CallEnded, by=by, cause=cause)
    visit.show("ended")

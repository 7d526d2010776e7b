"""Hop 3, the voice of it: say prompts, collect keys."""

from hotline.visit import Visit
from ivr.steps import Answer, Ask, Done, Keys, Say

ANY_KEY = "0123456789*#"


async def say(visit: Visit, effect: Say) -> Answer:
    await visit.say(*await visit.files(effect.prompts))
    return Done()


async def ask(visit: Visit, effect: Ask) -> Answer:
    """Play and collect up to ``max_keys``; keys pressed during the prompts count with barge-in."""
    files = await visit.files(effect.prompts)
    first = await visit.say(*files, keys=ANY_KEY if effect.barge_in else "")
    keys = await _collect(visit, effect, first)
    visit.note_keys(effect.node, keys, secret=effect.secret)
    return Keys(keys=keys)


async def _collect(visit: Visit, effect: Ask, first: str) -> str:
    keys = ""
    key = first or await visit.channel.wait_key(effect.first_timeout_s)
    while key and key != effect.terminator:
        keys += key
        if len(keys) >= effect.max_keys:
            break
        key = await visit.channel.wait_key(effect.next_timeout_s)
    return keys

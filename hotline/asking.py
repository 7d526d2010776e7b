"""Hop 3, the voice of it: say prompts, collect keys."""

from hotline.visit import KeysGo, Visit
from ivr.steps import Answer, Ask, Done, Keys, Say

ANY_KEY = "0123456789*#"


async def say(visit: Visit, effect: Say) -> Answer:
    """Play to the end; keys typed meanwhile are kept for the next question."""
    visit.hear_keys(KeysGo.AHEAD)
    await visit.say(*await visit.files(effect.prompts))
    return Done()


async def ask(visit: Visit, effect: Ask) -> Answer:
    """Play and collect up to ``max_keys``; keys pressed during the prompts count with barge-in, and
    so do those typed ahead: who knows the menu need not hear it."""
    visit.hear_keys(KeysGo.NOWHERE)
    typed, visit.typed = visit.typed, ""
    if not (typed and effect.barge_in):
        files = await visit.files(effect.prompts)
        typed = await visit.say(*files, keys=ANY_KEY if effect.barge_in else "")
    keys = await _collect(visit, effect, typed)
    visit.note_keys(effect.node, keys, secret=effect.secret)
    return Keys(keys=keys)


async def _collect(visit: Visit, effect: Ask, typed: str) -> str:
    keys = ""
    ahead = list(typed)
    timeout_s = effect.first_timeout_s
    while len(keys) < effect.max_keys and not (len(keys) == 1 and keys in effect.at_once):
        key = ahead.pop(0) if ahead else await visit.channel.wait_key(timeout_s)
        if not key or key == effect.terminator:
            break
        keys += key
        timeout_s = effect.next_timeout_s
    visit.typed = "".join(ahead)
    return keys

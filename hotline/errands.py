"""Short errands of a session: look something up, run a site's script, transfer out."""

import asyncio

from calls import events
from hotline.house import Route
from hotline.scripts import run_script as run_agi_script
from hotline.visit import Visit
from ivr.steps import Answer, Found, LookUp, LookUpFailed, NotFound, Returned, RunScript, Transfer
from telephony.agi.channel import ChannelLost, Raw
from telephony.asterisk.trunk import TRUNK_PREFIX

TRANSFER_RING_S = 45


async def look_up(visit: Visit, effect: LookUp) -> Answer:
    """Ask the house within the node's budget; too late is the same as broken: the fallback."""
    source = visit.house.look_ups.get(effect.what)
    if source is None:
        return LookUpFailed()
    try:
        async with asyncio.timeout(effect.budget_s):
            values = await source(visit, effect.key)
    except Exception:
        # Whatever went wrong in there, the caller goes on; the source counts its own failures.
        return LookUpFailed()
    return NotFound() if values is None else Found(values=values)


async def run_script(visit: Visit, effect: RunScript) -> Answer:
    result = await run_agi_script(
        visit.channel,
        visit.house.scripts_folder,
        effect.script,
        effect.arguments,
        cut=lambda: visit.house.lines.cut(visit.channel.environment.channel),
    )
    visit.note(events.ScriptRan, script=effect.script, result=result)
    return Returned(result=result)


async def transfer(visit: Visit, effect: Transfer) -> Answer:
    """Dial out over the outbound routes, which deny what they do not allow."""
    house = visit.house
    route = house.routes.allow(effect.to, house.clock.now())
    if route is None:
        return Returned(result="refused")
    return await dial_out(visit, route, effect.to)


async def dial_out(visit: Visit, route: Route, to: str) -> Returned:
    """Returned with 'answered' or 'failed'. ``to``: the number as it was asked for."""
    if route.caller_number:
        await visit.channel.set("CALLERID(num)", route.caller_number)
    target = f"PJSIP/{route.number}@{TRUNK_PREFIX}{route.trunk}"
    await visit.mark(out=to, for_s=visit.house.longest_call_s)
    try:
        await visit.channel.execute("Dial", Raw(f"{target},{TRANSFER_RING_S},g"))
        return await resume_after_transfer(visit, to)
    except ChannelLost:
        # She hung up on them, ringing or talking: we had handed her over.
        visit.note(events.CallTransferred, to=to)
        raise


async def resume_after_transfer(visit: Visit, to: str) -> Returned:
    """Dial has returned, in this controller or under one that was lost: she is not dialled out a
    second time."""
    if await visit.channel.get("DIALSTATUS") != "ANSWER":
        return Returned(result="failed")
    visit.note(events.CallTransferred, to=to)
    return Returned(result="answered")

"""A supervisor's own leg: let in with a ticket to listen, to whisper, to join, or to take over.

Who only listens has no way to be heard: her browser sends nothing, and ChanSpy without whisper and
barge passes nothing on.
"""

import re

from calls.ids import DeviceId
from calls.words import Watch
from hotline.house import House
from telephony.agi.channel import Channel, Raw

TICKET = "TR_TICKET"
_DEVICE = re.compile(r"PJSIP/(.+)-[0-9a-f]{8}")
SPY = {Watch.LISTEN: "uqE", Watch.WHISPER: "uqEw", Watch.BARGE: "uqEB"}
"""By full channel name (u), without a word said (q), until the talk ends (E)."""


async def serve_watcher(channel: Channel, house: House) -> None:
    """Until the talk or her leg ends. Without a good ticket her leg ends at once."""
    ticket = await channel.get(TICKET)
    device = _DEVICE.fullmatch(channel.environment.channel)
    admitted = house.watchers.admit(ticket, DeviceId(device[1])) if device else None
    if admitted is None:
        await channel.hang_up()
        return
    watcher, talk = admitted
    if watcher.how is Watch.TAKE_OVER:
        await house.watchers.take_over(talk, watcher, channel.environment.channel)
    else:
        await channel.execute("ChanSpy", Raw(f"{talk.leg},{SPY[watcher.how]}"))
        await channel.hang_up()

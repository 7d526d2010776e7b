"""Outside phones: whoever lifts one says by a key that it is a person who has the call.

A voicemail box answers and presses nothing, so it never gets a caller. The question is asked on
the phone's own channel, in a session of its own, while she hears music.
"""

from calls.ids import OfferId
from hotline.house import House
from hotline.offer import OfferRun, Stage
from telephony.agi.channel import Channel

ACCEPT_KEY = "1"
QUESTION = "accept-call"
ACCEPTED = "TR_ACCEPTED"
OFFER = "TR_OFFER"
AGAIN_AFTER_S = 2.5


class AwaitedKeys:
    """Outside phones that are being rung."""

    def __init__(self) -> None:
        self._runs: dict[OfferId, tuple[OfferRun, str]] = {}

    def expect(self, run: OfferRun, whisper: str) -> None:
        """``whisper``: the file to play before the question; '' for none."""
        self._runs[run.offer.offer] = run, whisper

    def forget(self, offer: OfferId) -> None:
        self._runs.pop(offer, None)

    def get(self, offer: OfferId) -> tuple[OfferRun, str] | None:
        return self._runs.get(offer)


async def ask_for_key(channel: Channel, house: House) -> None:
    """Ask until the key is pressed, the offer is over (whose clock hangs the phone up), or the
    phone is put down. Raises ChannelLost."""
    awaited = house.keys.get(OfferId(await channel.get(OFFER)))
    if awaited is None:
        return
    run, whisper = awaited
    question = house.speech.house(QUESTION, run.offer.whisper_in)
    while run.stage not in (Stage.CANCELLED, Stage.OVER):
        key = await channel.play_all([*filter(None, (whisper,)), *question], ACCEPT_KEY)
        if (key or await channel.wait_key(AGAIN_AFTER_S)) == ACCEPT_KEY:
            run.accept()
            await channel.set(ACCEPTED, "1")
            return

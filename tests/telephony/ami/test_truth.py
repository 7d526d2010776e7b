"""What Asterisk holds, read from lists recorded of a real one and from forged ones."""

from pathlib import Path

import pytest

from calls.ids import DeviceId, OfferId
from calls.words import DeviceState
from telephony.ami.errors import ActionRefused
from telephony.ami.truth import Truth, channel_alive, channel_state, read_truth
from tests.conftest import Run
from tests.telephony.ami.clients import Guarded, logged_in
from tests.telephony.ami.peer import Action, Answer, Peer, a_peer, reply

pytestmark = pytest.mark.integration

RECORDED = (
    Path(__file__).parents[2] / "wire" / "transcripts" / "ami_lists_during_a_talk.txt"
).read_bytes()


def recorded(action_id: bytes, forge: bytes = b"", at: bytes = b"CallerIDName") -> Answer:
    """What Asterisk said to one action, ``forge`` written before the first line named ``at``."""
    blocks = [b for b in RECORDED.split(b"\r\n\r\n") if b"ActionID: " + action_id in b]
    said = b"\r\n\r\n".join([*blocks, b""]).replace(at, forge + at, 1)

    def answer(_: Peer, action: Action) -> bytes:
        return said.replace(action_id + b"\r\n", action["actionid"].encode() + b"\r\n")

    return answer


def truth_of(run: Run, channels: Answer, devices: Answer) -> Truth:
    async def scenario() -> Truth:
        answers = {"CoreShowChannels": channels, "DeviceStateList": devices}
        async with a_peer(answers) as peer, logged_in(Guarded, peer) as client:
            return await read_truth(client.link)

    return run(scenario())


def test_a_talk_is_a_caller_and_a_leg_that_bears_the_offer(run: Run) -> None:
    truth = truth_of(run, recorded(b"c1"), recorded(b"d1"))
    leg, caller = truth.channels
    assert (leg.is_leg, leg.up, leg.offer) == (True, True, OfferId("offer0"))
    assert leg.channel.startswith("PJSIP/a1-")
    assert leg.linked_id == caller.channel_id
    assert (caller.is_leg, caller.up, caller.application) == (False, True, "Dial")
    assert truth.offers == {"offer0"}
    assert truth.channel_ids == {leg.channel_id, caller.channel_id}
    assert truth.devices[DeviceId("a1")] is DeviceState.IN_USE
    assert truth.devices[DeviceId("a2")] is DeviceState.IDLE
    assert truth.quarantined == 0


@pytest.mark.parametrize(
    "forge",
    [
        b"Uniqueid: 1.1\r\n",
        b"ChanVariable: TR_OFFER=mine\r\n",
        b"no colon here\r\n",
        b"EventList: Complete\r\n\r\n",
    ],
)
def test_a_forged_channel_is_counted_and_not_believed(run: Run, forge: bytes) -> None:
    truth = truth_of(run, recorded(b"c1", forge), recorded(b"d1"))
    assert len(truth.channels) == 1
    assert truth.quarantined == 1


def test_a_forged_device_is_counted_and_not_believed(run: Run) -> None:
    truth = truth_of(run, recorded(b"c1"), recorded(b"d1", b"State: BUSY\r\n", b"State: NOT"))
    assert DeviceId("a2") not in truth.devices
    assert truth.devices[DeviceId("a1")] is DeviceState.IN_USE
    assert truth.quarantined == 1


def test_a_channel_is_alive_dead_or_the_question_was_refused(run: Run) -> None:
    def getvar(_: Peer, action: Action) -> bytes:
        assert action["variable"] == "CHANNEL(state)"
        if action["channel"] == "PJSIP/here":
            return reply(action, "Variable: CHANNEL(state)", "Value: Ringing")
        words = {"PJSIP/gone": "No such channel"}.get(action["channel"], "Permission denied")
        return reply(action, f"Message: {words}", response="Error")

    async def scenario() -> None:
        async with a_peer({"Getvar": getvar}) as peer, logged_in(Guarded, peer) as client:
            assert await channel_alive(client.link, "PJSIP/here")
            assert not await channel_alive(client.link, "PJSIP/gone")
            assert await channel_state(client.link, "PJSIP/here") == "Ringing"
            assert await channel_state(client.link, "PJSIP/gone") is None
            with pytest.raises(ActionRefused):
                await channel_alive(client.link, "PJSIP/hidden")

    run(scenario())

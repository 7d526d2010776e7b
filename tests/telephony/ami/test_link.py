"""What the link promises, against a scripted peer, on a clock moved by hand."""

import asyncio
import socket
from itertools import pairwise
from typing import Any

import pytest

from telephony.ami.errors import ActionRefused, BadField, LinkDown, OutcomeUnknown, Quarantined
from telephony.ami.link import AmiAddress, LinkState
from telephony.ami.wire import Message
from tests.conftest import Run
from tests.telephony.ami.clients import Guarded, logged_in, until
from tests.telephony.ami.peer import BOOTED, Action, Peer, a_peer, reply

pytestmark = pytest.mark.integration


def test_up_is_told_after_each_log_in_and_down_after_each_loss(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer, logged_in(Guarded, peer) as client:
            assert (client.ups, client.downs, client.link.state) == (1, 0, LinkState.UP)
            for times in (1, 2):
                peer.cut()
                await client.up_again()
                assert (client.ups, client.downs) == (times + 1, times)
            assert client.link.counts.ups == 3
            assert client.link.counts.losses == 2
        assert client.link.state is LinkState.STOPPED
        assert client.downs == 2

    run(scenario())


def test_a_booting_asterisk_is_not_up_until_it_says_so(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer:
            peer.after_login = b""
            client = Guarded(peer)
            starting = asyncio.ensure_future(client.start())
            await until(lambda: client.link.state is LinkState.BOOTING)
            with pytest.raises(LinkDown):
                await client.link.send("Ping")
            assert client.ups == 0
            peer.say(BOOTED)
            await starting
            assert client.ups == 1
            await client.stop()

    run(scenario())


def test_fully_booted_said_in_pieces_around_the_login_counts_once(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer:
            peer.after_login = BOOTED + BOOTED
            async with logged_in(Guarded, peer) as client:
                await client.ask("Challenge")
                assert client.ups == 1
                assert client.heard == ["FullyBooted", "FullyBooted"]

    run(scenario())


def test_a_forged_fully_booted_boots_nothing(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer:
            peer.after_login = b"Event: FullyBooted\r\nCallerIDName: x\r\n\r\n"
            client = Guarded(peer)
            starting = asyncio.ensure_future(client.start())
            await until(lambda: client.link.counts.quarantined == 1)
            assert client.link.state is not LinkState.UP
            await client.stop()
            await starting

    run(scenario())


def test_start_returns_when_nobody_listens_and_the_link_comes_up_when_somebody_does(
    run: Run,
) -> None:
    async def scenario() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            absent = Peer()
            absent.port = taken.getsockname()[1]
            client = Guarded(absent)
            await client.start()
            assert client.link.state is LinkState.CONNECTING
            with pytest.raises(LinkDown) as failure:
                await client.link.send("Ping")
            assert failure.value.retryable
        server = await asyncio.start_server(absent.talk, "127.0.0.1", absent.port)
        await client.up_again()
        assert client.link.counts.failures >= 1
        assert client.downs == 0
        await client.stop()
        server.close()
        await absent.close()
        await server.wait_closed()

    run(scenario())


def test_a_peer_that_says_nothing_is_left_after_ten_seconds(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer:
            peer.greeting, peer.silent = b"", True
            client = Guarded(peer)
            starting = asyncio.ensure_future(client.start())
            await client.pass_until(lambda: peer.count("Login") == 1)
            client.clock.advance(9.9)
            await asyncio.sleep(0.01)
            assert not starting.done()
            client.clock.advance(0.1)
            await starting
            assert client.link.counts.failures == 1
            await client.stop()

    run(scenario())


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 400 Bad Request\r\n"])
def test_a_peer_that_closes_or_is_no_manager_is_tried_again_ever_more_slowly(
    run: Run, greeting: bytes
) -> None:
    async def scenario() -> list[float]:
        knocks: list[float] = []

        async def slam(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            knocks.append(client.clock.now())
            writer.write(greeting)
            writer.close()

        server = await asyncio.start_server(slam, "127.0.0.1", 0)
        peer = Peer()
        peer.port = server.sockets[0].getsockname()[1]
        client = Guarded(peer)
        await client.start()
        await client.pass_until(lambda: len(knocks) >= 5, step_s=0.02)
        await client.stop()
        server.close()
        await server.wait_closed()
        return knocks

    knocks = run(scenario())
    gaps = [later - sooner for sooner, later in pairwise(knocks)]
    assert gaps == sorted(gaps)
    assert gaps[-1] > 4 * gaps[0] > 0


def test_a_link_that_is_cut_as_soon_as_it_is_up_waits_longer_each_time(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer, logged_in(Guarded, peer) as client:
            waits = []
            for _ in range(5):
                cut_at = client.clock.now()
                peer.cut()
                await client.up_again()
                waits.append(client.clock.now() - cut_at)
            assert waits == sorted(waits)
            assert waits[-1] > 4 * waits[0]
            client.clock.advance(5.0)
            await until(lambda: peer.count("Ping") == 1)
            await client.ask("Challenge")
            lasted = client.clock.now()
            peer.cut()
            await client.up_again()
            assert client.clock.now() - lasted < waits[-1] / 4

    run(scenario())


def test_a_heartbeat_that_is_answered_keeps_the_link(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer, logged_in(Guarded, peer) as client:
            beats: list[float] = []
            while len(beats) < 5:
                client.clock.advance(5.0)
                await until(lambda: peer.count("Ping") > len(beats))
                await client.ask("Challenge")
                beats.append(client.clock.now())
            assert (client.ups, client.downs) == (1, 0)

    run(scenario())


def test_half_a_message_before_a_cut_does_not_join_the_next_connection(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer, logged_in(Guarded, peer) as client:
            client.read(b"Event: Torn\r\nUniqueid: 1.")
            peer.cut()
            await client.up_again()
            peer.say(b"1\r\n\r\nEvent: Next\r\n\r\n")
            await until(lambda: "Next" in client.heard)
            assert "Torn" not in client.heard
            assert client.doubts == ["a line without a colon"]

    run(scenario())


@pytest.mark.parametrize("end", ["lost", "stopped"])
def test_everything_pending_fails_at_once_when_the_link_is(run: Run, end: str) -> None:
    async def scenario() -> None:
        async with (
            a_peer({"Redirect": lambda peer, action: None}) as peer,
            logged_in(Guarded, peer) as client,
        ):
            asked = [client.ask("Redirect") for _ in range(5)]
            await until(lambda: peer.count("Redirect") == 5)
            if end == "lost":
                peer.cut()
            else:
                await client.stop()
            done = await asyncio.gather(*asked, return_exceptions=True)
            assert {type(outcome) for outcome in done} == {OutcomeUnknown}

    run(scenario())


def test_a_refusal_bears_asterisks_words(run: Run) -> None:
    def refuse(_: Peer, action: Action) -> bytes:
        return reply(action, "Message: No such channel", response="Error")

    async def scenario() -> None:
        async with a_peer({"Hangup": refuse}) as peer, logged_in(Guarded, peer) as client:
            with pytest.raises(ActionRefused) as failure:
                await client.link.send("Hangup", {"Channel": "PJSIP/x"})
            assert failure.value.text == "No such channel"
            assert not failure.value.retryable

    run(scenario())


@pytest.mark.parametrize(
    "fields", [{"ActionID": "7"}, {"action": "x"}, {"A": "1", "a": "2"}, {"A": "x" * 1024}]
)
def test_a_field_that_cannot_travel_is_refused_before_anything_is_sent(
    run: Run, fields: dict[str, str]
) -> None:
    async def scenario() -> None:
        async with a_peer() as peer, logged_in(Guarded, peer) as client:
            with pytest.raises(BadField):
                await client.link.send("Ping", fields)
            await client.ask("Challenge")
            assert peer.count("Ping") == 0

    run(scenario())


def test_an_address_that_cannot_log_in_is_refused() -> None:
    with pytest.raises(BadField):
        AmiAddress("127.0.0.1", 5038, "user", "secret\r\nAction: x")
    with pytest.raises(BadField):
        AmiAddress("127.0.0.1", 0, "user", "secret")
    assert "hush" not in repr(AmiAddress("127.0.0.1", 5038, "user", "hush"))


def test_answers_find_their_questions_in_whatever_order_they_come(run: Run) -> None:
    held: list[Action] = []

    async def scenario() -> None:
        async with (
            a_peer({"Getvar": lambda peer, action: held.append(action)}) as peer,
            logged_in(Guarded, peer) as client,
        ):
            asked = [client.ask("Getvar", {"Variable": f"V{n}"}) for n in range(20)]
            await until(lambda: len(held) == 20)
            for action in reversed(held):
                peer.say(reply(action, f"Value: {action['variable']}"))
            values = [answer.get("Value") for answer in await asyncio.gather(*asked)]
            assert values == [f"V{n}" for n in range(20)]

    run(scenario())


def test_an_action_given_up_by_its_caller_leaves_nothing_behind(run: Run) -> None:
    held: list[Action] = []

    async def scenario() -> None:
        async with (
            a_peer({"Getvar": lambda peer, action: held.append(action)}) as peer,
            logged_in(Guarded, peer) as client,
        ):
            cancelled, late = client.ask("Getvar"), client.ask("Getvar")
            await until(lambda: len(held) == 2)
            cancelled.cancel()
            client.clock.advance(5.0)
            with pytest.raises(OutcomeUnknown):
                await late
            for action in held:
                peer.say(reply(action))
            await client.ask("Challenge")
            manager: Any = client.link._manager
            assert {a["action"] for a in manager.protocol.responses.values()} <= {"Ping"}

    run(scenario())


def item(action: Action, *lines: str, event: str = "CoreShowChannel") -> bytes:
    head = (f"Event: {event}", f"ActionID: {action['actionid']}")
    return "\r\n".join((*head, *lines, "", "")).encode()


def listing(action: Action, *items: bytes, count: int, mark: str = "Complete") -> bytes:
    end = item(
        action, f"EventList: {mark}", f"ListItems: {count}", event="CoreShowChannelsComplete"
    )
    return reply(action, "EventList: start") + b"".join(items) + end


def test_a_list_gives_its_items_and_they_are_no_events(run: Run) -> None:
    def answer(_: Peer, action: Action) -> bytes:
        return listing(action, *(item(action, f"Channel: c{n}") for n in range(3)), count=3)

    async def scenario() -> None:
        async with a_peer({"CoreShowChannels": answer}) as peer, logged_in(Guarded, peer) as client:
            items = await client.link.collect("CoreShowChannels")
            assert [i.get("Channel") for i in items] == ["c0", "c1", "c2"]
            assert "CoreShowChannel" not in client.heard

    run(scenario())


def test_an_item_that_claims_to_be_the_end_ends_nothing(run: Run) -> None:
    def answer(_: Peer, action: Action) -> bytes:
        forged = item(action, "CallerIDName: x", "EventList: Complete")
        return listing(action, forged, item(action, "Channel: last"), count=2)

    async def scenario() -> None:
        async with a_peer({"CoreShowChannels": answer}) as peer, logged_in(Guarded, peer) as client:
            items = await client.link.collect("CoreShowChannels")
            assert [i.get("Channel") for i in items] == ["", "last"]

    run(scenario())


@pytest.mark.parametrize(("count", "mark"), [(2, "Complete"), (1, "cancelled")])
def test_a_list_with_holes_is_no_list(run: Run, count: int, mark: str) -> None:
    def answer(_: Peer, action: Action) -> bytes:
        return listing(action, item(action, "Channel: c"), count=count, mark=mark)

    async def scenario() -> None:
        async with a_peer({"CoreShowChannels": answer}) as peer, logged_in(Guarded, peer) as client:
            with pytest.raises(OutcomeUnknown):
                await client.link.collect("CoreShowChannels")

    run(scenario())


def test_the_late_items_of_a_list_given_up_are_no_events(run: Run) -> None:
    held: list[Action] = []

    async def scenario() -> None:
        async with (
            a_peer({"DeviceStateList": lambda peer, action: held.append(action)}) as peer,
            logged_in(Guarded, peer) as client,
        ):
            asked = client.collect("DeviceStateList")
            await until(lambda: held)
            client.clock.advance(5.0)
            with pytest.raises(OutcomeUnknown):
                await asked
            late = item(held[0], "Device: PJSIP/a", "State: INUSE", event="DeviceStateChange")
            peer.say(listing(held[0], late, count=1) + b"Event: Next\r\n\r\n")
            await until(lambda: "Next" in client.heard)
            assert "DeviceStateChange" not in client.heard

    run(scenario())


def test_listeners_hear_their_events_in_order_and_no_more_after_unsubscribing(run: Run) -> None:
    async def scenario() -> list[str]:
        told: list[str] = []
        async with a_peer() as peer, logged_in(Guarded, peer) as client:
            leave = client.link.subscribe("hangup", lambda m: told.append("first " + m.get("N")))
            client.link.subscribe("HANGUP", lambda m: told.append("second " + m.get("N")))
            client.link.subscribe("Other", lambda m: told.append("never"))
            peer.say(b"Event: Hangup\r\nN: 1\r\n\r\n")
            await until(lambda: len(told) == 2)
            leave()
            leave()
            peer.say(b"Event: Hangup\r\nN: 2\r\n\r\n")
            await until(lambda: len(told) == 3)
        return told

    assert run(scenario()) == ["first 1", "second 1", "second 2"]


def test_a_listener_may_quarantine_and_the_others_are_not_told(run: Run) -> None:
    def doubt(message: Message) -> None:
        raise Quarantined("it is not as it should be")

    async def scenario() -> None:
        async with a_peer() as peer, logged_in(Guarded, peer) as client:
            client.link.subscribe("Odd", doubt)
            peer.say(b"Event: Odd\r\n\r\nEvent: Next\r\n\r\n")
            await until(lambda: "Next" in client.heard)
            assert "Odd" not in client.heard
            assert client.doubts == ["it is not as it should be"]
            assert client.link.counts.quarantined == 1
            assert client.link.counts.listener_failures == 0

    run(scenario())


def test_the_owners_own_failure_does_not_stop_the_link(run: Run) -> None:
    def fail() -> None:
        raise RuntimeError("a mistake of the owner")

    async def scenario() -> None:
        async with a_peer() as peer:
            client = Guarded(peer)
            client.link._on_up = fail
            await client.start()
            assert client.link.up
            assert client.link.counts.listener_failures == 1
            await client.stop()

    run(scenario())


def test_stopped_is_stopped_while_connecting_waiting_and_up(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer:
            client = Guarded(peer)
            connecting = asyncio.ensure_future(client.link.start())
            await asyncio.sleep(0)
            client.clock.advance(0)
            await client.stop()
            await connecting
            assert client.link.state is LinkState.STOPPED
            await client.start()
            peer.cut()
            await until(lambda: client.downs == 1)
            await client.stop()
            knocks = peer.connections
            client.clock.advance(100.0)
            await asyncio.sleep(0.02)
            assert peer.connections == knocks
            await client.stop()

    run(scenario())


def test_a_started_link_is_not_started_twice_and_a_refused_one_may_be(run: Run) -> None:
    async def scenario() -> None:
        async with a_peer() as peer:
            client = Guarded(peer)
            await client.start()
            with pytest.raises(RuntimeError):
                await client.link.start()
            await client.stop()
            peer.secret = "changed"
            with pytest.raises(LinkDown):
                await client.start()
            peer.secret = "right"
            await client.start()
            assert client.link.up
            assert client.link.refused == ""
            await client.stop()

    run(scenario())

"""Each hazard of panoramisk, once on panoramisk as it comes, where it must show, and once on ours.

When a case fails on "bare", panoramisk has changed and the guard may have become needless there.
"""

import asyncio
from typing import Any

import pytest

from telephony.ami.errors import ActionRefused, BadField, LoginRefused, OutcomeUnknown
from telephony.ami.link import LinkState
from tests.conftest import Run
from tests.telephony.ami.clients import Bare, Client, Guarded, logged_in, on_both, until
from tests.telephony.ami.peer import Action, Peer, a_peer, reply

pytestmark = pytest.mark.integration


@on_both
def test_a_line_break_in_a_value_makes_a_second_action(run: Run, kind: type[Client]) -> None:
    async def scenario() -> list[str]:
        async with a_peer() as peer, logged_in(kind, peer) as client:
            sent = client.ask("Ping", {"X": "1\r\nActionID: 7\r\n\r\nAction: Originate"})
            if kind.guarded:
                with pytest.raises(BadField):
                    await sent
                await client.ask("Challenge")
            await until(lambda: len(peer.actions) > 1)
            # Bare, the second answer without an ActionID may cost the link, and it logs in anew.
            return [action["action"] for action in peer.actions[1:3]]

    assert run(scenario()) == (["Challenge"] if kind.guarded else ["Ping", "Originate"])


@on_both
def test_a_character_split_between_two_reads_is_lost(run: Run, kind: type[Client]) -> None:
    event = "Event: José\r\n\r\n".encode()
    cut = event.index("é".encode()) + 1

    async def scenario() -> list[str]:
        async with a_peer() as peer, logged_in(kind, peer) as client:
            client.heard.clear()
            client.read(event[:cut])
            client.read(event[cut:])
            client.read(b"Event: a\xffb\r\n\r\n")
            heard: list[str] = client.heard
            return heard

    assert run(scenario()) == (["José", "a\ufffdb"] if kind.guarded else ["Jos", "ab"])


@on_both
def test_a_listener_that_raises_closes_the_link(
    run: Run, kind: type[Client], caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> int:
        async with a_peer() as peer, logged_in(kind, peer) as client:
            client.raise_on = "Bad"
            peer.say(b"Event: Bad\r\n\r\nEvent: Good\r\n\r\n")
            if kind.guarded:
                await until(lambda: "Good" in client.heard)
                assert client.link.counts.listener_failures == 1
            else:
                await until(lambda: peer.connections == 2)
                assert "Good" not in client.heard
            return peer.connections

    assert run(scenario()) == (1 if kind.guarded else 2)


@on_both
def test_an_unanswered_action_is_sent_again_after_a_reconnect(run: Run, kind: type[Client]) -> None:
    async def scenario() -> int:
        async with (
            a_peer({"Originate": lambda peer, action: None}) as peer,
            logged_in(kind, peer) as client,
        ):
            sent = client.ask("Originate", {"Channel": "PJSIP/a1"})
            await until(lambda: peer.count("Originate") == 1)
            peer.cut()
            if kind.guarded:
                with pytest.raises(OutcomeUnknown):
                    await sent
                await client.up_again()
                # What would have been sent again would stand before this in the stream.
                await client.ask("Ping")
            else:
                await until(lambda: peer.count("Originate") > 1)
            assert peer.logins == 2
            return peer.count("Originate")

    assert run(scenario()) == (1 if kind.guarded else 2)


@on_both
def test_a_reply_ending_successfully_queued_drops_the_link(run: Run, kind: type[Client]) -> None:
    def queued(_: Peer, action: Action) -> bytes:
        return reply(action, "Message: Originate successfully queued")

    async def scenario() -> int:
        async with a_peer({"Originate": queued}) as peer, logged_in(kind, peer) as client:
            sent = client.ask("Originate", {"Channel": "PJSIP/a1"})
            if kind.guarded:
                assert (await sent).get("Message") == "Originate successfully queued"
            else:
                await until(lambda: peer.connections == 2)
                assert not sent.done()
            return peer.connections

    assert run(scenario()) == (1 if kind.guarded else 2)


@on_both
def test_an_action_without_an_answer_waits_for_ever(run: Run, kind: type[Client]) -> None:
    async def scenario() -> None:
        async with (
            a_peer({"Redirect": lambda peer, action: None}) as peer,
            logged_in(kind, peer) as client,
        ):
            sent = client.ask("Redirect")
            await until(lambda: peer.count("Redirect") == 1)
            client.let_time_pass(4.9)
            # A round trip on the same link: an answer would have come before this one.
            await client.ask("Challenge")
            assert not sent.done()
            client.let_time_pass(0.1)
            await asyncio.sleep(0.05)
            assert sent.done() == kind.guarded
            if kind.guarded:
                assert isinstance(sent.exception(), OutcomeUnknown)
                assert client.link.counts.timeouts == 1
                assert client.link.up

    run(scenario())


@on_both
def test_a_dead_peer_is_never_noticed(run: Run, kind: type[Client]) -> None:
    async def scenario() -> int:
        async with a_peer() as peer, logged_in(kind, peer) as client:
            peer.silent = True
            if kind.guarded:
                client.let_time_pass(5.0)
                await until(lambda: peer.count("Ping") == 1)
                client.let_time_pass(4.9)
                assert client.link.up
                client.let_time_pass(0.1)
                await until(lambda: client.downs == 1)
                peer.silent = False
                await client.up_again()
            else:
                client.manager.ping_interval = 0
                client.manager.ping()
                await until(lambda: peer.count("Ping") > 20)
            return peer.connections

    assert run(scenario()) == (2 if kind.guarded else 1)


@on_both
def test_a_wrong_secret_is_tried_for_ever(
    run: Run, kind: type[Client], caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> int:
        async with a_peer() as peer:
            client = kind(peer, secret="wrong")
            try:
                if isinstance(client, Guarded):
                    with pytest.raises(LoginRefused, match="Authentication failed"):
                        await client.start()
                    client.let_time_pass(3_600.0)
                    await asyncio.sleep(0.05)
                    assert client.link.state is LinkState.REFUSED
                    assert client.link.refused == "Authentication failed"
                    with pytest.raises(LoginRefused):
                        await client.link.send("Ping")
                    assert (client.ups, client.downs) == (0, 0)
                    assert len([r for r in caplog.records if "refused" in r.message]) == 1
                else:
                    await client.start()
                    await until(lambda: peer.logins >= 3)
            finally:
                await client.stop()
            return peer.logins

    logins = run(scenario())
    assert logins == 1 if kind.guarded else logins >= 3


def half_a_list(peer: Peer, action: Action) -> bytes:
    item = f"Event: CoreShowChannel\r\nActionID: {action['actionid']}\r\nChannel: PJSIP/a\r\n\r\n"
    return reply(action, "EventList: start", "Message: Channels will follow") + item.encode()


@on_both
def test_a_list_cut_in_the_middle_stays_pending_for_ever(run: Run, kind: type[Client]) -> None:
    async def scenario() -> None:
        async with (
            a_peer({"CoreShowChannels": half_a_list}) as peer,
            logged_in(kind, peer) as client,
        ):
            asked = client.collect("CoreShowChannels")
            await until(lambda: peer.count("CoreShowChannels") == 1)
            await client.ask("Challenge")
            peer.cut()
            if kind.guarded:
                with pytest.raises(OutcomeUnknown):
                    await asked
                await client.up_again()
            else:
                await until(lambda: peer.logins == 2)
                await asyncio.sleep(0.05)
                assert not asked.done()
            assert peer.count("CoreShowChannels") == 1

    run(scenario())


@on_both
def test_a_refused_list_stays_pending_for_ever(run: Run, kind: type[Client]) -> None:
    def deny(_: Peer, action: Action) -> bytes:
        return reply(action, "Message: Permission denied", response="Error")

    async def scenario() -> None:
        async with a_peer({"CoreShowChannels": deny}) as peer, logged_in(kind, peer) as client:
            asked = client.collect("CoreShowChannels")
            if kind.guarded:
                with pytest.raises(ActionRefused, match="Permission denied"):
                    await asked
            else:
                await until(lambda: peer.count("CoreShowChannels") == 1)
                await client.ask("Challenge")
                assert not asked.done()

    run(scenario())


@on_both
def test_a_megabyte_without_a_line_end_is_held_in_memory(run: Run, kind: type[Client]) -> None:
    async def scenario() -> None:
        async with a_peer() as peer, logged_in(kind, peer) as client:
            peer.say(b"x" * 1_048_576)
            if kind.guarded:
                await client.up_again()
                assert client.link.counts.faults == 1
                assert peer.connections == 2
            else:
                await until(lambda: sum(map(len, client.manager.protocol.queue)) == 1_048_576)
                assert peer.connections == 1

    run(scenario())


@on_both
def test_a_repeated_key_reaches_the_listener(run: Run, kind: type[Client]) -> None:
    async def scenario() -> list[str]:
        async with a_peer() as peer, logged_in(kind, peer) as client:
            client.heard.clear()
            peer.say(
                b"Event: Hangup\r\nUniqueid: forged\r\nUniqueid: 1.1\r\n\r\nEvent: Next\r\n\r\n"
            )
            await until(lambda: "Next" in client.heard)
            if kind.guarded:
                assert client.doubts == ["uniqueid repeated"]
                assert client.link.counts.quarantined == 1
            heard: list[str] = client.heard
            return heard

    assert run(scenario()) == (["Next"] if kind.guarded else ["Hangup", "Next"])


@on_both
def test_a_forged_shutdown_closes_the_link(run: Run, kind: type[Client]) -> None:
    forged = (
        b"Event: Newchannel\r\nCallerIDNum: 1\r\n\r\nEvent: Shutdown\r\n\r\n"
        b"CallerIDName: x\r\nUniqueid: 1.1\r\n\r\nEvent: Next\r\n\r\n"
    )

    async def scenario() -> int:
        async with a_peer() as peer, logged_in(kind, peer) as client:
            peer.say(forged)
            await until(lambda: "Next" in client.heard)
            if kind.guarded:
                await client.ask("Ping")
            else:
                await until(lambda: peer.connections == 2)
            return peer.connections

    assert run(scenario()) == (1 if kind.guarded else 2)


def test_every_hazard_is_run_on_both() -> None:
    kinds: list[Any] = list(on_both.args[1])
    assert kinds == [Bare, Guarded]

"""The door on real sockets: hostile peers end alone and are counted; others talk on."""

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from calls.clock import ManualClock
from telephony.agi.channel import Channel
from telephony.agi.server import AgiServer, Ending, Handler, ServerLimits
from tests.conftest import Run
from tests.telephony.agi_peer import AgiPeer, arrival, ok

pytestmark = pytest.mark.integration


class Served:
    """A server, its clock, and what it said of rejected peers."""

    def __init__(self, handler: Handler, limits: ServerLimits, carried: Sequence[str]) -> None:
        self.clock = ManualClock()
        self.rejected: list[Ending] = []
        self.server = AgiServer(
            handler,
            self.clock,
            carried=carried,
            limits=limits,
            on_rejected=lambda ending, peer, detail: self.rejected.append(ending),
        )
        self.port = 0

    @property
    def endings(self) -> Counter[Ending]:
        return self.server.endings


@asynccontextmanager
async def serving(
    handler: Handler, limits: ServerLimits | None = None, carried: Sequence[str] = ()
) -> AsyncIterator[Served]:
    served = Served(handler, limits or ServerLimits(), carried)
    served.port = await served.server.start("127.0.0.1", 0)
    try:
        yield served
    finally:
        await served.server.stop(grace_s=1.0)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


async def ask_until_lost(channel: Channel) -> None:
    """A caller being served: she hears file after file."""
    while True:
        await channel.play("next")


async def never(channel: Channel) -> None:
    raise AssertionError("no session may begin")


def test_a_session_serves_its_caller_and_gives_her_back(run: Run) -> None:
    seen: list[tuple[str, str, tuple[str, ...]]] = []

    async def session(channel: Channel) -> None:
        environment = channel.environment
        key = await channel.play("welcome", "12")
        seen.append((environment.number, key, environment.arguments))
        await channel.set("CTLDONE", "1")

    async def story() -> None:
        async with serving(session) as served:
            peer = await AgiPeer.connect(served.port, arrival({}, "tree-1"))
            await peer.serve(lambda words: b"200 result=50 endpos=800\n")
            assert peer.heard == [
                ["STREAM", "FILE", "welcome", "12"],
                ["SET", "VARIABLE", "CTLDONE", "1"],
            ]
            await peer.hang_up()
            await until(lambda: served.server.connections == 0)
            assert served.endings == {Ending.FINISHED: 1}
            assert served.rejected == []

    run(story())
    assert seen == [("13812345678", "2", ("tree-1",))]


@pytest.mark.parametrize("place", ["", '{"tree":"a)(b","cursor":"x y"}', "王 ${A}"])
def test_a_session_finds_what_the_channel_carried_without_asking(run: Run, place: str) -> None:
    found: list[dict[str, str]] = []

    async def session(channel: Channel) -> None:
        found.append(dict(channel.carried))

    async def story() -> None:
        async with serving(session, carried=["TR_TRUNK", "TR_PLACE"]) as served:
            peer = await AgiPeer.connect(served.port)
            peer.variables |= {"TR_TRUNK": "line", "TR_PLACE": place}
            await peer.serve()
            assert peer.heard == []
            await peer.hang_up()
            assert served.endings == {Ending.FINISHED: 1}

    run(story())
    assert found == [{"TR_TRUNK": "line", "TR_PLACE": place}]


def test_bytes_dribbling_in_make_the_same_session(run: Run) -> None:
    async def session(channel: Channel) -> None:
        assert await channel.get("A") == "王"

    async def story() -> None:
        async with serving(session) as served:
            peer = await AgiPeer.connect(served.port, b"")
            for byte in arrival():
                peer.say(bytes([byte]))
                await peer.writer.drain()
                await asyncio.sleep(0)
            await peer.command()
            for byte in "200 result=1 (王)\n".encode():
                peer.say(bytes([byte]))
                await asyncio.sleep(0.001)
            await peer.closed()
            await peer.hang_up()
            assert served.endings == {Ending.FINISHED: 1}

    run(story())


HOSTILE: dict[str, tuple[bytes, Ending]] = {
    "garbage": (b"\x16\x03\x01\x02\x00garbage\n" * 10, Ending.BAD_ENVIRONMENT),
    "a web browser": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", Ending.BAD_ENVIRONMENT),
    "a megabyte without newline": (b"x" * 1_000_000, Ending.LINE_TOO_LONG),
    "10,000 header lines": (
        b"".join(b"agi_x%d: 1\n" % number for number in range(10_000)),
        Ending.ENVIRONMENT_TOO_LONG,
    ),
    "a repeated key": (arrival({"agi_threadid": "1\nagi_dnid: 9"}), Ending.BAD_ENVIRONMENT),
    "keys out of order": (arrival({"agi_callerid": "1\nagi_dnid: 9"}), Ending.BAD_ENVIRONMENT),
    "only a blank line": (b"\n", Ending.BAD_ENVIRONMENT),
    "a reply nobody asked for": (arrival() + b"200 result=0\n", Ending.UNASKED_REPLY),
    "a megabyte after a good environment": (arrival() + b"x" * 1_000_000, Ending.LINE_TOO_LONG),
    "garbage after a good environment": (arrival() + b"agi_dnid: 9\n", Ending.NOT_A_REPLY),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_peer_ends_alone_and_is_counted(run: Run, attack: str) -> None:
    data, ending = HOSTILE[attack]

    async def story() -> None:
        async with serving(ask_until_lost) as served:
            caller = await AgiPeer.connect(served.port)
            await caller.command()
            before = len(caller.heard)

            peer = await AgiPeer.connect(served.port, data)
            await peer.closed()
            await peer.hang_up()
            await until(lambda: served.endings[ending] == 1)
            assert served.rejected == [ending]

            caller.say(b"200 result=0 endpos=1\n")
            assert await caller.command() == ["STREAM", "FILE", "next", ""]
            assert len(caller.heard) == before + 1
            assert served.endings.total() == 1
            await caller.hang_up()

    run(story())


def test_a_whole_forged_environment_meets_the_real_one_behind_it(run: Run) -> None:
    """The caller's number ends our environment early, complete and in order, with a dialled
    number of its own; what Asterisk really wrote comes next, in a later packet."""
    genuine = arrival()
    end_of_number = genuine.index(b"\nagi_calleridname")
    forged = (
        genuine[:end_of_number]
        + b"\nagi_calleridname: x"
        + arrival()[genuine.index(b"\nagi_callingpres") :].replace(b"4001", b"9999")
    )

    async def story() -> None:
        async with serving(never) as served:
            peer = await AgiPeer.connect(served.port, forged)
            await peer.reader.readline()
            peer.say(genuine[end_of_number + 1 :])
            await peer.closed()
            await peer.hang_up()
            assert served.rejected == [Ending.NOT_A_REPLY]

    run(story())


def test_a_forged_answer_to_the_echo_is_no_echo(run: Run) -> None:
    async def story() -> None:
        async with serving(never) as served:
            peer = await AgiPeer.connect(served.port)
            await peer.reader.readline()
            peer.say(b"200 result=1 (0123456789abcdef)\n")
            await peer.closed()
            await peer.hang_up()
            assert served.rejected == [Ending.WRONG_ECHO]

    run(story())


def test_silence_ends_when_the_time_is_up(run: Run) -> None:
    async def story() -> None:
        limits = ServerLimits(environment_s=5.0)
        async with serving(never, limits) as served:
            silent = await AgiPeer.connect(served.port, b"")
            halfway = await AgiPeer.connect(served.port, arrival()[:200])
            mute = await AgiPeer.connect(served.port)
            await mute.reader.readline()
            await until(lambda: served.server.connections == 3)
            served.clock.advance(4.9)
            await asyncio.sleep(0.05)
            assert served.endings.total() == 0
            served.clock.advance(0.2)
            for peer in (silent, halfway, mute):
                await peer.closed()
                await peer.hang_up()
            assert served.endings == {Ending.ENVIRONMENT_LATE: 2, Ending.WRONG_ECHO: 1}

    run(story())


@pytest.mark.parametrize("opening", [b"", arrival()[:-1], arrival()[:100], arrival()])
def test_an_early_close_is_counted_and_starts_no_session(run: Run, opening: bytes) -> None:
    async def story() -> None:
        async with serving(never) as served:
            peer = await AgiPeer.connect(served.port, opening)
            await peer.hang_up()
            await until(lambda: served.endings.total() == 1)
            assert served.rejected == [Ending.CLOSED_EARLY]

    run(story())


def test_a_reset_in_the_middle_is_a_loss(run: Run) -> None:
    async def story() -> None:
        async with serving(ask_until_lost) as served:
            peer = await AgiPeer.connect(served.port)
            await peer.command()
            raw: socket.socket = peer.writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            peer.writer.transport.abort()
            await until(lambda: served.endings[Ending.LOST] == 1)

    run(story())


def test_a_value_with_a_newline_ends_its_session_before_the_next_command(run: Run) -> None:
    got: list[str] = []

    async def session(channel: Channel) -> None:
        got.append(await channel.get("CALLERID(name)"))
        got.append(await channel.get("DIALSTATUS"))

    async def story() -> None:
        async with serving(session) as served:
            peer = await AgiPeer.connect(served.port)
            await peer.command()
            peer.say(b"200 result=1 (x)\n200 result=1 (ANSWER)\n")
            await peer.closed()
            await peer.hang_up()
            assert served.rejected == [Ending.UNASKED_REPLY]
            await until(lambda: served.server.connections == 0)

    run(story())
    assert "ANSWER" not in got


def test_a_hangup_reaches_the_session_and_the_socket_closes_after_it(run: Run) -> None:
    last_words: list[str] = []

    async def session(channel: Channel) -> None:
        await channel.lost_event.wait()
        last_words.append(await channel.get("DIALSTATUS"))
        await channel.play("goodbye")

    async def story() -> None:
        async with serving(session) as served:
            peer = await AgiPeer.connect(served.port, arrival())
            echo = asyncio.ensure_future(peer.command())
            await asyncio.sleep(0.05)
            peer.say(b"HANGUP\n")
            assert await echo == ["GET", "VARIABLE", "DIALSTATUS"]
            peer.say(b"200 result=1 (CANCEL)\n")
            assert await peer.command() is None
            await peer.hang_up()
            assert served.endings == {Ending.LOST: 1}

    run(story())
    assert last_words == ["CANCEL"]


@pytest.mark.parametrize("failure", [RuntimeError("broken"), KeyError("x"), ConnectionError("db")])
def test_a_session_that_fails_is_logged_and_its_caller_falls_to_the_dialplan(
    run: Run, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    async def session(channel: Channel) -> None:
        if await channel.get("FAIL"):
            raise failure
        await ask_until_lost(channel)

    async def story() -> None:
        async with serving(session) as served:
            caller = await AgiPeer.connect(served.port)
            await caller.command()
            caller.say(b"200 result=0\n")
            doomed = await AgiPeer.connect(served.port)
            await doomed.serve(lambda words: b"200 result=1 (yes)\n")
            await doomed.hang_up()
            assert served.rejected == [Ending.HANDLER_FAILED]
            assert await caller.command() == ["STREAM", "FILE", "next", ""]
            await caller.hang_up()

    with caplog.at_level(logging.ERROR):
        run(story())
    assert [record.message for record in caplog.records] == ["a session failed"]
    assert caplog.records[0].exc_info is not None


def test_more_connections_than_the_limit_are_turned_away_and_the_first_stay(run: Run) -> None:
    async def story() -> None:
        async with serving(ask_until_lost, ServerLimits(connections=2)) as served:
            callers = [await AgiPeer.connect(served.port) for _ in range(2)]
            for caller in callers:
                await caller.command()
            third = await AgiPeer.connect(served.port)
            await third.closed()
            await third.hang_up()
            assert served.rejected == [Ending.TOO_MANY]

            await callers[0].hang_up()
            await until(lambda: served.server.connections == 1)
            fourth = await AgiPeer.connect(served.port)
            assert await fourth.command() is not None
            callers[1].say(b"200 result=0\n")
            assert await callers[1].command() is not None
            await callers[1].hang_up()
            await fourth.hang_up()

    run(story())


def test_stopping_lets_sessions_tidy_up_and_then_closes_every_socket(run: Run) -> None:
    tidied: list[str] = []

    async def session(channel: Channel) -> None:
        try:
            await channel.execute("Dial", "PJSIP/101")
        finally:
            await asyncio.sleep(0.01)
            tidied.append(channel.environment.number)

    async def story() -> None:
        async with serving(session) as served:
            peers = [await AgiPeer.connect(served.port) for _ in range(3)]
            for peer in peers:
                await peer.command()
            await served.server.stop(grace_s=2.0)
            for peer in peers:
                await peer.closed()
                await peer.hang_up()
            assert served.endings == {Ending.STOPPED: 3}
            assert served.rejected == []
            with pytest.raises(ConnectionRefusedError):
                await AgiPeer.connect(served.port)

    run(story())
    assert len(tidied) == 3


def test_stopping_waits_for_no_session_longer_than_its_grace(run: Run) -> None:
    released = asyncio.Event()

    async def stubborn(channel: Channel) -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    async def story() -> None:
        async with serving(stubborn) as served:
            peer = await AgiPeer.connect(served.port)
            await asyncio.wait_for(peer.reader.readline(), 5)
            await served.server.stop(grace_s=0.05)
            await peer.closed()
            await peer.hang_up()
            released.set()
            await until(lambda: not served.server.sessions)

    run(story())


def test_fifty_callers_at_once_each_hear_their_own_replies(run: Run) -> None:
    heard: dict[str, list[str]] = {}

    async def session(channel: Channel) -> None:
        mine = heard.setdefault(channel.environment.channel_id, [])
        for step in range(5):
            mine.append(await channel.get(f"V{step}"))

    async def story() -> None:
        async with serving(session) as served:

            async def caller(number: int) -> None:
                peer = await AgiPeer.connect(served.port, arrival({"agi_uniqueid": f"u.{number}"}))
                await peer.serve(lambda words: f"200 result=1 ({number}-{words[2]})\n".encode())
                await peer.hang_up()

            await asyncio.gather(*(caller(number) for number in range(50)))
            assert served.endings == {Ending.FINISHED: 50}

    run(story())
    assert heard == {f"u.{n}": [f"{n}-V{step}" for step in range(5)] for n in range(50)}


def test_small_commands_leave_at_once(run: Run) -> None:
    """Nagle would hold the second of two commands back for 40 ms while the peer delays its ACK."""
    nodelay: list[object] = []

    async def session(channel: Channel) -> None:
        nodelay.append(channel._pipe.transport.getTcpNoDelay())  # type: ignore[attr-defined]

    async def story() -> None:
        async with serving(session) as served:
            peer = await AgiPeer.connect(served.port)
            await peer.serve(ok)
            await peer.hang_up()

    run(story())
    assert nodelay == [True]

"""Our door and a real Asterisk: what a session asks comes true on a real SIP call."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from hotline.scripts import ScriptOutcome, run_script
from runtime.clock import LoopClock
from telephony.agi.channel import Channel, ChannelLost, CommandRefused, Raw, RecordEnd
from telephony.agi.server import AgiServer, Ending
from telephony.asterisk.instance import Instance
from telephony.asterisk.settings import AsteriskSettings
from tests.conftest import Run
from tests.telephony.real_asterisk import call, hung_up_on, root, settings_in

pytestmark = pytest.mark.e2e

SCRIPTS = Path(__file__).parents[1] / "hotline" / "agi_scripts"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsteriskSettings]:
    configured = settings_in(tmp_path_factory.mktemp("door"))
    with Instance(configured, root()):
        yield configured


Serve = Callable[[Callable[[Channel], Awaitable[None]]], AgiServer]


@pytest.fixture
def serve(run: Run, settings: AsteriskSettings, tmp_path: Path) -> Serve:
    """One caller served by this session, to the end of her call."""

    def serve_one(session: Callable[[Channel], Awaitable[None]]) -> AgiServer:
        async def whole() -> AgiServer:
            failures: list[BaseException] = []

            async def watched(channel: Channel) -> None:
                try:
                    await session(channel)
                    await channel.set("CTLDONE", "1")
                except BaseException as error:
                    failures.append(error)
                    raise

            server = AgiServer(watched, LoopClock(asyncio.get_running_loop()))
            await server.start("127.0.0.1", settings.agi_port)
            try:
                caller = call(settings, tmp_path, called="8000")
                served = await asyncio.to_thread(hung_up_on, caller)
            finally:
                await server.stop()
            if failures:
                raise failures[0]
            assert served
            return server

        return run(whole(), timeout_s=60)

    return serve_one


def test_what_is_set_is_read_back_whatever_the_text(serve: Serve) -> None:
    async def session(channel: Channel) -> None:
        for text in ('a"b\\c, d', "王 é (x) endpos=3)", "", "${CHANNEL} $[1+1]", "  two  "):
            await channel.set("TR_TEXT", text)
            assert await channel.get("TR_TEXT") == text
        await channel.set("TR_TEXT", "x" * 2000)
        assert await channel.get("TR_TEXT") == "x" * 1023

    assert serve(session).endings == {Ending.FINISHED: 1}


def test_what_is_set_together_is_read_back_whatever_the_text(serve: Serve) -> None:
    async def session(channel: Channel) -> None:
        for text in ('a"b\\c, d', "王 é (x] endpos=3)", "", "${CHANNEL} $[1+1]", "  two  "):
            await channel.set_all({"TR_TEXT": text, "TIMEOUT(absolute)": "60", "__TR_AFTER": "o-1"})
            assert await channel.get("TR_TEXT") == text
            assert await channel.get("TR_AFTER") == "o-1"
            await channel.set("__TR_AFTER", "")
        place = '{"tree":"ab","cursor":"{\\\\"node\\\\":[1,(2)]}"}'
        await channel.set_all({"TR_TEXT": place * 15, "__TR_AFTER": "o-2"})
        assert await channel.get("TR_TEXT") == place * 15
        assert await channel.get("TR_AFTER") == "o-2"

    assert serve(session).endings == {Ending.FINISHED: 1}


def test_applications_get_the_arguments_that_were_meant(serve: Serve) -> None:
    async def session(channel: Channel) -> None:
        await channel.execute("Set", Raw("TR_A=${CHANNEL}, two"))
        assert await channel.get("TR_A") == "${CHANNEL}, two"
        assert (await channel.execute("NoSuchApplication")).number == -2
        with pytest.raises(CommandRefused) as refused:
            await channel.send("NO SUCH COMMAND")
        assert refused.value.code == 510
        with pytest.raises(CommandRefused) as refused:
            await channel.send("GET VARIABLE")
        assert refused.value.code == 520
        assert await channel.get("TR_A") == "${CHANNEL}, two"

    serve(session)


def test_the_caller_is_heard_played_to_and_recorded(
    serve: Serve, settings: AsteriskSettings
) -> None:
    async def session(channel: Channel) -> None:
        assert channel.environment.number == "13812345678"
        assert channel.environment.dialled == "8000"
        assert await channel.play_all(["beep", "no-such-prompt", "beep"]) == ""
        assert await channel.wait_key(0.2) == ""
        await channel.music_on()
        await channel.music_off()
        taken = await channel.record("caller-note", "wav", max_s=1.0, beep=False)
        assert taken.end is RecordEnd.LIMIT
        assert 0.8 <= taken.seconds <= 1.2
        nowhere = await channel.record("/nowhere/at/all", "wav", max_s=1.0)
        assert nowhere.end is RecordEnd.FAILED

    serve(session)


def test_hanging_up_is_told_and_nothing_can_be_asked_after_it(serve: Serve) -> None:
    async def session(channel: Channel) -> None:
        await channel.hang_up()
        async with asyncio.timeout(5):
            await channel.lost_event.wait()
        with pytest.raises(ChannelLost):
            await channel.play("beep")

    with pytest.raises(ChannelLost):
        serve(session)


def test_an_existing_script_runs_over_the_session_unchanged(serve: Serve) -> None:
    async def session(channel: Channel) -> None:
        await channel.set("ACCOUNT", "77")
        assert await run_script(channel, SCRIPTS, "balance.py", ["VIP 王"]) is ScriptOutcome.OK
        assert await channel.get("BALANCE") == "42 of 77, key , VIP 王"
        assert await run_script(channel, SCRIPTS, "careful.py") is ScriptOutcome.OK
        assert await channel.get("REFUSED") == "no no no no no usage"

    serve(session)

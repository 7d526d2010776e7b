"""The link on a real Asterisk with the configuration we ship."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime.clock import LoopClock
from telephony.ami.errors import ActionRefused, LoginRefused
from telephony.ami.events import AmiEvent, ChannelBorn, ChannelHungUp, read_event
from telephony.ami.link import ANY_EVENT, AmiAddress, AmiLink
from telephony.ami.quarantine import Seen
from telephony.ami.truth import channel_alive, read_truth
from telephony.ami.wire import MAX_ACTION_LINE, Message
from telephony.asterisk.instance import Instance
from telephony.robots.sipp import Robot
from tests.conftest import Run
from tests.telephony.ami.clients import until
from tests.telephony.real_asterisk import (
    AgiLine,
    ScriptedController,
    call,
    hung_up_on,
    root,
    serve_and_leave,
    settings_in,
)

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    with Instance(settings_in(tmp_path_factory.mktemp("ami")), root()) as instance:
        yield instance


class Owner:
    """What the edge does with a link, in small: checks every event, re-reads at each up."""

    def __init__(self, asterisk: Instance, secret: str = "") -> None:
        settings = asterisk.settings
        self.told: list[AmiEvent] = []
        self.heard = 0
        self.seen = Seen()
        self.link = AmiLink(
            AmiAddress("127.0.0.1", settings.ami_port, "threering", secret or settings.ami_secret),
            LoopClock(asyncio.get_running_loop()),
            jitter=lambda: 0.5,
            on_down=self.seen.gap,
        )
        self.link.subscribe(ANY_EVENT, self._hear)

    def _hear(self, message: Message) -> None:
        self.heard += 1
        event = read_event(message)
        if event is not None:
            self.seen.check(event)
            self.told.append(event)


async def until_told(owner: Owner, condition: Callable[[], object]) -> None:
    await until(condition, tries=10_000)
    assert owner.link.counts.quarantined == 0


def test_a_callers_channel_is_told_found_alive_and_gone(
    run: Run, asterisk: Instance, tmp_path: Path
) -> None:
    async def scenario(caller: "list[Robot]", may_end: asyncio.Event) -> None:
        owner = Owner(asterisk)
        await owner.link.start()
        owner.seen.settle((await read_truth(owner.link)).channel_ids)
        caller.append(call(asterisk.settings, tmp_path))
        await until_told(owner, lambda: any(isinstance(e, ChannelBorn) for e in owner.told))
        [born] = [e for e in owner.told if isinstance(e, ChannelBorn)]
        truth = await read_truth(owner.link)
        assert truth.channel_ids == {born.channel_id}
        assert [channel.is_leg for channel in truth.channels] == [False]
        assert await channel_alive(owner.link, born.channel)
        may_end.set()
        await until_told(owner, lambda: any(isinstance(e, ChannelHungUp) for e in owner.told))
        assert not await channel_alive(owner.link, born.channel)
        assert (await read_truth(owner.link)).channels == ()
        assert len(owner.seen) == 0
        await owner.link.stop()

    callers: list[Robot] = []
    may_end = asyncio.Event()

    def session(line: AgiLine) -> None:
        for _ in range(100):
            if may_end.is_set():
                break
            line.ask("WAIT FOR DIGIT 100")
        serve_and_leave(line)

    with ScriptedController(asterisk.settings.agi_port, session):
        run(scenario(callers, may_end), 30.0)
        assert [hung_up_on(caller) for caller in callers] == [True]


def test_a_forged_number_is_quarantined_and_the_call_goes_on(
    run: Run, asterisk: Instance, tmp_path: Path
) -> None:
    async def scenario() -> None:
        owner = Owner(asterisk)
        await owner.link.start()
        owner.seen.settle(())
        forged = "1%0D%0AUniqueid%3A%20forged.1%0D%0AChanVariable%3A%20TR_OFFER=mine"
        caller = call(asterisk.settings, tmp_path, number=forged)
        await until(lambda: owner.link.counts.quarantined > 0, tries=10_000)
        assert not any(isinstance(event, ChannelBorn) for event in owner.told)
        assert await asyncio.to_thread(hung_up_on, caller)
        await owner.link.stop()

    with ScriptedController(asterisk.settings.agi_port, serve_and_leave):
        run(scenario(), 40.0)


def test_a_wrong_secret_is_refused_once(run: Run, asterisk: Instance) -> None:
    async def scenario() -> None:
        owner = Owner(asterisk, secret="not-the-secret")
        with pytest.raises(LoginRefused, match="Authentication failed"):
            await owner.link.start()
        assert owner.link.refused == "Authentication failed"
        await owner.link.stop()

    run(scenario())


def test_the_longest_line_we_allow_is_the_longest_asterisk_reads(
    run: Run, asterisk: Instance
) -> None:
    async def scenario() -> None:
        owner = Owner(asterisk)
        await owner.link.start()
        room = MAX_ACTION_LINE - len("Filler: \r\n")
        reply = await owner.link.send("Ping", {"Filler": "x" * room, "Variable": ["a"] * 120})
        assert reply.get("Ping") == "Pong"
        await owner.link.stop()

    run(scenario())


@pytest.mark.parametrize("action", ["Command", "UpdateConfig", "DBPut", "PJSIPShowContacts"])
def test_what_the_link_has_no_right_to_is_refused(
    run: Run, asterisk: Instance, action: str
) -> None:
    async def scenario() -> None:
        owner = Owner(asterisk)
        await owner.link.start()
        with pytest.raises(ActionRefused, match="Permission denied"):
            await owner.link.send(action, {"Command": "core show version"})
        await owner.link.stop()

    run(scenario())


def test_an_asterisk_that_starts_again_is_logged_in_to_again(run: Run, asterisk: Instance) -> None:
    async def scenario() -> None:
        owner = Owner(asterisk)
        await owner.link.start()
        await asterisk.stop()
        await until(lambda: not owner.link.up, tries=10_000)
        await asterisk.start()
        await until(lambda: owner.link.up, tries=20_000)
        assert (await read_truth(owner.link)).channels == ()
        assert owner.link.counts.ups == 2
        await owner.link.stop()

    run(scenario(), 60.0)

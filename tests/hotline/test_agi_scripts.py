"""Scripts written for pyst2, run unchanged as processes, against a scripted Asterisk."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from calls.clock import ManualClock
from hotline.script_rules import ScriptRules
from hotline.scripts import ScriptOutcome, find_script, run_script
from telephony.agi.channel import Channel, ChannelLost
from telephony.agi.server import AgiServer
from tests.conftest import Run
from tests.telephony.agi_peer import AgiPeer, arrival

pytestmark = pytest.mark.integration

SCRIPTS = Path(__file__).parent / "agi_scripts"


class Call:
    """A caller whose session runs one script; what it came to, and what Asterisk was asked."""

    def __init__(self) -> None:
        self.outcome: ScriptOutcome | str = "still running"
        self.asked: list[list[str]] = []
        self.after = ""

    async def session(
        self, channel: Channel, name: str, arguments: Sequence[str], **how: Any
    ) -> None:
        try:
            self.outcome = await run_script(channel, SCRIPTS, name, arguments, **how)
        except ChannelLost:
            self.outcome = "lost"
            raise
        self.after = await channel.get("AFTER")


def asterisk(words: list[str]) -> bytes:
    if words[:2] == ["GET", "VARIABLE"]:
        return f"200 result=1 (the {words[2]})\n".encode() if len(words) > 2 else b"520 Usage\n"
    if words[:2] == ["STREAM", "FILE"]:
        return b"200 result=50 endpos=800\n"
    return b"200 result=0\n"


async def call(
    name: str,
    *arguments: str,
    answer: Callable[[list[str]], bytes] = asterisk,
    opening: bytes | None = None,
    **how: Any,
) -> Call:
    """The whole call, from coming in to being given back."""
    one = Call()
    server = AgiServer(lambda channel: one.session(channel, name, arguments, **how), ManualClock())
    port = await server.start("127.0.0.1", 0)
    try:
        peer = await AgiPeer.connect(port, opening)
        await peer.serve(answer)
        one.asked = peer.heard
        await peer.hang_up()
    finally:
        await server.stop()
    return one


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


def test_an_existing_script_serves_the_caller_and_the_session_goes_on(run: Run) -> None:
    one = run(call("balance.py", "VIP 王"), timeout_s=30)
    assert one.outcome is ScriptOutcome.OK
    assert one.asked == [
        ["VERBOSE", "asked by 13812345678", "1"],
        ["GET", "VARIABLE", "ACCOUNT"],
        ["STREAM", "FILE", "beep", "12", "0"],
        ["SAY", "NUMBER", "42", ""],
        ["SET", "VARIABLE", "BALANCE", "42 of the ACCOUNT, key 2, VIP 王"],
        ["EXEC", "Playback", "beep"],
        ["GET", "VARIABLE", "AFTER"],
    ]
    assert one.after == "the AFTER"


def test_what_a_script_may_not_do_is_refused_before_asterisk_hears_of_it(run: Run) -> None:
    one = run(call("careful.py"), timeout_s=30)
    assert one.outcome is ScriptOutcome.OK
    assert one.asked[0] == ["SET", "VARIABLE", "REFUSED", "no no no no no usage"]


def test_a_refusal_by_asterisk_reaches_the_script_and_the_next_reply_is_its_own(run: Run) -> None:
    def answer(words: list[str]) -> bytes:
        if words[0] == "VERBOSE":
            return (
                b"520-Invalid command syntax.  Proper usage follows:\n200 result=9\nHANGUP\n"
                b"520 End of proper usage.\n"
            )
        return asterisk(words)

    one = run(call("balance.py", "x", answer=answer), timeout_s=30)
    assert one.outcome is ScriptOutcome.FAILED
    assert one.after == "the AFTER"


def test_text_of_callers_cannot_add_arguments_keys_or_commands(run: Run) -> None:
    opening = arrival({"agi_calleridname": 'x" 1 2'})
    one = run(call("balance.py", "a\nHANGUP", 'b"', opening=opening), timeout_s=30)
    assert one.outcome is ScriptOutcome.OK
    assert one.asked[4][3].endswith("a HANGUP")


@pytest.mark.parametrize("name", ["fails.py", "babbles.py"])
def test_a_script_that_fails_is_said_to_have_failed(run: Run, name: str) -> None:
    one = run(call(name), timeout_s=30)
    assert one.outcome is ScriptOutcome.FAILED
    assert one.after == "the AFTER"


@pytest.mark.parametrize(
    "name", ["nosuch.py", "", "..", "../test_agi_scripts.py", "/etc/passwd", ".hidden", "a b"]
)
def test_what_is_not_in_the_folder_is_missing(run: Run, name: str) -> None:
    assert run(call(name)).outcome is ScriptOutcome.MISSING


def test_a_link_that_leads_out_of_the_folder_is_missing(tmp_path: Path) -> None:
    folder, outside = tmp_path / "scripts", tmp_path / "outside.py"
    folder.mkdir()
    outside.write_text("")
    (folder / "inside.py").write_text("")
    (folder / "out.py").symlink_to(outside)
    (folder / "in.py").symlink_to(folder / "inside.py")
    (folder / "folder.py").mkdir()
    assert find_script(folder, "out.py") is None
    assert find_script(folder, "folder.py") is None
    assert find_script(folder, "in.py") == (folder / "inside.py").resolve()
    assert find_script(tmp_path / "nowhere", "in.py") is None


def test_time_up_ends_the_script_its_children_and_what_is_playing(run: Run, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    one = run(call("stubborn.py", str(pids), limit_s=3.0), timeout_s=30)
    assert one.outcome is ScriptOutcome.FAILED
    assert one.after == "the AFTER"
    for pid in pids.read_text().split():
        run(until(lambda pid=int(pid): gone(pid)))  # type: ignore[misc]


def test_a_child_forgotten_by_a_script_holds_nobody_and_is_ended(run: Run, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    one = run(call("forgets.py", str(pids), grace_s=0.1), timeout_s=30)
    assert one.outcome is ScriptOutcome.OK
    run(until(lambda: gone(int(pids.read_text()))))


def test_time_up_in_the_middle_of_a_prompt_cuts_the_prompt(run: Run) -> None:
    async def story() -> None:
        one = Call()
        cut = asyncio.Event()
        server = AgiServer(
            lambda channel: one.session(channel, "balance.py", ["x"], limit_s=3.0, cut=cut.set),
            ManualClock(),
        )
        peer = await AgiPeer.connect(await server.start("127.0.0.1", 0))
        while (words := await peer.command()) and words[0] != "STREAM":
            peer.say(asterisk(words))
        await asyncio.wait_for(cut.wait(), 10)
        peer.say(b"200 result=0 endpos=4160\n")
        await peer.serve(asterisk)
        assert one.outcome is ScriptOutcome.FAILED
        assert one.after == "the AFTER"
        await peer.hang_up()
        await server.stop()

    run(story(), timeout_s=30)


def test_the_caller_leaving_is_told_to_the_script_as_asterisk_tells_it(
    run: Run, tmp_path: Path
) -> None:
    log = tmp_path / "log"

    async def story() -> None:
        one = Call()
        server = AgiServer(lambda c: one.session(c, "waits.py", [str(log)]), ManualClock())
        peer = await AgiPeer.connect(await server.start("127.0.0.1", 0))
        assert await peer.command() == ["VERBOSE", "waiting", "1"]
        peer.say(b"200 result=1\n")
        await asyncio.sleep(0.2)
        peer.say(b"HANGUP\n")
        await peer.closed()
        assert one.outcome == "lost"
        await peer.hang_up()
        await server.stop()

    run(story(), timeout_s=30)
    assert log.read_text() == "the caller left"


@pytest.mark.parametrize("how", ["hangup", "socket", "server stopped"])
def test_a_stubborn_script_is_gone_soon_after_its_caller(
    run: Run, tmp_path: Path, how: str
) -> None:
    pids = tmp_path / "pids"

    async def story() -> None:
        one = Call()
        server = AgiServer(
            lambda c: one.session(c, "stubborn.py", [str(pids)], grace_s=0.2), ManualClock()
        )
        peer = await AgiPeer.connect(await server.start("127.0.0.1", 0))
        await peer.command()
        if how == "hangup":
            peer.say(b"HANGUP\n")
        elif how == "socket":
            await peer.hang_up()
        else:
            await server.stop()
        for pid in pids.read_text().split():
            await until(lambda pid=int(pid): gone(pid))  # type: ignore[misc]
        await until(lambda: server.sessions == 0)
        await peer.hang_up()
        await server.stop()

    run(story(), timeout_s=30)


def test_rules_can_be_widened_by_the_site(run: Run) -> None:
    rules = ScriptRules(families=frozenset({"vip"}))
    one = run(call("balance.py", "x", rules=rules), timeout_s=30)
    assert one.outcome is ScriptOutcome.OK

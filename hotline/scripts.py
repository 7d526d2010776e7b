"""A site's own AGI script, run unchanged as a process beside us, over the caller's session.

The script believes it talks to Asterisk: the environment and each reply come on its standard
input, a lost caller comes as SIGHUP. Each of its commands is read as Asterisk would read it,
checked (hotline.script_rules), quoted anew and sent in its turn on our own wire.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from hotline.script_process import Babble, ScriptProcess, start_script
from hotline.script_rules import ScriptRules, permitted
from telephony.agi.channel import Channel, ChannelLost, CommandRefused
from telephony.agi.environment import Environment
from telephony.agi.wire import UnfitCommand, split_command

log = logging.getLogger(__name__)

_SCRIPT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
_NOT_HERE = b"510 Invalid or unknown command\n"
_DEAD = b"511 Command Not Permitted on a dead channel or intercept routine\n"


class ScriptOutcome(StrEnum):
    OK = "ok"
    MISSING = "missing"
    FAILED = "failed"
    """It ended with an error, spoke no AGI, or took too long."""


async def run_script(
    channel: Channel,
    folder: Path,
    name: str,
    arguments: Sequence[str] = (),
    *,
    rules: ScriptRules | None = None,
    limit_s: float = 120.0,
    grace_s: float = 2.0,
    cut: Callable[[], None] | None = None,
) -> ScriptOutcome:
    """Run ``folder/name`` for this caller; its process and what it started are gone on return.

    ``cut`` ends what the channel is playing (by AMI), when the time is up in the middle of it.
    Raises ChannelLost when the caller was lost meanwhile; the script got SIGHUP and ``grace_s``.
    """
    script = find_script(folder, name)
    if script is None:
        return ScriptOutcome.MISSING
    if channel.lost:
        raise ChannelLost(f"before {name} ran")
    said = [_one_line(argument) for argument in arguments]
    process = await start_script(script, said)
    relay = asyncio.ensure_future(
        _relay(
            channel,
            process,
            environment_block(channel.environment, script, said),
            rules or ScriptRules(),
        )
    )
    try:
        async with asyncio.timeout(limit_s):
            code = await _until_over(channel, process, relay, grace_s)
    except TimeoutError:
        log.warning("script took too long", extra={"script": name})
        if cut is not None and channel.reply_owed:
            cut()
        return ScriptOutcome.FAILED
    finally:
        relay.cancel()
        await process.end()
        with contextlib.suppress(asyncio.CancelledError, Babble):
            await relay
    if code == 0 and not channel.lost:
        return ScriptOutcome.OK
    await channel.still_here()
    return ScriptOutcome.FAILED


def find_script(folder: Path, name: str) -> Path | None:
    """The file of that name directly in ``folder``; None for a path, a link that leads out, a
    hidden file, or nothing there."""
    if not _SCRIPT_NAME.fullmatch(name):
        return None
    home = folder.resolve()
    script = (home / name).resolve()
    return script if script.parent == home and script.is_file() else None


def environment_block(environment: Environment, script: Path, arguments: Sequence[str]) -> bytes:
    """What Asterisk would write to a script of its own: our caller, the script's arguments."""
    kept = {
        key: value
        for key, value in environment.raw.items()
        if not key.startswith(("agi_network", "agi_arg_"))
    }
    kept["agi_request"] = str(script)
    kept |= {f"agi_arg_{place}": argument for place, argument in enumerate(arguments, 1)}
    lines = (f"{key}: {_one_line(value)}\n" for key, value in kept.items())
    return ("".join(lines) + "\n").encode("utf-8", "replace")


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


async def _until_over(
    channel: Channel, process: ScriptProcess, relay: "asyncio.Future[None]", grace_s: float
) -> int:
    """The script's exit code, once it is over; 1 when it spoke no AGI or its caller was lost."""
    over: asyncio.Future[Any] = process.exited
    lost: asyncio.Future[Any] = asyncio.ensure_future(channel.lost_event.wait())
    try:
        await asyncio.wait({over, lost, relay}, return_when=asyncio.FIRST_COMPLETED)
        if relay.done():
            relay.result()
            await asyncio.wait({over, lost}, return_when=asyncio.FIRST_COMPLETED)
        if not over.done():
            process.hang_up()
            await asyncio.wait({over}, timeout=grace_s)
            return 1
        await asyncio.wait({relay}, timeout=grace_s)
        return process.exited.result()
    except Babble as babble:
        log.warning("script spoke no AGI", extra={"detail": str(babble)})
        return 1
    finally:
        lost.cancel()


async def _relay(
    channel: Channel, process: ScriptProcess, environment: bytes, rules: ScriptRules
) -> None:
    """Until the script closes its output. Raises Babble."""
    await process.answer(environment)
    while line := await process.line():
        await process.answer(await _answer(channel, line, rules))


async def _answer(channel: Channel, line: bytes, rules: ScriptRules) -> bytes:
    words = split_command(line.decode("utf-8", "surrogateescape").rstrip("\r\n"))
    command = permitted(words, rules)
    if command is None:
        log.warning(
            "a script asked for what it may not do", extra={"verb": " ".join(words[:2])[:40]}
        )
        return _NOT_HERE
    verb, arguments = command
    try:
        return (await channel.send(verb, *arguments)).raw
    except CommandRefused as refused:
        return refused.reply.raw
    except UnfitCommand:
        return _NOT_HERE
    except ChannelLost:
        return _DEAD

"""The process of one script: lines out, answers in, and nothing of it left behind.

asyncio's ready-made streams will not do: they tell of a process's end only when every child of it
has let go of its pipes too, and a script's forgotten child would hold the caller for it.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from pathlib import Path

MAX_LINE = 16384
MAX_AHEAD = 65536
"""Bytes a script may write before its earlier commands are answered; a pyst2 script waits."""


class Babble(ValueError):
    """A script wrote a line without end, or faster than any that waits for its answers."""


class ScriptProcess(asyncio.SubprocessProtocol):
    """Made by ``start_script``; whoever has one must call ``end``."""

    def __init__(self) -> None:
        self.exited: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """The exit code, the moment the script itself is over; negative for a signal."""
        self._transport: asyncio.SubprocessTransport
        self._written = bytearray()
        self._more = asyncio.Event()
        self._eof = False
        self._room = asyncio.Event()
        self._room.set()

    async def line(self) -> bytes:
        """The next line with its newline; b'' when there will be none. Raises Babble."""
        while True:
            end = self._written.find(b"\n") + 1
            if end > MAX_LINE or (not end and len(self._written) > MAX_LINE) or self._ahead():
                raise Babble(f"{len(self._written)} bytes unread")
            if end:
                line = bytes(self._written[:end])
                del self._written[:end]
                return line
            if self._eof:
                return b""
            self._more.clear()
            await self._more.wait()

    async def answer(self, data: bytes) -> None:
        """Write to its standard input, waiting for it to read. After its end this does nothing."""
        await self._room.wait()
        pipe = self._transport.get_pipe_transport(0)
        if isinstance(pipe, asyncio.WriteTransport) and not pipe.is_closing():
            pipe.write(data)

    def hang_up(self) -> None:
        """Tell it that the caller is gone, as Asterisk tells its own scripts."""
        self._signal(signal.SIGHUP)

    async def end(self) -> None:
        """Kill it and whatever it started, and wait until it is reaped."""
        self._signal(signal.SIGKILL)
        self._transport.close()
        await asyncio.shield(self.exited)

    def _ahead(self) -> bool:
        return len(self._written) > MAX_AHEAD

    def _signal(self, number: signal.Signals) -> None:
        """To the whole process group, which may outlive the script itself."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._transport.get_pid(), number)

    # What asyncio tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if not self._ahead():
            self._written += data
        self._more.set()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self._eof = True
            self._more.set()
        self._room.set()

    def process_exited(self) -> None:
        if not self.exited.done():
            self.exited.set_result(self._transport.get_returncode() or 0)
        self._room.set()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()


async def start_script(script: Path, arguments: Sequence[str]) -> ScriptProcess:
    """Run a Python file with our own interpreter, which has pyst2; it inherits no secrets."""
    _, process = await asyncio.get_running_loop().subprocess_exec(
        ScriptProcess,
        sys.executable,
        str(script),
        *arguments,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,  # pyst2 writes the caller's number and all else there
        cwd=script.parent,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8:surrogateescape"},
        start_new_session=True,
    )
    return process

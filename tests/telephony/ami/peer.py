"""A scripted manager on a free port: says what a test tells it to, and keeps what it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Action = dict[str, str]
Answer = Callable[["Peer", Action], bytes | None]

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
BOOTED = (
    b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 9\r\nLastReload: 9\r\n"
    b"Status: Fully Booted\r\n\r\n"
)


def reply(action: Action, *lines: str, response: str = "Success") -> bytes:
    head = (f"Response: {response}", f"ActionID: {action['actionid']}")
    return "\r\n".join((*head, *lines, "", "")).encode()


class Peer:
    """``answers`` maps an action's name to what is said to it; unnamed ones get a Success."""

    def __init__(self, answers: dict[str, Answer] | None = None) -> None:
        self.answers = answers or {}
        self.greeting = GREETING
        self.after_login = BOOTED
        self.secret = "right"
        self.actions: list[Action] = []
        self.logins = 0
        self.connections = 0
        self.silent = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    def say(self, data: bytes) -> None:
        """To everyone connected."""
        for writer in self._writers:
            writer.write(data)

    def cut(self) -> None:
        """Drop every connection at once, as a dying machine does."""
        for writer in self._writers:
            writer.transport.abort()

    def count(self, name: str) -> int:
        return sum(action["action"] == name for action in self.actions)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            writer.write(self.greeting)
            while True:
                block = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = [line.partition(": ") for line in block.strip().split("\r\n")]
                action = {name.lower(): value for name, _, value in lines}
                self.actions.append(action)
                if not self.silent:
                    writer.write(self._answer(action) or b"")
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.transport.abort()

    def _answer(self, action: Action) -> bytes | None:
        if action["action"] in self.answers:
            return self.answers[action["action"]](self, action)
        if action["action"] != "Login":
            return reply(action)
        self.logins += 1
        if action["secret"] != self.secret:
            asyncio.get_running_loop().call_soon(self.cut)
            return reply(action, "Message: Authentication failed", response="Error")
        return reply(action, "Message: Authentication accepted") + self.after_login

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def a_peer(answers: dict[str, Answer] | None = None) -> AsyncIterator[Peer]:
    peer = Peer(answers)
    server = await asyncio.start_server(peer.talk, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        await peer.close()
        await server.wait_closed()

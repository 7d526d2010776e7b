"""Asterisk's side of FastAGI, scripted: an environment, and a real socket that answers commands."""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Self

from telephony.agi.wire import split_command

ARRIVAL = {
    "agi_network": "yes",
    "agi_network_script": "hotline",
    "agi_request": "agi://127.0.0.1/hotline",
    "agi_channel": "PJSIP/line-00000001",
    "agi_language": "en",
    "agi_type": "PJSIP",
    "agi_uniqueid": "1795309484.1",
    "agi_version": "22.10.1",
    "agi_callerid": "13812345678",
    "agi_calleridname": "Alice",
    "agi_callingpres": "0",
    "agi_callingani2": "0",
    "agi_callington": "0",
    "agi_callingtns": "0",
    "agi_dnid": "4001",
    "agi_rdnis": "unknown",
    "agi_context": "from-trunk",
    "agi_extension": "4001",
    "agi_priority": "3",
    "agi_enhanced": "0.0",
    "agi_accountcode": "",
    "agi_threadid": "139779701675712",
}


def arrival(changes: Mapping[str, str] | None = None, *arguments: str) -> bytes:
    """The environment as Asterisk writes it, blank line included."""
    keys = ARRIVAL | dict(changes or {})
    keys |= {f"agi_arg_{place}": value for place, value in enumerate(arguments, 1)}
    return "".join(f"{key}: {value}\n" for key, value in keys.items()).encode() + b"\n"


def ok(words: list[str]) -> bytes:
    """Every command succeeds with 0."""
    return b"200 result=0\n"


class AgiPeer:
    """One caller coming in. It answers the server's opening echo by itself, as Asterisk would."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.heard: list[list[str]] = []
        """Commands received, split into words, the opening echo left out."""
        self.variables: dict[str, str] = {}
        """What the echo finds on the channel."""

    @classmethod
    async def connect(cls, port: int, opening: bytes | None = None) -> Self:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        peer = cls(reader, writer)
        peer.say(arrival() if opening is None else opening)
        return peer

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    async def command(self) -> list[str] | None:
        """The next command, not yet answered; None when the server closed the connection."""
        while line := await self._line():
            words = split_command(line.decode().rstrip("\n"))
            if words[:3] != ["GET", "FULL", "VARIABLE"]:
                self.heard.append(words)
                return words
            echo = re.sub(r"\$\{(\w+)\}", lambda name: self.variables.get(name[1], ""), words[3])
            self.say(f"200 result=1 ({echo})\n".encode())
        return None

    async def serve(self, answer: Callable[[list[str]], bytes] = ok) -> None:
        """Answer every command until the server closes the connection."""
        while (words := await self.command()) is not None:
            self.say(answer(words))

    async def closed(self) -> None:
        """Return when the server has closed; what it still sends is dropped."""
        while await self._line():
            pass

    async def _line(self) -> bytes:
        try:
            return await self.reader.readline()
        except ConnectionError:
            return b""

    async def hang_up(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return

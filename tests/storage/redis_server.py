"""A real redis-server of its own for tests: on a free port, nothing on disk unless asked for."""

import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from telephony.asterisk.ports import free_ports


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_ports(1)[0]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *settings: str) -> None:
        """Returns when it answers. What a former run kept on disk is there again; ``settings`` as
        on redis-server's command line."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--dir", str(self.folder), "--loglevel", "warning", *settings]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        give_up = time.monotonic() + 10.0
        while not self._answers():
            assert self._process.poll() is None, "redis-server would not start"
            assert time.monotonic() < give_up, "redis-server does not answer"
            time.sleep(0.01)

    def kill(self) -> None:
        """As by kill -9; with nothing on disk, everything in it is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        with Redis(port=self.port) as client:
            try:
                return bool(client.ping())
            except RedisError:
                return False


async def until(true: Callable[[], bool], for_s: float = 10.0) -> None:
    """Wait until ``true()``; fails when it does not come."""
    async with asyncio.timeout(for_s):
        while not true():
            await asyncio.sleep(0.005)

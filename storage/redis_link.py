"""The way to Redis: a bounded pool, this deployment's keys, and one count of every cut.

With redis_streams and redis_leases the only place that knows Redis. Tries again never by itself:
whoever asked decides that, because only they know what a doubtful outcome means.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from calls.streams import Unreachable

CONNECT_S = 2.0
ANSWER_S = 4.0
"""A Redis that has not answered for so long is out of reach; longer than a blocking read waits."""
CONNECTIONS = 16


def key_prefix(deployment: str) -> str:
    """What every key of this hotline begins with."""
    return f"tr:{deployment}:"


class RedisLink:
    def __init__(self, url: str, deployment: str) -> None:
        """Nothing is connected before the first command."""
        self.cuts = 0
        """How often Redis turned out to be out of reach."""
        self._prefix = key_prefix(deployment)
        pool: Any = BlockingConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS,
            timeout=ANSWER_S,
            socket_connect_timeout=CONNECT_S,
            socket_timeout=ANSWER_S,
            retry=Retry(NoBackoff(), 0),
            protocol=2,  # one shape of answers, whatever version of Redis
        )
        self.redis: Any = Redis(connection_pool=pool)
        self._pool = pool

    def key(self, name: str) -> str:
        return self._prefix + name

    async def ask(self, command: Awaitable[Any]) -> Any:
        """Its answer; raises Unreachable, with the cut counted."""
        task = asyncio.current_task()
        cancelled = task.cancelling() if task else 0
        try:
            answer = await command
        except (RedisError, OSError) as error:
            self.cuts += 1
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        # redis-py sends under asyncio.wait_for, which in Python 3.11 loses a cancellation that
        # comes in the moment it is done.
        if task and task.cancelling() > cancelled:
            raise asyncio.CancelledError
        return answer

    async def close(self) -> None:
        await self.redis.aclose()
        await self._pool.disconnect()

"""Who is alive, by Redis's own clock: leases that end by themselves, and the fencing counter."""

from typing import Any

from calls.streams import Taken
from storage.redis_link import RedisLink

_NOW = "local t = redis.call('TIME'); local now = t[1] * 1000 + math.floor(t[2] / 1000)\n"

_HOLD = (
    """
-- KEYS[1] name -> when its lease ends, in ms; KEYS[2] name -> who holds it
-- ARGV: name, who, for how many ms. Returns 1 held on, 0 held anew, or who else holds it.
"""
    + _NOW
    + """
local alive = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0') > now
local holder = redis.call('HGET', KEYS[2], ARGV[1])
if alive and holder ~= ARGV[2] then return holder end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return alive and 1 or 0
"""
)
_LET_GO = """
-- KEYS and ARGV as above; somebody else's lease is left alone.
if redis.call('HGET', KEYS[2], ARGV[1]) == ARGV[2] then redis.call('ZREM', KEYS[1], ARGV[1]) end
"""
_HELD = "-- KEYS[1] as above\n" + _NOW + "return redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')"
_TOKEN = """
-- KEYS[1] the last token given; ARGV[1] the least that will do
local token = math.max(tonumber(redis.call('GET', KEYS[1]) or '0') + 1, tonumber(ARGV[1]))
redis.call('SET', KEYS[1], token)
return token
"""


class RedisLeases:
    """See calls.streams.Leases for the contract."""

    def __init__(self, link: RedisLink, who: str) -> None:
        """``who``: the same again after a restart of the same process, so that it need not wait
        for its own former lease to end."""
        self._link = link
        self._who = who
        self._keys = [link.key("leases"), link.key("holders")]
        script = link.redis.register_script
        self._hold, self._let_go = script(_HOLD), script(_LET_GO)
        self._held, self._token = script(_HELD), script(_TOKEN)
        self._mine: dict[str, int] = {}
        """Names held, and how many cuts there had been when they were."""

    async def hold(self, name: str, for_s: float) -> bool:
        cuts = self._link.cuts
        answer = await self._ask(self._hold, name, self._who, round(for_s * 1000))
        if isinstance(answer, bytes):
            self._mine.pop(name, None)
            raise Taken(name, answer.decode(errors="replace"))
        unbroken = answer == 1 and self._mine.get(name) == cuts
        self._mine[name] = cuts
        return unbroken

    async def let_go(self, name: str) -> None:
        self._mine.pop(name, None)
        await self._ask(self._let_go, name, self._who)

    async def held(self) -> frozenset[str]:
        return frozenset(name.decode() for name in await self._ask(self._held))

    async def next_token(self, at_least: int) -> int:
        keys = [self._link.key("token")]
        return int(await self._link.ask(self._token(keys=keys, args=[at_least])))

    async def _ask(self, script: Any, *arguments: object) -> Any:
        return await self._link.ask(script(keys=self._keys, args=list(arguments)))

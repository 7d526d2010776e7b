"""The journal in Redis: streams that a standby follows, written under the newest token alone.

One writer thread, many entries to a round trip, as on disk; a doubtful append is repeated, and the
script knows the last position. While Redis is away entries wait here, and nobody is told that they
are durable: what a standby could not know of must not happen.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from calls.journal import WhenDurable
from calls.streams import at_entry, entry_at, journal_stream
from storage.errors import Closed, StorageError
from storage.journal import CallSoon, Health, OnHealth, call_all
from storage.redis_link import ANSWER_S, CONNECT_S, key_prefix

BATCH = 500
"""Entries to a round trip: with their commands some 300 kB, written in a few milliseconds."""
CHUNK = 512
RETRY_S = 0.1
CLOSE_S = 2.0
MEMORY_BYTES = 64 << 20
"""Kept while Redis is away; above this the newest are lost, and a snapshot takes their place."""
_FENCED, _MISSING = -1, -2

_TOKEN = """
-- KEYS[1] the newest token given; KEYS[2] the last position used. ARGV[1] our token.
local newest, mine = tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1])
if newest > mine then return -1 end
if newest < mine then redis.call('SET', KEYS[1], ARGV[1]) end
"""
"""A Redis that forgot who spoke last takes the first it hears; the next newer one wins again."""
_BEGIN = (
    _TOKEN
    + """
-- ARGV[2] the last position we know of. Returns the last position used, and whether entries are
-- missing. An empty Redis begins at the present microsecond: whoever remembers an old position
-- finds everything new to be later.
local last, known = tonumber(redis.call('GET', KEYS[2]) or '0'), tonumber(ARGV[2])
local missing = (last == 0 or last < known) and 1 or 0
if last == 0 then
  local t = redis.call('TIME')
  last = t[1] * 1000000 + t[2]
end
last = string.format('%.0f', math.max(last, known))
redis.call('SET', KEYS[2], last)
return {last, missing}
"""
)
_APPEND = (
    _TOKEN
    + """
-- KEYS[3..] the stream of each entry. ARGV[2] position of the first entry here; [3..] the entries.
-- Those at or below the last position are there already. Returns -2 when entries before are
-- missing: Redis came back without the end of what it had, or with nothing.
local last, position = tonumber(redis.call('GET', KEYS[2]) or '-1'), tonumber(ARGV[2])
if last < position - 1 then return -2 end
for i = 3, #ARGV do
  if position > last then
    redis.call('XADD', KEYS[i], '0-' .. string.format('%.0f', position), 'f', ARGV[i])
    last = position
  end
  position = position + 1
end
redis.call('SET', KEYS[2], string.format('%.0f', last))
return 0
"""
)
_PRUNE = (
    _TOKEN
    + """
-- KEYS[3] the stream. ARGV[2] the first position to keep.
return redis.call('XTRIM', KEYS[3], 'MINID', ARGV[2])
"""
)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Entry:
    stream: str
    data: bytes
    when_durable: WhenDurable | None
    position: int = 0


@dataclass(frozen=True, slots=True)
class _Prune:
    stream: str
    before: int


class RedisJournal:
    """See calls.journal.Journal for the contract. Anybody may read; ``begin`` before appending."""

    def __init__(
        self,
        url: str,
        deployment: str,
        call_soon: CallSoon,
        on_health: OnHealth = lambda health, why: None,
    ) -> None:
        """Nothing is connected yet. ``call_soon``: the loop's ``call_soon_threadsafe``; all
        callbacks run through it."""
        self.health = Health.OK
        self.durability = ""
        """How Redis keeps what it is given, once known: 'always' (on disk when it answers),
        'everysec' (a power cut may take a second), 'no' (when the system likes), 'off'."""
        self.lost = 0
        """Entries dropped because too many were waiting already."""
        self.refused = 0
        """Entries refused because somebody speaks under a newer token."""
        self.on_fenced: Callable[[], None] = lambda: None
        """Told once: another brain has taken over; nothing appended from here is kept any more."""
        self.on_gap: Callable[[], None] = lambda: None
        """Told when Redis holds nothing, or not all: only a snapshot makes the rest readable."""
        self._url, self._prefix = url, key_prefix(deployment)
        self._call_soon, self._on_health = call_soon, on_health
        self._redis = self._connect()
        script = self._redis.register_script
        self._begin, self._append = script(_BEGIN), script(_APPEND)
        self._prune = script(_PRUNE)
        self._inbox: SimpleQueue[_Entry | _Prune | None] = SimpleQueue()
        self._unwritten: deque[_Entry] = deque()
        self._unwritten_bytes = 0
        self._prunes: deque[_Prune] = deque()
        self._order = Lock()
        self._token = 0
        self._last = 0
        self._placed = False
        """Where in Redis we go on has been asked."""
        self._fenced = self._closing = self._gap = False
        self._give_up = float("inf")
        self._thread: Thread | None = None

    def begin(self, token: int) -> None:
        """Append under this token from now on, which leases gave."""
        self._token = token
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        with self._order:
            if self._closing:
                raise Closed("the journal is closed")
            if self._thread is None:
                raise StorageError("a journal in Redis is appended to under a token: begin first")
            self._inbox.put(_Entry(stream, entry, when_durable))

    def read(self, stream: str, after: int = 0) -> Iterator[tuple[int, bytes]]:
        """As in the contract, from any thread. Raises StorageError when Redis is out of reach."""
        key = self._key(journal_stream(stream))
        try:
            with self._connect() as redis:
                while True:
                    rows: Any = redis.xrange(key, min=at_entry(after + 1), count=CHUNK)
                    for id_, fields in rows:
                        after = entry_at(id_.decode())
                        yield after, fields[b"f"]
                    if len(rows) < CHUNK:
                        return
        except (RedisError, OSError) as error:
            raise StorageError(f"the journal in Redis cannot be read: {error}") from error

    def prune(self, stream: str, before: int) -> None:
        self._inbox.put(_Prune(stream, before))

    @property
    def waiting(self) -> int:
        """Entries not yet in Redis."""
        return self._inbox.qsize() + len(self._unwritten)

    def close(self) -> None:
        """As in the contract; raises StorageError naming how many entries found no Redis."""
        with self._order:
            if self._closing:
                return
            self._closing = True
            self._give_up = monotonic() + CLOSE_S
            self._inbox.put(None)
        if self._thread is not None:
            self._thread.join()
        self._redis.close()
        if self._unwritten:
            raise StorageError(f"journal in Redis: {len(self._unwritten)} entries not written")

    # The writer's thread

    def _run(self) -> None:
        going = True
        while going or (self._unwritten and monotonic() < self._give_up):
            going = self._collect(going)
            try:
                self._write()
            except (RedisError, OSError) as error:
                self._become(Health.MEMORY, f"Redis is out of reach: {error}")
            except Exception as error:
                # A bug must not end the thread: what waits is kept, and tried again.
                log.exception("the journal's writer failed")
                self._become(Health.MEMORY, str(error))
            else:
                self._become(Health.OK, "")

    def _collect(self, going: bool) -> bool:
        """Take what has been appended, at most BATCH; False when the journal closes."""
        wait_s = RETRY_S if self.health is Health.MEMORY else None
        if not going:
            wait_s = RETRY_S
        for n in range(BATCH):
            try:
                word = self._inbox.get(n == 0, wait_s) if n == 0 else self._inbox.get_nowait()
            except Empty:
                break
            if word is None:
                return False
            if isinstance(word, _Prune):
                self._prunes.append(word)
            else:
                self._take(word)
        return going

    def _take(self, entry: _Entry) -> None:
        if self._fenced:
            self.refused += 1
        elif self._unwritten_bytes > MEMORY_BYTES:
            self.lost += 1
            self._gap = True
        else:
            self._unwritten.append(entry)
            self._unwritten_bytes += len(entry.data)

    def _write(self) -> None:
        if not self._placed and not self._find_place():
            return
        while self._unwritten and not self._fenced:
            batch = [self._unwritten[i] for i in range(min(BATCH, len(self._unwritten)))]
            for entry in batch:
                if entry.position == 0:
                    self._last += 1
                    entry.position = self._last
            streams = (self._key(journal_stream(entry.stream)) for entry in batch)
            said = (entry.data for entry in batch)
            keys, first = [*self._fence(), *streams], batch[0].position
            answer = int(self._append(keys=keys, args=[self._token, first, *said]))
            if answer == _FENCED:
                self._be_fenced()
            elif answer == _MISSING:
                self._begin_anew()
            else:
                self._written(batch)
        self._write_prunes()
        if self._gap and not self._fenced:
            self._gap = False
            self._soon(self.on_gap)

    def _find_place(self) -> bool:
        answer: Any = self._begin(keys=self._fence(), args=[self._token, self._last])
        if answer == _FENCED:
            self._be_fenced()
            return False
        self._last, missing = (int(word) for word in answer)
        self._placed = True
        self._gap = self._gap or bool(missing)
        self.durability = self._how_durable()
        log.info("the journal is in Redis", extra={"fsync": self.durability})
        return True

    def _begin_anew(self) -> None:
        """Redis has lost entries it had: what is here goes on behind all that ever was."""
        log.error("Redis has lost entries of the journal; a snapshot of the floor mends it")
        for entry in self._unwritten:
            entry.position = 0
        self._find_place()

    def _written(self, batch: list[_Entry]) -> None:
        due: list[tuple[WhenDurable, int]] = []
        for entry in batch:
            self._unwritten.popleft()
            self._unwritten_bytes -= len(entry.data)
            if entry.when_durable is not None:
                due.append((entry.when_durable, entry.position))
        if due:
            self._soon(lambda: call_all(due))

    def _write_prunes(self) -> None:
        while self._prunes and not self._fenced:
            prune = self._prunes[0]
            keys = [*self._fence(), self._key(journal_stream(prune.stream))]
            self._prune(keys=keys, args=[self._token, at_entry(prune.before)])
            self._prunes.popleft()

    def _be_fenced(self) -> None:
        self._fenced = True
        self.refused += len(self._unwritten)
        self._unwritten.clear()
        self._unwritten_bytes = 0
        self._prunes.clear()
        self._soon(self.on_fenced)

    def _how_durable(self) -> str:
        try:
            if self._redis.config_get("appendonly").get("appendonly") != "yes":
                return "off"
            return str(self._redis.config_get("appendfsync").get("appendfsync", ""))
        except RedisError:
            return "unknown"  # a Redis of somebody else's may not tell

    def _become(self, health: Health, why: str) -> None:
        if health is not self.health:
            self.health = health
            self._soon(lambda: self._on_health(health, why))

    def _soon(self, fn: Callable[[], None]) -> None:
        try:
            self._call_soon(fn)
        except RuntimeError:
            # The loop has been closed: nobody is left to tell.
            log.debug("nobody to tell: the loop is closed")

    def _fence(self) -> list[str]:
        return [self._key("token"), self._key("journal-position")]

    def _key(self, name: str) -> str:
        return self._prefix + name

    def _connect(self) -> "Redis":
        return Redis.from_url(
            self._url,
            socket_connect_timeout=CONNECT_S,
            socket_timeout=ANSWER_S,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )

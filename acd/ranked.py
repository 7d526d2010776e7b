"""A sorted collection that knows how many come before a key: a caller's place in the queue.

Buckets of bounded size: adding, removing and counting cost practically the same at 100 and at
100,000 keys. Pure.
"""

from bisect import bisect_left, insort
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=tuple[object, ...])

BUCKET = 512
"""Shifting half of this many pointers costs less than the call that asks for it."""


class Ranked(Generic[Key]):
    __slots__ = ("_buckets", "_tops", "_size")

    def __init__(self) -> None:
        self._buckets: list[list[Key]] = []
        self._tops: list[Key] = []
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, key: Key) -> None:
        """Keys are unique; adding one twice makes two of it."""
        self._size += 1
        if not self._buckets:
            self._buckets.append([key])
            self._tops.append(key)
            return
        at = min(bisect_left(self._tops, key), len(self._buckets) - 1)
        bucket = self._buckets[at]
        insort(bucket, key)
        self._tops[at] = bucket[-1]
        if len(bucket) > BUCKET:
            half = len(bucket) // 2
            self._buckets[at : at + 1] = [bucket[:half], bucket[half:]]
            self._tops[at : at + 1] = [bucket[half - 1], bucket[-1]]

    def remove(self, key: Key) -> None:
        """Raises KeyError for a key that is not there."""
        at = bisect_left(self._tops, key)
        bucket = self._buckets[at] if at < len(self._buckets) else []
        place = bisect_left(bucket, key)
        if place == len(bucket) or bucket[place] != key:
            raise KeyError(key)
        del bucket[place]
        self._size -= 1
        if bucket:
            self._tops[at] = bucket[-1]
        else:
            del self._buckets[at], self._tops[at]

    def before(self, key: Key) -> int:
        """How many keys are smaller."""
        at = bisect_left(self._tops, key)
        if at == len(self._buckets):
            return self._size
        return sum(map(len, self._buckets[:at])) + bisect_left(self._buckets[at], key)

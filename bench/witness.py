"""What the phones saw: their own log is the witness, the same for both sides."""

from collections.abc import Iterable
from itertools import pairwise

from telephony.robots.sipp import Logged


def free_to_called(log: Iterable[Logged]) -> list[float]:
    """Seconds from a telephone's own BYE to the next INVITE at that same telephone, for each time
    it became free. On a floor with callers waiting this is what the queue needs."""
    telephone = {line.call: line.line for line in log if line.word == "rang"}
    moments: dict[str, list[Logged]] = {}
    for line in log:
        if line.call in telephone and line.word in ("called", "hung-up"):
            moments.setdefault(telephone[line.call], []).append(line)
    return [
        after.at - before.at
        for lines in moments.values()
        for before, after in pairwise(sorted(lines, key=lambda line: line.at))
        if (before.word, after.word) == ("hung-up", "called")
    ]


def ringing_s(log: Iterable[Logged]) -> list[float]:
    """Seconds from each telephone's own 180 to the CANCEL that reached it."""
    rang: dict[str, float] = {}
    found = []
    for line in log:
        if line.word == "rang":
            rang[line.call] = line.at
        elif line.word == "cancelled" and line.call in rang:
            found.append(line.at - rang[line.call])
    return found


def count(log: Iterable[Logged], word: str) -> int:
    return sum(line.word == word for line in log)

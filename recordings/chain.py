"""The chain over recordings: each link seals who it is, its audio, and the link before. Pure.

Who changes, removes or adds a recording afterwards breaks every link from there on, unless all of
them are made anew; compare the newest link with one written down elsewhere to exclude that, too.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

from calls.ids import RecordingId

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    position: int
    """From 1, without gaps."""
    recording: RecordingId
    sha256: str
    """Of the audio as it was heard; '' where nothing could be kept."""
    link: str


@dataclass(frozen=True, slots=True)
class Broken:
    position: int
    recording: RecordingId
    why: str
    """'gap', 'link', 'list' (what is listed differs from what was linked), 'audio'."""


@dataclass(frozen=True, slots=True)
class Verified:
    links: int
    head: str
    """The newest link that holds."""
    broken: Broken | None
    """The first one."""


def link_of(former: str, recording: RecordingId, sha: str) -> str:
    return sha256(f"{former}\n{recording}\n{sha}".encode()).hexdigest()


def verify(
    links: Iterable[Link],
    listed: Callable[[RecordingId], str | None],
    audio_is: Callable[[RecordingId, str], bool] = lambda recording, sha: True,
) -> Verified:
    """``links`` in order. ``listed(recording)``: the hash the list has of it now, None when it has
    none. ``audio_is(recording, hash)``: whether its audio still is that, or was rightly deleted."""
    former, count = START, 0
    newest: dict[RecordingId, Link] = {}
    for link in links:
        count += 1
        if link.position != count:
            return Verified(count - 1, former, Broken(count, link.recording, "gap"))
        if link.link != link_of(former, link.recording, link.sha256):
            return Verified(count - 1, former, Broken(count, link.recording, "link"))
        former = link.link
        newest[link.recording] = link
    for link in sorted(newest.values(), key=lambda one: one.position):
        if listed(link.recording) != link.sha256:
            return Verified(count, former, Broken(link.position, link.recording, "list"))
        if link.sha256 and not audio_is(link.recording, link.sha256):
            return Verified(count, former, Broken(link.position, link.recording, "audio"))
    return Verified(count, former, None)

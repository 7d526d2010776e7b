"""The first link that is broken is named, whatever was done to the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.ids import RecordingId
from recordings.chain import START, Link, link_of, verify

pytestmark = pytest.mark.unit


def chain(count: int) -> list[Link]:
    links, former = [], START
    for n in range(1, count + 1):
        id_, sha = RecordingId(f"r{n}"), f"{n:064x}"
        former = link_of(former, id_, sha)
        links.append(Link(n, id_, sha, former))
    return links


def listed(links: list[Link]) -> dict[RecordingId, str]:
    return {link.recording: link.sha256 for link in links}


def test_an_untouched_chain_holds_to_its_head() -> None:
    links = chain(20)
    found = verify(links, listed(links).get)
    assert (found.links, found.head, found.broken) == (20, links[-1].link, None)
    assert verify([], {}.get).head == START


@given(st.integers(0, 19), st.sampled_from(["sha256", "recording", "link", "gone", "twice"]))
def test_rec_13_the_first_broken_link_is_named(at: int, how: str) -> None:
    links = chain(20)
    known, touched = listed(links), list(links)
    link = links[at]
    match how:
        case "sha256":
            touched[at] = Link(link.position, link.recording, "f" * 64, link.link)
        case "recording":
            touched[at] = Link(link.position, RecordingId("other"), link.sha256, link.link)
        case "link":
            touched[at] = Link(link.position, link.recording, link.sha256, "f" * 64)
        case "gone":
            del touched[at]
        case "twice":
            touched.insert(at, link)
    broken = verify(touched, known.get).broken
    if how == "gone" and at == 19:
        assert broken is None  # whoever knows the head sees it: verify gives it
        assert verify(touched, known.get).head != links[-1].link
        return
    assert broken is not None
    assert broken.position == (at + 2 if how == "twice" else at + 1)


def test_a_listed_hash_that_was_changed_and_audio_that_is_another_are_named() -> None:
    links = chain(5)
    known = listed(links)
    forged = {**known, RecordingId("r3"): "f" * 64}
    broken = verify(links, forged.get).broken
    assert broken is not None
    assert (broken.recording, broken.why) == ("r3", "list")
    gone = {id_: sha for id_, sha in known.items() if id_ != "r4"}
    broken = verify(links, gone.get).broken
    assert broken is not None
    assert (broken.recording, broken.why) == ("r4", "list")
    broken = verify(links, known.get, lambda id_, sha: id_ != "r2").broken
    assert broken is not None
    assert (broken.recording, broken.why) == ("r2", "audio")

"""What is packed for the disk comes back byte for byte, and is small."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd.entries import Step, encode
from storage.packing import pack, unpack
from tests.acd.scene import Scene, agent, floor, said_queued

pytestmark = pytest.mark.unit

STEP = b'{"entry":"Step","now":1799.5,"input":{"input":"CallQueued","call":"main-1799.12"}}'


@given(st.one_of(st.binary(), st.binary(min_size=200), st.sampled_from([STEP, STEP * 50])))
def test_every_entry_comes_back_as_it_was(entry: bytes) -> None:
    assert unpack(pack(entry)) == entry


@pytest.mark.parametrize("first", [b"\x00", b"\x01", b"{", "三".encode(), b""])
def test_whatever_an_entry_begins_with(first: bytes) -> None:
    for entry in (first, first + bytes(300), first + b"a"):
        assert unpack(pack(entry)) == entry


def test_an_offer_takes_less_than_half() -> None:
    scene = Scene(floor(*(agent(f"agent{n}") for n in range(12))))
    said = said_queued("main-1799.12")
    decision = scene.engine.apply(said, scene.now)
    step = Step(now=scene.now, input=said, commands=decision.commands, why=decision.why)
    assert len(pack(encode(step))) < 0.5 * len(encode(step))


def test_what_was_written_before_entries_were_packed_is_read() -> None:
    assert unpack(STEP) == STEP


def test_a_damaged_entry_is_given_as_it_is() -> None:
    kept = pack(STEP * 50)
    damaged = kept[:1] + b"\xff" + kept[2:]
    assert unpack(damaged) == damaged

"""Events that name a channel nobody has seen."""

import pytest

from calls.ids import DeviceId, OfferId
from calls.words import DeviceState
from telephony.ami.errors import Quarantined
from telephony.ami.events import (
    AmiEvent,
    ChannelBorn,
    ChannelHungUp,
    DeviceChanged,
    FullyBooted,
    KeyPressed,
    LegBegan,
    LegDialEnded,
    LegRang,
    LegUp,
    Shutdown,
)
from telephony.ami.quarantine import Seen

pytestmark = pytest.mark.unit

OFFER = OfferId("o")
NAMING: list[AmiEvent] = [
    ChannelHungUp("PJSIP/x", "1.1", 16, ""),
    LegBegan(OFFER, "1.0", "PJSIP/x", "1.1"),
    LegRang(OFFER, "PJSIP/x", "1.1"),
    LegUp(OFFER, "PJSIP/x", "1.1"),
    LegDialEnded(OFFER, "PJSIP/x", "1.1", "BUSY"),
    KeyPressed("1.1", "5"),
]


def settled(*channel_ids: str) -> Seen:
    seen = Seen()
    seen.settle(channel_ids)
    return seen


@pytest.mark.parametrize("event", NAMING, ids=lambda event: type(event).__name__)
def test_an_event_about_a_channel_nobody_has_seen_is_quarantined(event: AmiEvent) -> None:
    with pytest.raises(Quarantined):
        settled("1.0", "2.2").check(event)


def test_a_leg_of_a_caller_nobody_has_seen_is_quarantined() -> None:
    with pytest.raises(Quarantined):
        settled("1.1").check(LegBegan(OFFER, "1.0", "PJSIP/x", "1.1"))


@pytest.mark.parametrize("event", NAMING, ids=lambda event: type(event).__name__)
def test_the_same_event_is_believed_of_channels_born_found_or_looked_up(event: AmiEvent) -> None:
    settled("1.0", "1.1").check(event)
    born = settled()
    born.check(ChannelBorn("PJSIP/caller", "1.0"))
    born.check(ChannelBorn("PJSIP/x", "1.1"))
    born.check(event)
    looked_up = settled("1.0")
    looked_up.found("1.1")
    looked_up.check(event)


def test_a_channel_hangs_up_once() -> None:
    seen = settled("1.1")
    seen.check(ChannelHungUp("PJSIP/x", "1.1", 16, ""))
    assert "1.1" not in seen
    with pytest.raises(Quarantined):
        seen.check(ChannelHungUp("PJSIP/x", "1.1", 16, ""))


def test_events_that_name_no_channel_pass() -> None:
    for event in (FullyBooted(), Shutdown(), DeviceChanged(DeviceId("a"), DeviceState.IDLE)):
        settled().check(event)


def test_in_a_gap_channels_are_taken_as_they_come_and_the_read_truth_joins_them() -> None:
    seen = settled("0.1")
    seen.gap()
    seen.check(KeyPressed("1.1", "5"))
    seen.check(ChannelBorn("PJSIP/y", "1.2"))
    seen.check(ChannelHungUp("PJSIP/z", "1.3", 16, ""))
    seen.settle(["1.3", "1.4"])
    assert [channel in seen for channel in ("0.1", "1.1", "1.2", "1.3", "1.4")] == [
        False,
        True,
        True,
        False,
        True,
    ]
    with pytest.raises(Quarantined):
        seen.check(KeyPressed("9.9", "5"))


def test_a_re_read_without_a_gap_forgets_what_it_lacks_and_revives_nothing() -> None:
    seen = settled("1.1", "1.2")
    seen.check(ChannelBorn("PJSIP/y", "1.3"))
    seen.check(ChannelHungUp("PJSIP/x", "1.2", 16, ""))
    seen.settle(["1.2", "1.4"])  # read before 1.2 hung up, and before 1.3 was born
    known = {channel for channel in ("1.1", "1.2", "1.3", "1.4") if channel in seen}
    assert known == {"1.3", "1.4"}
    seen.settle([])
    assert len(seen) == 0


def test_a_gap_that_follows_a_gap_starts_from_nothing() -> None:
    seen = settled("1.1")
    seen.gap()
    seen.check(ChannelHungUp("PJSIP/x", "1.2", 16, ""))
    seen.gap()
    seen.settle(["1.2"])
    assert "1.2" in seen
    assert "1.1" not in seen

"""The emergency switch: in force at once, seen by everybody, still there tomorrow."""

from pathlib import Path

import pytest

from calls.notices import Alarm
from hotline.emergency import EmergencySwitch

pytestmark = pytest.mark.unit


def test_a_switched_emergency_is_in_force_shown_and_kept(tmp_path: Path) -> None:
    told: list[Alarm] = []
    file = tmp_path / "emergency.json"
    switch = EmergencySwitch(file, initial=False, tell=told.append)
    switch.switch(on=True, by="班长", at=5.0, reason="停电")
    assert switch.on
    assert told == [Alarm(name="emergency", on=True, text="班长: 停电", at=5.0)]
    after_a_restart = EmergencySwitch(file, initial=False, tell=told.append)
    assert after_a_restart.position == switch.position
    after_a_restart.switch(on=False, by="班长", at=9.0)
    assert not EmergencySwitch(file, initial=True, tell=told.append).on


def test_where_nobody_has_switched_the_configuration_says(tmp_path: Path) -> None:
    assert EmergencySwitch(tmp_path / "e.json", initial=True, tell=lambda alarm: None).on


@pytest.mark.parametrize("text", ["", "{", "[]", '{"on": true}', '{"what": 1}'])
def test_a_torn_file_falls_back_to_the_configuration(tmp_path: Path, text: str) -> None:
    file = tmp_path / "e.json"
    file.write_text(text)
    assert not EmergencySwitch(file, initial=False, tell=lambda alarm: None).on

"""Callers through a real Asterisk: to a controller, past a dying one, and without any."""

import base64
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from telephony.asterisk.instance import Instance
from telephony.asterisk.settings import AsteriskSettings, Rescue
from telephony.cel_calls import CallTrace, CallTraces
from telephony.cel_file import CelFollower
from tests.telephony.real_asterisk import (
    AgiLine,
    ScriptedController,
    call,
    crash,
    hung_up_on,
    root,
    serve_and_leave,
    settings_in,
)

pytestmark = pytest.mark.e2e

QUICK = Rescue(
    give_up_after=2, crashes=3, music_s=0.2, unattended_s=3, voicemail_max_s=2, apology="sorry"
)


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("hotline")
    with Instance(settings_in(folder, rescue=QUICK), root()) as instance:
        yield instance


@pytest.fixture
def settings(asterisk: Instance) -> AsteriskSettings:
    return asterisk.settings


def test_a_call_reaches_the_controller_with_the_called_number_and_the_trunk(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    heard: dict[str, str] = {}

    def session(line: AgiLine) -> None:
        heard.update({n: line.variable(n) for n in ("TR_DIALLED", "TR_TRUNK", "TR_DEVICE")})
        serve_and_leave(line)

    with ScriptedController(settings.agi_port, session) as controller:
        assert hung_up_on(call(settings, tmp_path, called="4008001234"))
    assert heard == {"TR_DIALLED": "4008001234", "TR_TRUNK": "line", "TR_DEVICE": ""}
    [environment] = controller.environments
    assert environment["agi_callerid"] == "13812345678"
    assert environment["agi_dnid"] == "4008001234"


def test_a_name_keeps_its_chinese_and_a_number_with_letters_is_hidden(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    with ScriptedController(settings.agi_port, serve_and_leave) as controller:
        assert hung_up_on(call(settings, tmp_path, name="张三", number="138x0000"))
    [environment] = controller.environments
    assert environment["agi_calleridname"] == "张三"
    assert environment["agi_callerid"] == "unknown"


def test_a_called_name_with_dialplan_in_it_arrives_harmless(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    heard: list[str] = []

    def session(line: AgiLine) -> None:
        heard.append(line.variable("TR_DIALLED"))
        serve_and_leave(line)

    with ScriptedController(settings.agi_port, session):
        assert hung_up_on(call(settings, tmp_path, called="80$%7BEPOCH%7D,1"))
    assert heard == ["80EPOCH1"]


def test_a_session_that_ends_without_its_mark_gets_the_same_caller_again(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    def first(line: AgiLine) -> None:
        line.ask('SET VARIABLE TR_PLACE "menu"')

    places: list[str] = []

    def second(line: AgiLine) -> None:
        places.append(line.variable("TR_PLACE"))
        serve_and_leave(line)

    with ScriptedController(settings.agi_port, first, second) as controller:
        assert hung_up_on(call(settings, tmp_path))
    before, after = (e["agi_uniqueid"] for e in controller.environments)
    assert before == after
    assert places == ["menu"]


def test_dial_itself_writes_where_she_stands_before_it_dials_a_phone(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    place = '{"tree":"ab","cursor":"销售 (a),b^c & ${EXTEN}$[1+1];\\"' + "x" * 900 + '"}'
    heard: dict[str, str] = {}

    def session(line: AgiLine) -> None:
        here = base64.b64encode(place.encode()).decode()
        line.ask(f'EXEC Dial "PJSIP/nobody-1,4.9^3,gm(default)B(mark^s^1({here}^ab12^77))A(:no)"')
        heard["place"] = line.ask("GET VARIABLE TR_PLACE")
        heard["offer"] = line.variable("TR_OFFER")
        heard["limit"] = line.variable("TIMEOUT(absolute)")
        heard["status"] = line.variable("DIALSTATUS")
        serve_and_leave(line)

    with ScriptedController(settings.agi_port, session):
        assert hung_up_on(call(settings, tmp_path))
    assert heard["place"] == f"200 result=1 ({place})"
    assert (heard["offer"], heard["status"]) == ("ab12", "CHANUNAVAIL")
    assert 70 < float(heard["limit"]) <= 77


def test_a_call_that_kills_every_controller_ends_in_the_rescue(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    with ScriptedController(settings.agi_port, crash) as controller:
        assert hung_up_on(call(settings, tmp_path))
    assert len(controller.environments) == QUICK.crashes
    assert _message_of(settings, controller.environments[0]["agi_uniqueid"]).stat().st_size > 8000


def test_without_any_controller_the_caller_leaves_a_message_and_is_hung_up(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    before = set(settings.voicemail_folder.iterdir())
    assert hung_up_on(call(settings, tmp_path))
    [message] = set(settings.voicemail_folder.iterdir()) - before
    assert message.suffix == ".wav"
    assert message.stat().st_size > 8000


def test_asterisk_itself_wrote_down_the_rescued_call(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    follower, fold = CelFollower(settings.cel_file), CallTraces()
    while follower.read():
        pass
    before = follower.flawed  # strangers' texts of other tests
    assert hung_up_on(call(settings, tmp_path, called="4008009999"))
    traces: list[CallTrace] = []
    deadline = time.monotonic() + 10
    while not [t for t in traces if t.dialled == "4008009999"]:
        assert time.monotonic() < deadline
        traces += [trace for event in follower.read() if (trace := fold.add(event))]
    trace = traces[-1]
    assert (trace.number, trace.endpoint, trace.rescued) == (
        "13812345678",
        "trunk-line",
        "voicemail",
    )
    assert trace.arrived_at is not None
    assert trace.ended_at is not None
    assert trace.ended_at > trace.arrived_at > time.time() - 60
    assert (settings.voicemail_folder / f"{trace.linkedid}.wav").exists()
    assert follower.flawed == before


def test_a_controller_that_is_stuck_loses_the_call_to_the_rescue(
    settings: AsteriskSettings, tmp_path: Path
) -> None:
    closed: list[bytes] = []

    def stuck(line: AgiLine) -> None:
        closed.append(line.link.recv(100))

    with ScriptedController(settings.agi_port, stuck) as controller:
        assert hung_up_on(call(settings, tmp_path))
    assert closed[0].startswith(b"HANGUP\n")
    assert _message_of(settings, controller.environments[0]["agi_uniqueid"]).exists()


def test_a_stranger_is_not_let_in(settings: AsteriskSettings, tmp_path: Path) -> None:
    with ScriptedController(settings.agi_port, serve_and_leave) as controller:
        assert not hung_up_on(call(settings, tmp_path, source="127.0.0.3", patience_s=3))
    assert controller.environments == []


def _message_of(settings: AsteriskSettings, uniqueid: str) -> Path:
    return settings.voicemail_folder / f"{uniqueid}.wav"

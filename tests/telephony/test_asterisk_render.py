"""Settings become configuration; no value in them becomes a line, a section or an expression."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from calls.ids import DeviceId, EdgeId
from telephony.asterisk.cadence import ring_cycle_s, ring_cycles, with_country
from telephony.asterisk.login_secrets import change_password, make_secrets
from telephony.asterisk.render import AMI_EVENTS, render
from telephony.asterisk.root import AsteriskRoot, NoAsterisk, look_at
from telephony.asterisk.settings import AsteriskSettings, DeviceLogin, Rescue
from telephony.asterisk.trunk import NumberForm, Trunk, TrunkKind, dial_string

pytestmark = pytest.mark.unit

ROOT = AsteriskRoot(
    path=Path("/nowhere"),
    modules=Path("/usr/lib/asterisk/modules"),
    data=Path("/usr/share/asterisk"),
    music=Path("/usr/share/asterisk/moh"),
)
INDICATIONS = """
[general]
country=us		; default location

[cn]
ringcadence = 1000,4000
[us]
ringcadence = 2000,4000
[uk]
ringcadence = 400,200,400,2000
[jp]
ringcadence = 1000,2000 ; as told
"""
SETTINGS = AsteriskSettings(
    edge=EdgeId("e1"),
    folder=Path("/srv/hot line/asterisk"),
    prompts_folder=Path("/srv/hot line/prompts"),
    recordings_folder=Path("/srv/hot line/recordings"),
    ami_secret="secret-of-the-link",
    devices=(
        DeviceLogin(id=DeviceId("desk-1"), secret="secret-of-desk", number="8001"),
        DeviceLogin(id=DeviceId("web-1"), secret="secret-of-web"),
    ),
    trunks=(
        Trunk(
            name="main",
            kind=TrunkKind.REGISTER,
            host="sip.example.org",
            username="u1",
            secret="p;[x]",
        ),
        Trunk(name="gate", kind=TrunkKind.ADDRESS, host="10.0.0.9", matches=("10.0.0.0/29",)),
    ),
)


def rendered(**changes: Any) -> dict[str, str]:
    return render(dataclasses.replace(SETTINGS, **changes), ROOT, INDICATIONS)


def sections(text: str) -> list[tuple[str, dict[str, str]]]:
    """Every section in order, with its values."""
    found: list[tuple[str, dict[str, str]]] = []
    for line in text.splitlines():
        if line.startswith("["):
            found.append((line.strip("[]"), {}))
        elif found and "=" in line and not line.startswith(";"):
            key, _, value = line.partition("=")
            found[-1][1][key.strip()] = value.strip()
    return found


def pjsip(name: str, kind: str, **changes: Any) -> dict[str, str]:
    [values] = [
        values
        for section, values in sections(rendered(**changes)["pjsip.conf"])
        if section == name and values["type"] == kind
    ]
    return values


def test_each_device_is_one_endpoint_with_one_contact_and_its_own_password() -> None:
    assert pjsip("desk-1", "endpoint")["context"] == "from-device"
    assert pjsip("desk-1", "endpoint")["direct_media"] == "no"
    assert pjsip("desk-1", "aor")["max_contacts"] == "1"
    assert pjsip("desk-1", "auth")["password"] == "secret-of-desk"
    assert "webrtc" not in pjsip("desk-1", "endpoint")


def test_browsers_find_media_by_the_address_and_the_servers_the_site_gives() -> None:
    text = rendered(
        media_address="203.0.113.7",
        stun="stun.example.net:3478",
        turn="turn.example.net:3478",
        turn_user="user",
        turn_secret="s3cret",
    )["rtp.conf"]
    assert "127.0.0.1 => 203.0.113.7,include_local_address" in text
    assert "stunaddr = stun.example.net:3478" in text
    assert "turnpassword = s3cret" in text
    assert "stunaddr" not in rendered()["rtp.conf"]


def test_a_trunk_is_known_by_address_and_registers_when_it_should() -> None:
    assert pjsip("trunk-gate", "identify")["match"] == "10.0.0.0/29"
    assert pjsip("trunk-main", "registration")["client_uri"] == "sip:u1@sip.example.org:5060"
    names = [name for name, values in sections(rendered()["pjsip.conf"])]
    assert names.count("trunk-gate") == 3
    assert pjsip("trunk-main", "endpoint")["context"] == "inbound"


def test_a_semicolon_in_a_password_is_no_comment() -> None:
    assert pjsip("trunk-main", "auth")["password"] == r"p\;[x]"


def test_nobody_is_let_in_unknown() -> None:
    text = rendered()["pjsip.conf"]
    assert "anonymous" not in text
    assert "anonymous" not in rendered()["modules.conf"]


def test_the_manager_is_on_loopback_with_few_rights_and_few_events() -> None:
    manager = dict(sections(rendered()["manager.conf"]))
    assert manager["general"]["bindaddr"] == "127.0.0.1"
    assert manager["threering"]["read"] == "system,call,dtmf,reporting"
    assert manager["threering"]["write"] == "call,reporting,originate"
    filters = re.findall(r"^eventfilter\(action\(include\),name\((\w+)\)\) =$", _manager(), re.M)
    assert tuple(filters) == AMI_EVENTS


def _manager() -> str:
    return rendered()["manager.conf"]


def test_the_dialplan_never_passes_a_called_number_or_callers_text_unfiltered() -> None:
    for line in rendered()["extensions.conf"].splitlines():
        code = line.partition(";")[0]
        for text in ("${EXTEN}", "${CALLERID(num)}", "${CALLERID(name)}", "${CALLERID(rdnis)}"):
            bare = re.sub(r"\$\{(FILTER\([^,]*,|LEN\()" + re.escape(text), "", code)
            assert text not in bare, line


def test_only_a_clean_mark_ends_a_call_and_the_mark_is_cleared_before_each_session() -> None:
    lines = [line.strip() for line in rendered()["extensions.conf"].splitlines()]
    enter = lines.index("same => n,AGI(agi://127.0.0.1:4573/call)")
    before, after = lines[:enter], lines[enter:]
    assert "same => n,Set(AGIEXITONHANGUP=yes)" in before
    assert "same => n(again),Set(CTLDONE=)" in before
    assert after[1] == 'same => n,GotoIf($["${CTLDONE}" = "1"]?done)'
    assert "exten => T,1,Goto(rescue,s,1)" in after


def test_the_rescue_dials_the_fallback_in_the_trunks_own_form() -> None:
    rescue = Rescue(fallback_trunk="main", fallback_number="+862155556666")
    text = rendered(rescue=rescue)["extensions.conf"]
    assert "Dial(PJSIP/+862155556666@trunk-main,60)" in text
    assert "Record(" not in text
    assert "Record(/srv/hot line/recordings/rescue/" in rendered()["extensions.conf"]
    assert "Record(" not in rendered(rescue=Rescue(voicemail=False))["extensions.conf"]


def test_cel_names_its_events_and_no_keys_are_written() -> None:
    cel = dict(sections(rendered()["cel.conf"]))["general"]
    assert "ALL" not in cel["events"].upper().split(",")
    assert "DTMF" not in cel["events"]
    assert (
        "/srv/hot line/asterisk/log/cel/events.csv => ${CSV_QUOTE(${eventtype})},"
        in (rendered()["cel_custom.conf"])
    )


def test_traps_of_the_module_list_are_kept() -> None:
    loaded = re.findall(r"^load = (\w+)\.so$", rendered()["modules.conf"], re.M)
    for first, then in (("res_speech", "res_agi"), ("res_pjsip_pubsub", "chan_pjsip")):
        assert loaded.index(first) < loaded.index(then)
    assert {"res_manager_devicestate", "app_confbridge", "res_musiconhold"} <= set(loaded)
    assert "res_pjsip_refer" not in loaded
    assert len(loaded) == len(set(loaded))
    assert "confbridge.conf" in rendered()
    assert "musiconhold.conf" in rendered()


@pytest.mark.parametrize(
    "hostile",
    [
        "a\nb",
        "a\r\nexten => s,1,System(rm)",
        "a;b",
        "a]b",
        "${EPOCH}",
        "a,b",
        "a&b",
        "a/b",
        "",
        " a",
        "é",
        "a\x00",
        "trunk-a",
        "x" * 60,
    ],
)
def test_a_device_with_a_hostile_id_is_refused(hostile: str) -> None:
    with pytest.raises(ValueError, match="device id"):
        DeviceLogin(id=DeviceId(hostile), secret="a-good-secret")


@pytest.mark.parametrize("hostile", ["x\ny", "short", "with space", "semi;colon", "a" * 200])
def test_a_secret_that_could_end_its_line_is_refused_and_not_shown(hostile: str) -> None:
    with pytest.raises(ValueError, match="secret of device d") as refused:
        DeviceLogin(id=DeviceId("d"), secret=hostile)
    assert hostile not in str(refused.value)
    assert "secret-of-desk" not in repr(SETTINGS)
    assert "secret-of-the-link" not in repr(SETTINGS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("folder", Path("/srv/x\n[evil]")),
        ("folder", Path("/srv/${EPOCH}")),
        ("folder", Path("relative")),
        ("folder", Path("/srv/../etc/asterisk")),
        ("folder", Path("/etc/asterisk")),
        ("folder", Path("/" + "x" * 100)),
        ("prompts_folder", Path("/srv/a,b")),
        ("recordings_folder", Path("/")),
        ("agi_host", "127.0.0.1/evil"),
        ("bind", "0.0.0.0\nx"),
        ("zone", "CN"),
        ("edge", "e-1"),
        ("ami_port", 80),
        ("rtp_last", 10005),
        ("extra_modules", ("../evil.so",)),
        ("devices", SETTINGS.devices * 2),
        ("trunks", SETTINGS.trunks * 2),
        ("rescue", Rescue(fallback_trunk="none", fallback_number="110")),
    ],
)
def test_settings_that_cannot_be_are_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        dataclasses.replace(SETTINGS, **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "A b"},
        {"host": "h\nx"},
        {"username": "u@x"},
        {"secret": "s\n[x]"},
        {"secret": " s"},
        {"codecs": ("alaw", "all")},
        {"codecs": ()},
        {"matches": ("0.0.0.0\nx",)},
        {"port": 0},
        {"kind": TrunkKind.REGISTER},
    ],
)
def test_a_trunk_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="trunk"):
        dataclasses.replace(SETTINGS.trunks[1], **changes)


def test_an_unknown_tone_zone_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="there are cn, jp, uk, us"):
        rendered(zone="xx")


def test_one_ringback_cycle_of_each_zone() -> None:
    assert ring_cycles(INDICATIONS) == {"cn": 5.0, "us": 6.0, "uk": 3.0, "jp": 3.0}
    assert ring_cycle_s(INDICATIONS, "uk") == 3.0
    assert "\ncountry=cn\n" in with_country(INDICATIONS, "cn")


@pytest.mark.parametrize(
    ("form", "number", "written"),
    [
        (NumberForm.PLUS, "+862155556666", "+862155556666"),
        (NumberForm.E164, "+862155556666", "862155556666"),
        (NumberForm.NATIONAL, "+862155556666", "02155556666"),
        (NumberForm.NATIONAL, "+8613812345678", "13812345678"),
        (NumberForm.NATIONAL, "+442079460000", "00442079460000"),
        (NumberForm.AS_IS, "+862155556666", "+862155556666"),
        (NumberForm.NATIONAL, "10086", "10086"),
    ],
)
def test_a_number_is_written_as_the_trunk_wants_it(
    form: NumberForm, number: str, written: str
) -> None:
    trunk = Trunk(name="t", kind=TrunkKind.ADDRESS, host="10.0.0.9", number_form=form)
    assert dial_string(trunk, number) == f"PJSIP/{written}@trunk-t"


@pytest.mark.parametrize(
    "hostile", ["", "1", "12&PJSIP/x", "12,30", "${X}", "+1 2", "12\n3", "1*2"]
)
def test_only_digits_are_dialled(hostile: str) -> None:
    with pytest.raises(ValueError, match="number to dial"):
        dial_string(SETTINGS.trunks[0], hostile)


def test_secrets_are_made_once_and_kept_to_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secrets"
    made = make_secrets(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert make_secrets(path) == made
    assert made.device(DeviceId("a")) != made.device(DeviceId("b")) != made.ami
    assert DeviceLogin(id=DeviceId("a"), secret=made.device(DeviceId("a")))
    assert made.master not in repr(made)
    path.chmod(0o644)
    with pytest.raises(ValueError, match="chmod 600"):
        make_secrets(path)
    path.chmod(0o600)
    path.write_text("torn")
    with pytest.raises(ValueError, match="torn"):
        make_secrets(path)


def test_a_folder_without_asterisk_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NoAsterisk, match="make setup"):
        look_at(tmp_path)


def test_a_telephones_password_is_changed_by_itself_and_stays_changed(tmp_path: Path) -> None:
    path, one, other = tmp_path / "secrets", DeviceId("d8001"), DeviceId("d8002")
    made = make_secrets(path)
    first = {made.device(one)}
    kept = (made.device(other), made.ami)
    for _ in range(3):
        password = change_password(path, made, one)
        assert password == made.device(one) == make_secrets(path).device(one)
        first.add(password)
    assert len(first) == 4
    assert (make_secrets(path).device(other), make_secrets(path).ami) == kept
    assert path.stat().st_mode & 0o077 == 0
    path.write_text(path.read_text() + "d8001 many\n")
    with pytest.raises(ValueError, match="torn"):
        make_secrets(path)

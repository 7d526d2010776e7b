"""recordings.yaml: what it says, and what is refused with line and word."""

from pathlib import Path

import pytest

from calls.ids import AgentId, QueueId
from calls.rights import Who
from calls.words import Role
from config.folder import open_folder
from config.problems import ConfigRefused
from recordings.rules import RecordingRules

pytestmark = pytest.mark.unit

FLOOR = "queues: {sales: {}, support: {}}\n"


def read(folder: Path, text: str, house: str = "") -> RecordingRules:
    folder.mkdir(exist_ok=True)
    (folder / "floor.yaml").write_text(FLOOR)
    (folder / "threering.yaml").write_text(house)
    (folder / "recordings.yaml").write_text(text)
    return open_folder(folder, {}).recordings


def test_an_empty_file_records_keeps_for_ever_and_reminds(tmp_path: Path) -> None:
    rules = read(tmp_path, "")
    assert rules == RecordingRules()
    usual = rules.of(QueueId("sales"))
    assert (usual.record, usual.keep_days, usual.pause.remind_after_s) == (True, 0, 120.0)


def test_a_queue_differs_in_what_it_names_alone(tmp_path: Path) -> None:
    rules = read(
        tmp_path,
        "keep_days: 30\nvoicemail_days: 7\npause: {alarm_after_s: 60}\n"
        "queues:\n  sales: {keep_days: 365, pause: {resume_after_s: 180}}\n"
        "  support: {record: no}\n",
    )
    sales, other = rules.of(QueueId("sales")), rules.of(None)
    assert (sales.keep_days, sales.voicemail_days, other.keep_days) == (365, 7, 30)
    assert (sales.pause.alarm_after_s, sales.pause.resume_after_s) == (60.0, 180.0)
    assert not rules.of(QueueId("support")).record
    assert rules.kept_until(QueueId("sales"), "voicemail", 0.0) == 7 * 86_400.0


def test_who_hears_what(tmp_path: Path) -> None:
    rules = read(tmp_path, "listen: {agents_hear_own: no, only: {boss: [sales]}}")
    sales, support, wang = QueueId("sales"), QueueId("support"), AgentId("wang")

    def who(person: str, role: Role, agent: AgentId | None = None) -> Who:
        return Who(person=person, name=person, roles=(role,), agent=agent)

    boss, other = who("boss", Role.SUPERVISOR), who("other", Role.SUPERVISOR)
    assert rules.hears(boss).may(sales, wang)
    assert not rules.hears(boss).may(support, wang)
    assert not rules.hears(boss).may(None, wang)
    assert rules.hears(other).may(support, wang)
    agent = who("wang", Role.AGENT, wang)
    assert not rules.hears(agent).may(sales, wang)
    assert RecordingRules().hears(agent).may(sales, wang)
    assert not RecordingRules().hears(agent).may(sales, AgentId("li"))
    assert not RecordingRules().hears(who("x", Role.AGENT)).may(sales, None)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("queues: {sale: {}}", "there is no queue 'sale'"),
        ("listen: {only: {boss: [supprt]}}", "there is no queue 'supprt'"),
        ("keep_days: -1", "does not fit"),
        ("keep_days: soon", "does not fit"),
        ("pause: {remind_after_s: -3}", "does not fit"),
        ("kep_days: 3", "kep_days"),
        ("listen: {agents_hear_own: maybe}", "neither true nor false"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    with pytest.raises(ConfigRefused, match=wrong):
        read(tmp_path, text)


def test_where_audio_lies_is_the_machines_to_say(tmp_path: Path) -> None:
    read(
        tmp_path,
        "",
        "recordings: {encrypt: no, store: {bucket: audio, endpoint: 'http://127.0.0.1:9000', "
        "access_key: k, secret_key: s}}",
    )
    audio = open_folder(tmp_path, {}).settings.audio
    assert not audio.encrypt
    assert audio.store is not None
    assert (audio.store.bucket, audio.store.endpoint) == ("audio", "http://127.0.0.1:9000")
    for bad in ("bucket: A_B", "endpoint: ftp://x", "access_key: 'a b'", "prefix: ../x/.."):
        with pytest.raises(ConfigRefused):
            read(tmp_path, "", f"recordings: {{store: {{bucket: ab, {bad}}}}}")

"""AGI as a real Asterisk 22 spoke it (transcripts/agi_*.txt), whole, in bytes, at every split."""

from pathlib import Path

import pytest

from telephony.agi.wire import (
    AgiReader,
    Breach,
    Broken,
    EnvironmentRead,
    HangupSeen,
    Limits,
    Message,
    Reply,
)
from tests.telephony.agi_peer import arrival

pytestmark = pytest.mark.wire

BREAK = {"agi_injected.txt", "agi_newline_in_value.txt"}
"""Those in which a stranger's line break got through Asterisk."""
TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("agi_*.txt"))


def received(path: Path) -> bytes:
    """What Asterisk wrote; a transcript that begins after the environment gets one."""
    lines = path.read_text(encoding="utf-8").split("\n")
    data = "".join(f"{one[2:]}\n" for one in lines if one.startswith("< ") and one != "< EOF")
    return data.encode() if data.startswith("agi_") else arrival() + data.encode()


def read(name: str) -> list[Message]:
    return AgiReader().feed(received(Path(__file__).parent / "transcripts" / f"agi_{name}.txt"))


def replies(name: str) -> list[Reply]:
    return [message for message in read(name) if isinstance(message, Reply)]


def after_environment(data: bytes, limits: Limits | None = None) -> list[Message]:
    return AgiReader(limits or Limits()).feed(arrival() + data)[1:]


def only_breach(messages: list[Message]) -> Breach:
    [broken] = messages
    assert isinstance(broken, Broken)
    return broken.breach


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
class TestEveryTranscript:
    def test_byte_by_byte_reads_as_whole(self, path: Path) -> None:
        data, reader = received(path), AgiReader()
        pieces = [message for byte in data for message in reader.feed(bytes([byte]))]
        assert pieces == AgiReader().feed(data)

    def test_every_split_reads_as_whole(self, path: Path) -> None:
        data = received(path)[:4000]
        whole = AgiReader().feed(data)
        for cut in range(len(data) + 1):
            reader = AgiReader()
            assert reader.feed(data[:cut]) + reader.feed(data[cut:]) == whole, cut

    def test_a_tail_without_newline_waits_for_the_rest(self, path: Path) -> None:
        data, reader = received(path), AgiReader()
        whole = reader.feed(data + b"200 resu")
        assert whole == AgiReader().feed(data)
        rest = reader.feed(b"lt=7\n")
        assert rest == ([] if path.name in BREAK else [Reply(200, "7", raw=b"200 result=7\n")])


@pytest.mark.parametrize(
    "path",
    [path for path in TRANSCRIPTS if path.name not in BREAK and "exits" not in path.name],
    ids=lambda path: path.stem,
)
def test_each_command_sent_has_exactly_one_reply(path: Path) -> None:
    sent = [one for one in path.read_text(encoding="utf-8").split("\n") if one[:2] == "> "]
    messages = AgiReader().feed(received(path))
    assert len([one for one in messages if isinstance(one, Reply)]) == len(sent)
    assert not [one for one in messages if isinstance(one, Broken)]


class TestArrival:
    def test_the_environment_names_channel_caller_and_arguments(self) -> None:
        [message] = read("arrival")
        assert isinstance(message, EnvironmentRead)
        environment = message.environment
        assert environment.channel == "Local/agiwelcome/menu?x=1@lab-00000026;2"
        assert environment.channel_id.startswith("17953")
        assert (environment.number, environment.name) == ("13812345678", "José 王")
        assert environment.context == "lab"
        assert environment.language == "en"
        assert environment.path == "welcome/menu"
        assert environment.arguments == ("arg one", "two q \\ ", "三")
        assert environment.raw["agi_type"] == "Local"

    def test_the_number_dialled_is_dnid_else_a_numeric_extension(self) -> None:
        def dialled(dnid: str, extension: str) -> str:
            opening = arrival({"agi_dnid": dnid, "agi_extension": extension})
            [message] = AgiReader().feed(opening)
            assert isinstance(message, EnvironmentRead)
            return message.environment.dialled

        assert dialled("4001", "s") == "4001"
        assert dialled("unknown", "4002") == "4002"
        assert dialled("unknown", "start") == ""

    def test_a_hidden_caller_has_neither_number_nor_name(self) -> None:
        opening = arrival({"agi_callerid": "unknown", "agi_calleridname": "unknown"})
        [message] = AgiReader().feed(opening)
        assert isinstance(message, EnvironmentRead)
        assert (message.environment.number, message.environment.name) == ("", "")

    def test_a_name_cut_in_the_middle_of_a_character_is_still_read(self) -> None:
        opening = arrival().replace(b"Alice", "José".encode()[:-1])
        [message] = AgiReader().feed(opening)
        assert isinstance(message, EnvironmentRead)
        assert message.environment.name == "Jos\ufffd"

    def test_control_characters_never_reach_the_session(self) -> None:
        opening = arrival({"agi_calleridname": "A\x1b[2Jl\u202ei", "agi_callerid": "1\x00\x072"})
        [message] = AgiReader().feed(opening)
        assert isinstance(message, EnvironmentRead)
        assert message.environment.name == "A[2Jli"
        assert message.environment.number == ""


class TestForgedArrival:
    def test_the_line_breaks_a_real_asterisk_let_through_end_the_session(self) -> None:
        assert only_breach(read("injected")) is Breach.BAD_ENVIRONMENT

    @pytest.mark.parametrize(
        ("forged", "why"),
        [
            ({"agi_calleridname": "x\nagi_dnid: 999"}, "agi_callingpres is out of order"),
            ({"agi_calleridname": "x\nagi_channel: PJSIP/other"}, "agi_channel is repeated"),
            ({"agi_callerid": "1\nagi_context: admin"}, "out of order"),
            ({"agi_callerid": "1\nnot a key"}, "no key"),
            ({"agi_callerid": "1\nagi_X: 1"}, "no key"),
            ({"agi_callerid": "1\n"}, "agi_calleridname is missing"),
            ({"agi_calleridname": "x\nagi_arg_1: 1"}, "agi_arg_1 is out of order"),
        ],
    )
    def test_forged_keys_end_the_session(self, forged: dict[str, str], why: str) -> None:
        [broken] = AgiReader().feed(arrival(forged))
        assert isinstance(broken, Broken)
        assert broken.breach is Breach.BAD_ENVIRONMENT
        assert why in broken.detail

    def test_arguments_must_count_from_one(self) -> None:
        opening = arrival()[:-1] + b"agi_arg_2: x\n\n"
        assert only_breach(AgiReader().feed(opening)) is Breach.BAD_ENVIRONMENT

    def test_a_key_of_a_later_asterisk_does_not_lock_callers_out(self) -> None:
        opening = arrival().replace(b"agi_dnid", b"agi_stirshaken: A\nagi_dnid")
        [message] = AgiReader().feed(opening)
        assert isinstance(message, EnvironmentRead)
        assert message.environment.raw["agi_stirshaken"] == "A"

    def test_the_reason_holds_nothing_of_the_callers_text(self) -> None:
        [broken] = AgiReader().feed(arrival({"agi_callerid": "13812345678\nsecret"}))
        assert isinstance(broken, Broken)
        assert "secret" not in broken.detail
        assert "138" not in broken.detail


class TestReplies:
    def test_results_values_and_positions(self) -> None:
        found = [(one.number, one.data, one.endpos) for one in replies("commands")]
        assert found[:8] == [
            (0, None, None),
            (0, None, 3520),
            (-1, None, 0),
            (1, "SUCCESS", None),
            (0, None, None),
            (1, None, None),
            (1, 'a"b\\c, d é 王 (x) endpos=3)', None),
            (1, None, None),
        ]
        assert found[8:10] == [(1, "", None), (0, None, None)]

    def test_refusals_carry_their_code_and_a_usage_block_is_one_reply(self) -> None:
        found = replies("refusals")
        assert [one.code for one in found] == [510, 520, 520, 520, 200]
        assert "520 End of proper usage." in (found[1].data or "")
        assert found[1].raw.startswith(b"520-Invalid command syntax.")
        assert found[1].raw.endswith(b"520 End of proper usage.\n")

    def test_a_usage_refusal_without_a_block_is_one_line(self) -> None:
        line = b"520 Invalid command syntax.  Proper usage not available.\n"
        [reply] = after_environment(line)
        assert isinstance(reply, Reply)
        assert reply.code == 520

    def test_a_hangup_is_no_reply(self) -> None:
        kinds = [type(one).__name__ for one in read("hangup_during_dial")]
        assert kinds == ["EnvironmentRead", "Reply", "HangupSeen", "Reply"]

    def test_with_agiexitonhangup_the_hangup_comes_twice(self) -> None:
        assert read("hangup_idle_exits")[-2:] == [HangupSeen(), HangupSeen()]

    def test_a_dead_channel_answers_variables_and_refuses_sound(self) -> None:
        assert [one.code for one in replies("after_hangup")] == [
            *(200, 200, 200, 200),
            *(511, 200, 511, 200, 200, 511, 511, 511, 200),
        ]

    def test_recordings_say_how_they_ended(self) -> None:
        found = [(one.number, one.data, one.endpos) for one in replies("record")]
        assert found == [
            (0, "timeout", 16000),
            (0, "timeout", 16000),
            (0, "timeout", 80000),
            (-1, "writefile", None),
        ]

    def test_a_value_with_a_newline_in_it_is_never_read_short(self) -> None:
        messages = read("newline_in_value")
        assert isinstance(messages[1], Reply)
        assert messages[1].data == "x"
        assert isinstance(messages[2], Broken)
        assert len(messages) == 3

    def test_speech_results_pass(self) -> None:
        [reply] = after_environment(b"200 result=1 (digit) digit=5 endpos=120\n")
        assert isinstance(reply, Reply)
        assert (reply.data, reply.endpos) == ("digit", 120)

    @pytest.mark.parametrize(
        "line",
        [
            b"",
            b"GET / HTTP/1.1",
            b"200",
            b"200 OK",
            b"200 result=1 (x)y",
            b"404 result=1",
            b"hangup",
            b"HANGUP ",
            b"\xff\xfe",
        ],
    )
    def test_anything_else_ends_the_session(self, line: bytes) -> None:
        assert only_breach(after_environment(line + b"\n")) is Breach.NOT_A_REPLY

    def test_nothing_is_read_after_a_breach(self) -> None:
        reader = AgiReader()
        assert len(reader.feed(b"garbage\n\n200 result=0\n")) == 1
        assert reader.feed(arrival()) == []


class TestLimits:
    def test_a_megabyte_without_newline(self) -> None:
        assert only_breach(AgiReader().feed(b"x" * 1_000_000)) is Breach.LINE_TOO_LONG
        assert only_breach(after_environment(b"x" * 1_000_000)) is Breach.LINE_TOO_LONG

    def test_a_line_too_long_in_pieces(self) -> None:
        reader = AgiReader()
        messages = [one for _ in range(100) for one in reader.feed(b"y" * 1000)]
        assert only_breach(messages) is Breach.LINE_TOO_LONG

    def test_a_line_just_within_the_limit_passes(self) -> None:
        limits = Limits()
        line = b"200 result=1 (" + b"v" * (limits.line - 15) + b")"
        assert len(line) == limits.line
        [reply] = after_environment(line + b"\n")
        assert isinstance(reply, Reply)
        assert only_breach(after_environment(b"v" + line + b"\n")) is Breach.LINE_TOO_LONG

    def test_ten_thousand_header_lines(self) -> None:
        lines = b"".join(b"agi_x%d: 1\n" % number for number in range(10_000))
        assert only_breach(AgiReader().feed(lines)) is Breach.ENVIRONMENT_TOO_LONG

    def test_an_environment_of_few_but_huge_lines(self) -> None:
        lines = b"".join(b"agi_x%d: %s\n" % (number, b"v" * 10_000) for number in range(10))
        assert only_breach(AgiReader().feed(lines)) is Breach.ENVIRONMENT_TOO_LONG

    def test_a_usage_block_without_end(self) -> None:
        block = b"520-Invalid command syntax.\n" + b"more and more\n" * 10_000
        assert only_breach(after_environment(block)) is Breach.USAGE_TOO_LONG

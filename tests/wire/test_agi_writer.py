"""What Asterisk would read from a line is exactly what was meant, whatever the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.agi.arguments import Raw, join_arguments, key_set, variable_name
from telephony.agi.wire import MAX_COMMAND, UnfitCommand, encode_command, split_command

pytestmark = pytest.mark.wire

SENDABLE = st.text(
    st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=200
)
AWKWARD = st.text(st.sampled_from('"\\ \t,()$a{}'), max_size=40)


def asterisk_reads(line: bytes) -> list[bytes]:
    """parse_args of Asterisk's res_agi, followed step by step, on bytes."""
    words: list[bytearray] = []
    quoted = escaped = False
    whitespace = True
    for code in line.removesuffix(b"\n"):
        char = bytes([code])
        if char == b'"' and not escaped:
            quoted = not quoted
            if quoted and whitespace:
                words.append(bytearray())
                whitespace = False
            escaped = False
            continue
        if char in b" \t" and not quoted and not escaped:
            whitespace = True
            continue
        if char == b"\\" and not escaped:
            escaped = True
            continue
        if whitespace:
            words.append(bytearray())
            whitespace = False
        words[-1] += char
        escaped = False
    return [bytes(word) for word in words]


@given(st.lists(SENDABLE | AWKWARD, max_size=6))
def test_asterisk_reads_back_what_was_meant(arguments: list[str]) -> None:
    line = encode_command(["SET VARIABLE", *arguments])
    assert asterisk_reads(line) == [b"SET", b"VARIABLE", *(one.encode() for one in arguments)]


@given(st.lists(SENDABLE | AWKWARD, max_size=6))
def test_our_own_splitting_reads_the_same(arguments: list[str]) -> None:
    line = encode_command(["EXEC", *arguments])
    assert split_command(line.decode().removesuffix("\n")) == ["EXEC", *arguments]


@given(AWKWARD)
def test_any_line_is_split_as_asterisk_splits_it(line: str) -> None:
    assert [one.encode() for one in split_command(line)] == asterisk_reads(line.encode())


@given(st.text(max_size=60))
def test_one_command_is_one_line_or_nothing(text: str) -> None:
    try:
        line = encode_command(["SET VARIABLE", "A", text])
    except UnfitCommand:
        return
    assert line.count(b"\n") == 1
    assert b"\r" not in line
    assert b"\0" not in line


@pytest.mark.parametrize("bad", ["a\nHANGUP", "a\rb", "a\0b", "\ud800"])
def test_text_that_would_become_two_commands_is_refused(bad: str) -> None:
    with pytest.raises(UnfitCommand):
        encode_command(["SET VARIABLE", "A", bad])


@pytest.mark.parametrize("verb", ["", "stream file", "STREAM  FILE", 'NOOP "x"', "NOOP\n", " NOOP"])
def test_a_verb_is_capital_words_and_nothing_else(verb: str) -> None:
    with pytest.raises(UnfitCommand):
        encode_command([verb])


def test_a_line_longer_than_asterisk_reads_is_refused() -> None:
    room = MAX_COMMAND - len('SET VARIABLE "A" ""')
    assert len(encode_command(["SET VARIABLE", "A", "x" * room])) == MAX_COMMAND + 1
    with pytest.raises(UnfitCommand):
        encode_command(["SET VARIABLE", "A", "x" * (room + 1)])
    with pytest.raises(UnfitCommand):
        encode_command(["SET VARIABLE", "A", "王" * (room // 2)])


def test_numbers_are_written_as_they_are() -> None:
    assert encode_command(["WAIT FOR DIGIT", 500]) == b'WAIT FOR DIGIT "500"\n'


def test_application_arguments_are_joined_by_commas() -> None:
    assert join_arguments(("PJSIP/101", "14.9^3", "gm(default)")) == "PJSIP/101,14.9^3,gm(default)"
    assert join_arguments(("a", Raw("b,c&d"), 5)) == "a,b,c&d,5"
    assert join_arguments(()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "101,,U(sub)",
        "101&PJSIP/102",
        'a"b',
        "a\\,b",
        "${SHELL(id)}",
        "$[1+1]",
        "gm(default",
        "a)b(",
        "a\nb",
        "x;y",
    ],
)
def test_text_that_would_become_more_arguments_is_refused(text: str) -> None:
    with pytest.raises(UnfitCommand):
        join_arguments(("PJSIP/x", text))


@pytest.mark.parametrize("name", ["CTLDONE", "__TR_OFFER", "CHANNEL(language)", "CALLERID(num)"])
def test_variables_and_plain_functions_have_names(name: str) -> None:
    assert variable_name(name) == name


@pytest.mark.parametrize("name", ["", "A B", "A=B", "SHELL(rm -rf /)", "${A}", "A(B(C))", "1A"])
def test_other_text_names_no_variable(name: str) -> None:
    with pytest.raises(UnfitCommand):
        variable_name(name)


def test_keys_are_those_of_a_telephone() -> None:
    assert key_set("0123456789*#ABCD") == "0123456789*#ABCD"
    with pytest.raises(UnfitCommand):
        key_set("12x")

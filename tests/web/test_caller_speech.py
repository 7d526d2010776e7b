"""What a caller's page may say to Asterisk: calls under its own name, and nothing else."""

import pytest

from runtime.web.caller_speech import MOST_BYTES, CallerSpeech, NotACall

pytestmark = pytest.mark.unit

MASK = b"\x11\x22\x33\x44"
OWN = "<sip:page-1@threering.invalid>;tag=a1"
LOG_IN = 'Digest algorithm=MD5, username="page-1", realm="asterisk", response="0"'


def frame(said: bytes, first: int = 0x81) -> bytes:
    """As a browser sends it (RFC 6455, 5.2)."""
    size = len(said)
    long = size > 125
    head = bytes([first, 0x80 | (126 if long else size)]) + (size.to_bytes(2, "big") * long)
    return head + MASK + bytes(byte ^ MASK[place % 4] for place, byte in enumerate(said))


def message(
    first: str = "INVITE sip:+864008001234@threering.invalid SIP/2.0",
    *more: str,
    sender: str = OWN,
    body: str = "v=0\r\n",
    length: int | None = None,
) -> bytes:
    size = len(body.encode()) if length is None else length
    lines = [first, f"From: {sender}", "Call-ID: 1", *more, f"Content-Length: {size}", "", body]
    return "\r\n".join(lines).encode()


def passes(said: bytes) -> bool:
    sent = frame(said)
    try:
        return CallerSpeech("page-1").feed(sent) == sent
    except NotACall:
        return False


@pytest.mark.parametrize(
    "said",
    [
        message(),
        message(body="a" * 5_000),
        message("ACK sip:asterisk@127.0.0.1:5060;transport=ws SIP/2.0", body=""),
        message("BYE sip:asterisk@127.0.0.1 SIP/2.0", body=""),
        message("CANCEL sip:1001@threering.invalid SIP/2.0", body=""),
        message("SIP/2.0 200 OK", sender="<sip:asterisk@127.0.0.1>;tag=b", body=""),
        message("INVITE sip:1@h SIP/2.0", f"Authorization: {LOG_IN}"),
        message("INVITE sip:1@h SIP/2.0", "X-Name: 王芳"),
        b"\r\n\r\n",
        b"",
    ],
)
def test_what_a_call_needs_is_handed_on_as_it_came(said: bytes) -> None:
    assert passes(said)


@pytest.mark.parametrize(
    "said",
    [
        # Other things than a call.
        message("REGISTER sip:threering.invalid SIP/2.0"),
        message("SUBSCRIBE sip:d8001@threering.invalid SIP/2.0"),
        message("MESSAGE sip:d8001@threering.invalid SIP/2.0"),
        message("REFER sip:d8001@threering.invalid SIP/2.0"),
        message("PUBLISH sip:d8001@threering.invalid SIP/2.0"),
        message("invite sip:1@h SIP/2.0"),
        message("INVITE tel:+864008001234 SIP/2.0"),
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "您好".encode(),
        b"\xff\xfe\r\n\r\n",
        # Somebody else's name, in every place it could be read.
        message(sender="<sip:d8001@threering.invalid>;tag=a"),
        message(sender="<sip:page-11@threering.invalid>;tag=a"),
        message(sender="sip:d8001@h <sip:page-1@h>"),
        message(sender='"x" <sip:d8001@h>;y="<sip:page-1@h>"'),
        message(sender="<sip:page-1@h><sip:d8001@h>"),
        message("INVITE sip:1@h SIP/2.0", "From: <sip:d8001@h>;tag=b"),
        message("INVITE sip:1@h SIP/2.0", "f: <sip:d8001@h>;tag=b"),
        message("INVITE sip:1@h SIP/2.0", "FROM : <sip:d8001@h>;tag=b"),
        message(
            "INVITE sip:1@h SIP/2.0",
            LOG_IN.replace("page-1", "d8001").join(["Authorization: ", ""]),
        ),
        message("INVITE sip:1@h SIP/2.0", 'Proxy-Authorization: Digest username="d8001"'),
        message("INVITE sip:1@h SIP/2.0", 'Authorization: Digest username="page-1", username="d8"'),
        message("INVITE sip:1@h SIP/2.0", "Authorization: Digest username=d8001"),
        # A second message behind the first.
        message(length=0),
        message(body="", length=0) + message("REGISTER sip:h SIP/2.0"),
        message("INVITE sip:1@h SIP/2.0", "l: 0"),
        message("INVITE sip:1@h SIP/2.0", "X: a\n b"),
        message("INVITE sip:1@h SIP/2.0", " folded"),
        message("INVITE sip:1@h SIP/2.0", "X: \0"),
        b"INVITE sip:1@h SIP/2.0\r\nFrom: " + OWN.encode(),
    ],
)
def test_anything_else_ends_the_connection(said: bytes) -> None:
    assert not passes(said)


@pytest.mark.parametrize(
    "sent",
    [
        frame(message(), 0x01),  # a part of a message
        frame(message(), 0xC1),  # packed
        frame(message(), 0x82),  # bytes
        frame(message(), 0x80),
        bytes([0x81, 0x05]) + b"hello",  # unmasked
        frame(message(body="a" * MOST_BYTES)),
        bytes([0x81, 0xFF]) + (1 << 40).to_bytes(8, "big"),
    ],
)
def test_frames_no_browser_of_ours_sends_end_it(sent: bytes) -> None:
    with pytest.raises(NotACall):
        CallerSpeech("page-1").feed(sent)


def test_nothing_of_a_frame_goes_on_before_it_is_whole_at_whatever_place_it_is_cut() -> None:
    sent = frame(message()) + frame(b"", 0x89) + frame(b"\r\n\r\n") + frame(message(body="x" * 300))
    ends = {0, len(frame(message()))}
    for cut in range(len(sent)):
        speech = CallerSpeech("page-1")
        first = speech.feed(sent[:cut])
        assert sent.startswith(first)
        assert first + speech.feed(sent[cut:]) == sent
        if cut in ends:
            assert len(first) == cut
    speech = CallerSpeech("page-1")
    assert b"".join(speech.feed(sent[at : at + 1]) for at in range(len(sent))) == sent


def test_a_bad_message_behind_a_good_one_goes_nowhere() -> None:
    speech = CallerSpeech("page-1")
    bad = frame(message("REGISTER sip:h SIP/2.0"))
    assert speech.feed(bad[:20]) == b""
    with pytest.raises(NotACall):
        speech.feed(bad[20:])

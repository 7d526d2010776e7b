"""What a robot does, as values, and the SIPp scenario that does it. Pure."""

from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

# --- a phone: what it does with a call that comes in ---------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Rings at once, is lifted ``after_s`` seconds later, talks until the caller goes or
    ``talk_s`` is over (0: never hangs up itself)."""

    after_s: float = 1.0
    talk_s: float = 0.0
    alert_s: float = 0.0
    """Silence before the 180."""
    presses: str = ""
    """Keys, one a second from a second after lifting, as SIP INFO."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RingsOut:
    """Rings and is never lifted."""

    alert_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuses:
    """Rings for ``after_s`` seconds (0: not at all), then refuses: 486 busy, 603 declined, 480 do
    not disturb."""

    code: int = 603
    after_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaysSilent:
    """Says 100 and then nothing: a push that wakes nobody."""


Behaviour = Answers | RingsOut | Refuses | StaysSilent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sometimes:
    """One of several behaviours: each is tried in turn, with its chance of what is left."""

    choices: tuple[tuple[float, Behaviour], ...]


# --- a caller: what it does from the greeting on -------------------------------------------


@dataclass(frozen=True, slots=True)
class Wait:
    seconds: float


@dataclass(frozen=True, slots=True)
class Press:
    """They arrive from about a second later on, five a second."""

    keys: str


@dataclass(frozen=True, slots=True)
class Speak:
    """Send this WAV (8 kHz, ulaw, raw) over and over from now on."""

    file: str


@dataclass(frozen=True, slots=True)
class StayUntilHungUp:
    """Wait for the other side to end it; after ``at_most_s`` hang up oneself."""

    at_most_s: float


@dataclass(frozen=True, slots=True)
class HangUp:
    pass


LEAVE = "INFO"
"""The request by which our maker tells whoever is connected to hang up now."""
CallerStep = Wait | Press | Speak | StayUntilHungUp | HangUp

_REASONS = {486: "Busy Here", 603: "Decline", 480: "Temporarily Unavailable", 487: "Cancelled"}

_SDP_TEXT = """v=0
      o=robot 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio {port} RTP/AVP 0 96
      a=rtpmap:0 PCMU/8000
      a=rtpmap:96 telephone-event/8000
      a=fmtp:96 0-15
      a=sendrecv"""
# 96 is the payload type SIPp's play_dtmf always uses. It sends keys and audio from two ports, and
# Asterisk believes the one it was told until the other has been heard for a while: a caller presses
# first and speaks afterwards.
_PRESSING = _SDP_TEXT.format(port="[auto_media_port]")
_SPEAKING = _SDP_TEXT.format(port="[rtpstream_audio_port]")

_TO_CALL = """[last_Via:]
      [last_From:]
      [last_To:];tag=[call_number]
      [last_Call-ID:]"""


def _send(body: str, attributes: str = "") -> str:
    return f"  <send{attributes}><![CDATA[\n      {body}\n  ]]></send>\n"


def _reply(code: int, reason: str, extra: str = "Content-Length: 0\n", cseq: str = "") -> str:
    cseq = cseq or "[last_CSeq:]"
    return _send(f"SIP/2.0 {code} {reason}\n      {_TO_CALL}\n      {cseq}\n      {extra}\n")


def _log(word: str, about: str = "") -> str:
    return f"  <nop><action>{_logging(word, about)}</action></nop>\n"


def _logging(word: str, about: str = "") -> str:
    line = quoteattr(f"{word} [call_id] {about} [clock_tick] [timestamp]")
    return f"<log message={line}/>"


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


CONTACT = "Contact: <sip:robot@[local_ip]:[local_port]>"
INVITE_CSEQ = "CSeq: [$cseq] INVITE"


_IN_TALK = (
    "{method} [$uri] SIP/2.0\n      Via: SIP/2.0/[transport] [local_ip]:[local_port];"
    "branch=[branch]\n      From:[$me];tag=[call_number]\n      To:[$them]\n"
    "      [last_Call-ID:]\n      CSeq: {cseq} {method}\n      Max-Forwards: 70\n"
)
"""What a phone asks of Asterisk while it talks."""


def phone(behaviour: Behaviour | Sometimes, audio: str) -> str:
    """A phone that treats every call so. ``audio``: raw ulaw it speaks while talking."""
    choices = behaviour.choices if isinstance(behaviour, Sometimes) else ((1.0, behaviour),)
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="phone">\n',
        '  <recv request="INVITE"><action>\n'
        '    <ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/>\n'
        '    <ereg regexp=".+" search_in="hdr" header="From:" assign_to="them"/>\n'
        '    <ereg regexp=".+" search_in="hdr" header="To:" assign_to="me"/>\n'
        '    <ereg regexp="sip:[^>]+" search_in="hdr" header="Contact:" assign_to="uri"/>\n'
        # Here and not in a step of its own: SIPp takes about a millisecond to each step.
        f"    {_logging('called')}\n"
        "  </action></recv>\n",
        '  <Reference variables="cseq,them,me,uri"/>\n',
        _reply(100, "Trying"),
    ]
    for number, (chance, _) in enumerate(choices[:-1], start=1):
        out.append(f'  <nop next="way{number}" chance="{chance}"/>\n')
    last = len(choices)
    out.append(f'  <nop next="way{last}"/>\n')
    for number, (_, way) in enumerate(choices, start=1):
        out.append(f'  <label id="way{number}"/>\n')
        out.append(_way(way, number, audio))
    out += [
        '  <label id="cancelled"/>\n',
        _log("cancelled"),
        _reply(200, "OK"),
        _reply(487, "Request Terminated", cseq=INVITE_CSEQ),
        '  <recv request="ACK" timeout="5000" ontimeout="end"/>\n',
        '  <nop next="end"/>\n',
        '  <label id="bye"/>\n',
        _log("released"),
        _reply(200, "OK"),
        '  <label id="end"/>\n  <nop/>\n</scenario>\n',
    ]
    return "".join(out)


def _way(way: Behaviour, number: int, audio: str) -> str:
    match way:
        case StaysSilent():
            return _until_cancelled()
        case RingsOut(alert_s=alert_s):
            return _alert(alert_s, number) + _until_cancelled()
        case Refuses(code=code, after_s=after_s):
            ring = _alert(0.0, number) + _ring(after_s, f"no{number}") if after_s else ""
            return (
                f'{ring}  <label id="no{number}"/>\n'
                + _log("refused")
                + _reply(code, _REASONS[code])
                + '  <recv request="ACK" timeout="5000" ontimeout="end"/>\n  <nop next="end"/>\n'
            )
        case Answers(after_s=after_s, talk_s=talk_s, alert_s=alert_s, presses=presses):
            return (
                _alert(alert_s, number)
                + _ring(after_s, f"up{number}")
                + f'  <label id="up{number}"/>\n'
                + _lift(audio, number)
                + "".join(_press(key, f"k{number}n{n}", n) for n, key in enumerate(presses, 1))
                + _talk(talk_s, number, len(presses) + 1)
            )


def _alert(alert_s: float, number: int) -> str:
    wait = _ring(alert_s, f"alert{number}") if alert_s else ""
    return (
        f'{wait}  <label id="alert{number}"/>\n'
        + _reply(180, "Ringing")
        + _log("rang", "[last_Request_URI]")
    )


def _ring(seconds: float, then: str) -> str:
    """Be silent or ring for so long, unless cancelled."""
    return (
        f'  <recv request="CANCEL" timeout="{_ms(seconds)}" ontimeout="{then}" next="cancelled"/>\n'
    )


def _until_cancelled() -> str:
    return '  <recv request="CANCEL" timeout="120000" ontimeout="end" next="cancelled"/>\n'


def _lift(audio: str, number: int) -> str:
    body = f"Content-Type: application/sdp\n      Content-Length: [len]\n\n      {_SPEAKING}"
    sdp = f"{CONTACT}\n      {body}"
    # No <nop> here: SIPp takes a BYE that comes during one for a mistake.
    begin = f"<action>{_logging('lifted')}{_speaking(Speak(audio))}</action></recv>\n"
    return (
        _send(
            f"SIP/2.0 200 OK\n      {_TO_CALL}\n      {INVITE_CSEQ}\n      {sdp}\n",
            ' retrans="500"',
        )
        # A CANCEL that crossed our answer came too late, and changes nothing.
        + '  <recv request="CANCEL" optional="true" timeout="5000" ontimeout="end"'
        f' next="late{number}"/>\n  <recv request="ACK" next="talk{number}">{begin}'
        f'  <label id="late{number}"/>\n'
        + _reply(200, "OK")
        + f'  <recv request="ACK" timeout="5000" ontimeout="end">{begin}'
        f'  <label id="talk{number}"/>\n'
    )


def _press(key: str, label: str, cseq: int) -> str:
    return (
        f'  <recv request="BYE" timeout="1000" ontimeout="{label}" next="bye"/>\n'
        f'  <label id="{label}"/>\n'
        + _send(
            _IN_TALK.format(method="INFO", cseq=cseq)
            + "      Content-Type: application/dtmf-relay\n      Content-Length: [len]\n\n"
            f"      Signal={key}\n      Duration=160\n",
            ' retrans="500"',
        )
        + '  <recv response="200" timeout="2000" ontimeout="end"/>\n'
    )


def _talk(talk_s: float, number: int, cseq: int) -> str:
    wait, then = (_ms(talk_s), f"over{number}") if talk_s else (7_200_000, "end")
    return (
        f'  <recv request="{LEAVE}" optional="true" timeout="{wait}" ontimeout="{then}"'
        f' next="over{number}"/>\n  <recv request="BYE" next="bye"/>\n'
        f'  <label id="over{number}"/>\n'
        + _log("hung-up")
        + _send(_IN_TALK.format(method="BYE", cseq=cseq) + "      Content-Length: 0\n")
        + '  <recv response="200" timeout="5000" ontimeout="end"/>\n  <nop next="end"/>\n'
    )


# --- callers -------------------------------------------------------------------------------


def caller(
    steps: tuple[CallerStep, ...],
    dial: str,
    number: str,
    name: str = "",
    secret: str = "",
    ear: int = 0,
    by_info: bool = False,
) -> str:
    """A caller from ``number`` who dials ``dial`` and then does ``steps``, in order. With a
    ``secret`` it is one of our own devices, ``number`` is its id, and it logs in for the call.
    ``ear``: the port it wants its audio at, when that is none of SIPp's. ``by_info``: keys as SIP
    INFO instead of RTP, which SIPp can send only with the right to raw sockets."""
    shown = f'"{name}" ' if name else ""
    head = (
        "      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"      From: {shown}<sip:{number}@[local_ip]:[local_port]>;tag=[pid]r[call_number]\n"
    )
    presses = any(isinstance(step, Press) for step in steps)
    media = _SDP_TEXT.format(port=ear) if ear else _PRESSING if presses else _SPEAKING
    sdp = f"Content-Type: application/sdp\n      Content-Length: [len]\n\n      {media}"
    to = f"To: <sip:{dial}@[remote_ip]:[remote_port]>"

    def invite(cseq: int, proof: str = "") -> str:
        return _send(
            f"INVITE sip:{dial}@[remote_ip]:[remote_port] SIP/2.0\n{head}      {to}\n"
            f"      Call-ID: [call_id]\n      CSeq: {cseq} INVITE\n{proof}"
            f"      {CONTACT}\n      Max-Forwards: 70\n      {sdp}\n",
            ' retrans="500"',
        )

    def acknowledge(target: str, cseq: int) -> str:
        return _send(
            f"ACK {target} SIP/2.0\n{head}      [last_To:]\n      Call-ID: [call_id]\n"
            f"      CSeq: {cseq} ACK\n      Max-Forwards: 70\n      Content-Length: 0\n"
        )

    out = ['<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="caller">\n', invite(1)]
    if secret:
        out += [
            '  <recv response="100" optional="true"/>\n  <recv response="401" auth="true"/>\n',
            acknowledge(f"sip:{dial}@[remote_ip]:[remote_port]", 1),
            invite(2, f"      [authentication username={number} password={secret}]\n"),
        ]
    # What is done at once is done before the ACK: SIPp takes a BYE that comes during a <nop>, as
    # that of a house which hangs up on everybody may, for a mistake.
    begins = ""
    if steps and isinstance(steps[0], Speak):
        begins, steps = _speaking(steps[0]), steps[1:]
    out += [
        '  <recv response="100" optional="true"/>\n  <recv response="180" optional="true"/>\n'
        '  <recv response="183" optional="true"/>\n  <recv response="200" rrs="true"><action>\n'
        '    <ereg regexp=".+" search_in="hdr" header="To:" assign_to="them"/>\n'
        f"    {_logging('connected')}{begins}\n  </action></recv>\n",
        acknowledge("[next_url]", 2 if secret else 1),
    ]
    out += [
        _pressed_by_info(step, number, head)
        if by_info and isinstance(step, Press)
        else _caller_step(step, number)
        for number, step in enumerate(steps)
    ]
    out += [
        '  <label id="leave"/>\n',
        _log("left"),
        _send(
            f"BYE [next_url] SIP/2.0\n{head}      To:[$them]\n      Call-ID: [call_id]\n"
            "      CSeq: 9999 BYE\n      Max-Forwards: 70\n      Content-Length: 0\n",
            ' retrans="500"',
        ),
        '  <recv response="200" timeout="5000" ontimeout="end"/>\n  <nop next="end"/>\n',
        '  <label id="bye"/>\n',
        _log("released"),
        _reply(200, "OK"),
        '  <label id="end"/>\n  <nop/>\n</scenario>\n',
    ]
    return "".join(out)


def _caller_step(step: CallerStep, number: int) -> str:
    match step:
        case Wait(seconds=seconds):
            return _or_released(seconds, f"s{number}") + f'  <label id="s{number}"/>\n'
        case Press(keys=keys):
            # SIPp goes on at once, begins to send after about a second, and forgets what it has not
            # sent when the next is to be played. One key takes 100 ms and 100 ms of silence.
            press = f'  <nop><action><exec play_dtmf="{keys}"/></action></nop>\n'
            wait = _or_released(1.0 + 0.25 * len(keys), f"s{number}")
            wait += f'  <label id="s{number}"/>\n'
            return _log(f"pressed-{keys.replace('#', 'hash').replace('*', 'star')}") + press + wait
        case Speak():
            return f"  <nop><action>{_speaking(step)}</action></nop>\n"
        case StayUntilHungUp(at_most_s=at_most_s):
            return _or_released(at_most_s, "leave")
        case HangUp():
            return '  <nop next="leave"/>\n'


def _pressed_by_info(step: Press, number: int, head: str) -> str:
    """One INFO a key, in the order of their numbers."""
    out = [_log(f"pressed-{step.keys.replace('#', 'hash').replace('*', 'star')}")]
    for place, key in enumerate(step.keys):
        label = f"i{number}n{place}"
        out.append(
            _send(
                f"INFO [next_url] SIP/2.0\n{head}      To:[$them]\n      Call-ID: [call_id]\n"
                f"      CSeq: {10 + 40 * number + place} INFO\n      Max-Forwards: 70\n"
                "      Content-Type: application/dtmf-relay\n      Content-Length: [len]\n\n"
                f"      Signal={key}\n      Duration=160\n",
                ' retrans="500"',
            )
            + '  <recv response="200" timeout="2000" ontimeout="leave"/>\n'
            + _or_released(0.25, label)
            + f'  <label id="{label}"/>\n'
        )
    return "".join(out)


def _speaking(step: Speak) -> str:
    return f'<exec rtp_stream="{step.file},-1,0"/>'


def _or_released(seconds: float, then: str) -> str:
    """Unless the other side hangs up meanwhile, or our maker says that it is time to leave."""
    return (
        f'  <recv request="{LEAVE}" optional="true" timeout="{_ms(seconds)}" ontimeout="{then}"'
        ' next="leave"/>\n  <recv request="BYE" next="bye"/>\n'
    )


def leave(call: str) -> bytes:
    """The datagram that tells a caller, or a phone in a talk, to leave this call (its Call-ID)."""
    lines = [
        f"{LEAVE} sip:robot SIP/2.0",
        "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-leave",
        "From: <sip:maker@127.0.0.1>;tag=maker",
        "To: <sip:robot@127.0.0.1>;tag=robot",
        f"Call-ID: {call}",
        f"CSeq: 9 {LEAVE}",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def register(expires_s: int) -> str:
    """Registers every line of a CSV: device;[authentication ...]."""
    head = (
        "REGISTER sip:[remote_ip]:[remote_port] SIP/2.0\n"
        "      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        "      From: <sip:[field0]@[remote_ip]:[remote_port]>;tag=[pid]r[call_number]\n"
        "      To: <sip:[field0]@[remote_ip]:[remote_port]>\n"
        "      Call-ID: [call_id]\n"
        "      Contact: <sip:[field0]@[local_ip]:[local_port]>\n"
    )
    tail = f"      Max-Forwards: 70\n      Expires: {expires_s}\n      Content-Length: 0\n"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="register">\n'
        + _send(f"{head}      CSeq: 1 REGISTER\n{tail}", ' retrans="500"')
        + '  <recv response="100" optional="true"/>\n  <recv response="401" auth="true"/>\n'
        + _send(f"{head}      CSeq: 2 REGISTER\n      [field1]\n{tail}", ' retrans="500"')
        + '  <recv response="100" optional="true"/>\n  <recv response="200"/>\n</scenario>\n'
    )

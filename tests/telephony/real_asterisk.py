"""A real Asterisk, a scripted controller on its AGI port, and SIPp callers, for tests.

The callers come from 127.0.0.2, which is the address of the only trunk, ``line``.
"""

import os
import socket
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from calls.ids import EdgeId
from telephony.asterisk.ports import free_ports
from telephony.asterisk.root import AsteriskRoot, find_root
from telephony.asterisk.settings import AsteriskSettings, DeviceLogin, Rescue
from telephony.asterisk.trunk import Trunk, TrunkKind

VAR = Path(__file__).parents[2] / "var"
CALLERS = "127.0.0.2"
LINE = Trunk(name="line", kind=TrunkKind.ADDRESS, host=CALLERS, qualify_s=0)

CALLER = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
<send retrans="500"><![CDATA[
INVITE sip:{called}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "{name}" <sip:{number}@[local_ip]:[local_port]>;tag=[pid]-[call_number]
To: <sip:{called}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
Contact: <sip:{number}@[local_ip]:[local_port]>
Max-Forwards: 70
{headers}Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="200">
<action><exec rtp_stream="{voice},-1,0"/></action>
</recv>
<send><![CDATA[
ACK sip:{called}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: "{name}" <sip:{number}@[local_ip]:[local_port]>;tag=[pid]-[call_number]
To: <sip:{called}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Contact: <sip:{number}@[local_ip]:[local_port]>
Max-Forwards: 70
Content-Length: 0

]]></send>
<recv request="BYE" timeout="{patience_ms}"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
</scenario>
"""


def root() -> AsteriskRoot:
    """The Asterisk of this checkout; the error says what to run when there is none."""
    return find_root(VAR)


def settings_in(
    folder: Path, *, rescue: Rescue | None = None, devices: tuple[DeviceLogin, ...] = ()
) -> AsteriskSettings:
    """An Asterisk on free ports of loopback, in ``folder``."""
    sip, ami, http, agi, rtp = free_ports(5)
    rtp = min(rtp, 65000) & ~1
    return AsteriskSettings(
        edge=EdgeId("test"),
        folder=folder / "asterisk",
        prompts_folder=folder / "prompts",
        recordings_folder=folder / "recordings",
        ami_secret="a-secret-of-tests",
        sip_port=sip,
        ami_port=ami,
        http_port=http,
        agi_port=agi,
        rtp_first=rtp,
        rtp_last=rtp + 200,
        trunks=(LINE,),
        devices=devices,
        rescue=rescue or Rescue(),
    )


def call(
    settings: AsteriskSettings,
    folder: Path,
    *,
    called: str = "8000",
    number: str = "13812345678",
    name: str = "Caller",
    headers: str = "",
    patience_s: float = 20,
    source: str = CALLERS,
) -> "subprocess.Popen[bytes]":
    """A caller who speaks until the other side hangs up; exit status 0 when it did in time."""
    voice = folder / "voice.ulaw"
    if not voice.exists():  # a square wave: anything that is no silence
        voice.write_bytes((b"\x10" * 20 + b"\x90" * 20) * 200)
    scenario = folder / f"caller-{len(list(folder.iterdir()))}.xml"
    scenario.write_text(
        CALLER.format(
            called=called,
            number=number,
            name=name,
            headers=headers,
            voice=voice,
            patience_ms=int(patience_s * 1000),
        ),
        encoding="utf-8",
    )
    local, *spare = free_ports(4)
    media = next(port for port in spare if port % 2 == 0 or port - 1 != local) & ~1
    return subprocess.Popen(
        [
            *("sipp", "-sf", str(scenario), "-i", source, "-p", str(local), "-m", "1"),
            *("-mp", str(media), "-nostdin"),
            *("-timeout", str(int(patience_s) + 5), "-timeout_error"),
            *("-trace_err", "-error_file", str(folder / "caller-errors.txt")),
            f"127.0.0.1:{settings.sip_port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=os.environ | {"TERM": "dumb"},
    )


def finished(caller: "subprocess.Popen[bytes]", limit_s: float = 30) -> int:
    """The caller's exit status; kills one that never ends, whose status then is negative."""
    try:
        return caller.wait(limit_s)
    except subprocess.TimeoutExpired:
        caller.kill()
        return caller.wait()


@dataclass
class AgiLine:
    """The controller's end of one FastAGI connection."""

    link: socket.socket
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.link.settimeout(20)
        self._lines = self.link.makefile("rb")
        while line := self._lines.readline().decode().rstrip("\r\n"):
            key, _, value = line.partition(": ")
            self.environment[key] = value

    def ask(self, command: str) -> str:
        self.link.sendall(command.encode() + b"\n")
        return self._lines.readline().decode().strip()

    def variable(self, name: str) -> str:
        answer = self.ask(f"GET VARIABLE {name}")
        return answer[answer.index("(") + 1 : answer.rindex(")")] if "(" in answer else ""

    def close(self) -> None:
        self._lines.close()
        self.link.close()


class ScriptedController:
    """Listens on the AGI port and plays one script a connection, the last one again and again."""

    def __init__(self, port: int, *scripts: Callable[[AgiLine], None]) -> None:
        self.environments: list[dict[str, str]] = []
        self.errors: list[Exception] = []
        self._scripts = scripts
        self._socket = socket.create_server(("127.0.0.1", port))
        self._socket.settimeout(0.1)
        self._open = True
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "ScriptedController":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        self._thread.join()
        self._socket.close()
        if self.errors:
            raise self.errors[0]

    def _serve(self) -> None:
        while self._open:
            try:
                link, _ = self._socket.accept()
            except TimeoutError:
                continue
            try:
                line = AgiLine(link)
                script = self._scripts[min(len(self.environments), len(self._scripts) - 1)]
                self.environments.append(line.environment)
                script(line)
                line.close()
            except Exception as error:
                self.errors.append(error)
                link.close()


def serve_and_leave(line: AgiLine) -> None:
    """A session that ends as it should."""
    line.ask('SET VARIABLE CTLDONE "1"')


def crash(line: AgiLine) -> None:
    """A session whose controller dies: the socket closes and nothing was set."""

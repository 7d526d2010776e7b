"""A real Asterisk, a scripted controller on its AGI port, and SIPp callers, for tests.

The callers come from 127.0.0.2, which is the address of the only trunk, ``line``.
"""

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
from telephony.robots import sipp
from telephony.robots.scenario import Speak, StayUntilHungUp
from telephony.robots.sipp import Robot, Switch

VAR = Path(__file__).parents[2] / "var"
CALLERS = sipp.CALLERS_ADDRESS
LINE = Trunk(name="line", kind=TrunkKind.ADDRESS, host=CALLERS, qualify_s=0)


def root() -> AsteriskRoot:
    """The Asterisk of this checkout; the error says what to run when there is none."""
    return find_root(VAR)


def settings_in(
    folder: Path, *, rescue: Rescue | None = None, devices: tuple[DeviceLogin, ...] = ()
) -> AsteriskSettings:
    """An Asterisk on free ports of loopback, in ``folder``."""
    sip, ami, http, agi = free_ports(4)
    return AsteriskSettings(
        edge=EdgeId("test"),
        folder=folder / "asterisk",
        prompts_folder=folder / "prompts",
        recordings_folder=folder / "recordings",
        ami_secret="a-secret-of-tests",
        http_secret="another-of-tests",
        sip_port=sip,
        ami_port=ami,
        http_port=http,
        agi_port=agi,
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
    patience_s: float = 20,
    source: str = CALLERS,
) -> Robot:
    """A caller who speaks until the other side hangs up, or her patience is over."""
    voice = folder / "voice.ulaw"
    if not voice.exists():  # a square wave: anything that is no silence
        voice.write_bytes((b"\x10" * 20 + b"\x90" * 20) * 200)
    sip_port, rtp_port = free_ports(2)
    return sipp.callers(
        folder / f"caller-{sip_port}",
        Switch("127.0.0.1", settings.sip_port),
        (Speak(str(voice)), StayUntilHungUp(patience_s)),
        dial=called,
        number=number,
        name=name,
        sip_port=sip_port,
        rtp_port=rtp_port,
        address=source,
    )


def hung_up_on(caller: Robot, limit_s: float = 30) -> bool:
    """Whether the other side ended the call; waits for that, and ends a caller who never gets
    there."""
    try:
        caller.ended(limit_s)
    except subprocess.TimeoutExpired:
        caller.stop()
    return any(line.word == "released" for line in caller.log())


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

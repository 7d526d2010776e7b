"""SIPp processes: robots that were started and can be stopped, and what they logged.

Each gets a folder of its own for scenario, log and errors; ports are given by the caller.
"""

import contextlib
import os
import socket
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from telephony.robots import scenario
from telephony.robots.scenario import Behaviour, CallerStep, Sometimes

EXPIRES_S = 3600


_ENDS_WITH_US = ("setpriv", "--pdeathsig", "KILL")
"""A robot whose maker was killed must not go on calling."""


class RobotFailed(RuntimeError):
    """SIPp would not start or ended with an error; carries what it printed."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One line a robot logged: what, in which call, when (seconds since the epoch)."""

    word: str
    call: str
    at: float
    line: str = ""
    """Which telephone, where one robot is many (``rang`` alone says it)."""


@dataclass(frozen=True, slots=True)
class Switch:
    """The Asterisk the robots talk to."""

    host: str
    sip_port: int


class Robot:
    """One running SIPp."""

    def __init__(
        self, folder: Path, process: subprocess.Popen[bytes], address: tuple[str, int]
    ) -> None:
        """``address``: where it speaks SIP."""
        self.folder = folder
        self._process = process
        self._address = address

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def ended(self, timeout_s: float) -> int:
        """Wait for it to finish by itself. SIPp: 0 all calls as scripted, 1 some were not. Raises
        TimeoutExpired."""
        return self._process.wait(timeout_s)

    def hang_up(self) -> None:
        """Have callers who are connected, and phones that were lifted, hang up now."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wink:
            for line in self.log():
                if line.word in ("connected", "lifted"):
                    wink.sendto(scenario.leave(line.call), self._address)

    def stop(self) -> None:
        """End at once, saying nothing: its calls hear no more of it."""
        if self.running:
            self._process.kill()
        self._process.wait()

    def log(self) -> list[Logged]:
        """What has been logged so far, oldest first."""
        lines: list[Logged] = []
        for file in sorted(self.folder.glob("*_logs.log")):
            for line in file.read_text(errors="replace").splitlines():
                words = line.split()
                if len(words) >= 5:
                    lines.append(_logged(words))
        return lines

    def complaints(self) -> str:
        """What SIPp says went otherwise than scripted."""
        return "".join(f.read_text(errors="replace") for f in self.folder.glob("*_errors.log"))


def _logged(words: list[str]) -> Logged:
    line = words[2].removeprefix("sip:").partition("@")[0] if words[2].startswith("sip:") else ""
    return Logged(words[0], words[1], float(words[-1]), line)


PHONES_ADDRESS = "127.0.0.1"
CALLERS_ADDRESS = "127.0.0.2"
"""Callers come from a trunk, which Asterisk knows by address: not the one the phones are at."""


def _sipp(folder: Path, xml: str, arguments: Sequence[str], at: tuple[str, int]) -> Robot:
    """``at``: the address and port where it speaks SIP."""
    address, port = at
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "scenario.xml"
    file.write_text(xml, encoding="utf-8")
    command = [
        *_ENDS_WITH_US,
        "sipp",
        *arguments,
        *("-sf", str(file), "-nostdin", "-trace_logs", "-trace_err"),
        *("-default_behaviors", "all", "-i", address, "-mi", address, "-p", str(port)),
    ]
    # On a busy machine its own watchdog would otherwise end a long run.
    command += ["-watchdog_minor_maxtriggers", "1000000", "-watchdog_major_maxtriggers", "1000000"]
    process = subprocess.Popen(
        [*command, "-skip_rlimit"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return Robot(folder, process, at)


def phones(
    folder: Path,
    behaviour: Behaviour | Sometimes,
    *,
    sip_port: int,
    rtp_port: int,
    audio: Path,
    address: str = PHONES_ADDRESS,
) -> Robot:
    """Phones listening on ``sip_port``, as many calls at once as come, until stopped. At
    CALLERS_ADDRESS they are the world beyond the trunk."""
    xml = scenario.phone(behaviour, str(audio))
    return _sipp(folder, xml, ["-mp", str(rtp_port), "-aa"], (address, sip_port))


def register(
    folder: Path,
    switch: Switch,
    logins: Iterable[tuple[str, str]],
    *,
    sip_port: int,
    expires_s: int = EXPIRES_S,
) -> None:
    """Register devices, (device, secret) each, from the very port their phones will listen on:
    Asterisk trusts the address a registration came from. ``expires_s`` 0 takes them off again.
    Start the phones afterwards. Raises RobotFailed when one is refused."""
    lines = ["SEQUENTIAL"]
    lines += [
        f"{device};[authentication username={device} password={secret}]"
        for device, secret in logins
    ]
    folder.mkdir(parents=True, exist_ok=True)
    users = folder / "users.csv"
    users.write_text("\n".join(lines) + "\n")
    count = str(len(lines) - 1)
    arguments = [f"{switch.host}:{switch.sip_port}", "-inf", str(users)]
    arguments += ["-m", count, "-r", "50", "-timeout", "20"]
    robot = _sipp(folder, scenario.register(expires_s), arguments, (PHONES_ADDRESS, sip_port))
    if robot.ended(30) != 0:
        raise RobotFailed(f"a phone could not register: {robot.complaints()[-800:]}")


def callers(
    folder: Path,
    switch: Switch,
    steps: tuple[CallerStep, ...],
    *,
    dial: str,
    number: str = "13800000001",
    numbers: Sequence[str] = (),
    name: str = "",
    calls: int = 1,
    rate: float = 1.0,
    at_once: int = 0,
    sip_port: int,
    rtp_port: int,
    secret: str = "",
    ear: int = 0,
    address: str = "",
) -> Robot:
    """Place ``calls`` calls, ``rate`` new ones a second, at most ``at_once`` at a time. With a
    ``secret`` they come from our own device ``number`` instead of from the trunk, else from
    ``address`` when it is given. ``ear``: a UDP
    port of the maker's that is to get what the caller hears. ``numbers``: who calls, in turn."""
    arguments = [f"{switch.host}:{switch.sip_port}", "-mp", str(rtp_port)]
    arguments += ["-m", str(calls), "-r", str(rate), "-l", str(at_once or calls)]
    if numbers:
        number = "[field0]"
        folder.mkdir(parents=True, exist_ok=True)
        who = folder / "numbers.csv"
        who.write_text("\n".join(["SEQUENTIAL", *(f"{one};" for one in numbers)]) + "\n")
        arguments += ["-inf", str(who)]
    raw_sockets = os.geteuid() == 0
    xml = scenario.caller(steps, dial, number, name, secret, ear, by_info=not raw_sockets)
    address = PHONES_ADDRESS if secret else address or CALLERS_ADDRESS
    return _sipp(folder, xml, arguments, (address, sip_port))


def stop_all(robots: Iterable[Robot]) -> None:
    for robot in robots:
        with contextlib.suppress(ProcessLookupError):
            robot.stop()

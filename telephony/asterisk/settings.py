"""What one Asterisk of ours is told: checked, frozen values.

Every text in them ends in a configuration file or a dial string, so each is held to a closed
alphabet here; nothing later needs to quote. Errors are ValueError with a sentence for the site.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from calls.ids import DeviceId, EdgeId
from calls.text import is_web_caller
from telephony.asterisk.peer import Peer
from telephony.asterisk.trunk import Trunk, must_match

_EDGE = re.compile(r"[a-z0-9]{1,20}")
_DEVICE = re.compile(r"(?!trunk-|edge-|page-)[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_PAGE = re.compile(r"page-[0-9]{1,4}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{8,128}")
_ADDRESS = re.compile(r"[0-9A-Fa-f.:]{2,45}")
_HOST_PORT = re.compile(r"[A-Za-z0-9.-]{1,253}:[0-9]{1,5}")
_TURN_WORD = re.compile(r"[\x21-\x3a\x3c-\x7e]{1,128}")
_ZONE = re.compile(r"[a-z]{2}")
_MODULE = re.compile(r"[a-z0-9_]{3,60}\.so")
_STATIC_CONTACT = re.compile(r"sip:[A-Za-z0-9_.+-]+@[A-Za-z0-9.-]+:[0-9]{2,5}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_FOLDER = re.compile(r"/[\w./ +@=-]*")
_SYSTEM_FOLDERS = ("/usr", "/etc", "/dev", "/proc", "/sys", "/run", "/lib", "/bin", "/sbin")
USER = "threering"
"""What the controller is called at Asterisk's doors (manager.conf, ari.conf)."""
TEST_CALLER = DeviceId("selftest")
"""The device that test calls come from; belongs to no agent."""
TEST_NUMBER = "99900000001"
"""What test calls show: nobody's number."""
MAX_RUN_PATH = 90
"""A unix socket's path ends at 107 bytes, and Asterisk puts ``run/asterisk.ctl`` behind ours."""


def must_be_device(id_: DeviceId, secret: str, number: str) -> None:
    """Raises ValueError for what no device of Asterisk's may be called or know."""
    must_match(_DEVICE, id_, "device id")
    must_match(_SECRET, secret, f"secret of device {id_}", show=False)
    if number:
        must_match(_NUMBER, number, f"number of device {id_}")


def must_be_page(id_: DeviceId, secret: str, caller: str) -> None:
    """Raises ValueError for what no caller's line may be called or know."""
    must_match(_PAGE, id_, "id of a caller's line")
    must_match(_SECRET, secret, f"secret of line {id_}", show=False)
    if not is_web_caller(caller):
        raise ValueError(f"{caller!r} is no name of a web caller")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLogin:
    """One telephone: one endpoint with one contact."""

    id: DeviceId
    secret: str = field(repr=False)
    static_contact: str = ""
    """``sip:name@host:port`` of a phone that does not register; '' for one that does."""
    number: str = ""
    """The number this device shows when it calls; '' shows none."""
    qualify_s: int = 30
    """Ask a phone that often whether it is still there; 0: never."""

    def __post_init__(self) -> None:
        must_be_device(self.id, self.secret, self.number)
        if self.static_contact:
            must_match(_STATIC_CONTACT, self.static_contact, f"contact of device {self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescue:
    """What the dialplan does for a caller when no controller serves her."""

    apology: str = "sorry"
    """A prompt: a name under the prompts folder, without extension."""
    voicemail: bool = True
    voicemail_max_s: int = 120
    fallback_trunk: str = ""
    fallback_number: str = ""
    """Already written as that trunk wants it; dialled instead of voicemail when given."""
    give_up_after: int = 15
    """So many times in a row no controller was there, then rescue. A lap is ``music_s``."""
    crashes: int = 20
    """So many controllers lost during one call, then rescue: that call may be what kills them."""
    music_s: float = 2.0
    """Music between two attempts to reach the controller."""
    unattended_s: int = 120
    """A controller that never moves a call's time limit forward loses the call after this."""

    def __post_init__(self) -> None:
        must_match(re.compile(r"[A-Za-z0-9][A-Za-z0-9_./-]{0,79}"), self.apology, "rescue apology")
        if bool(self.fallback_trunk) != bool(self.fallback_number):
            raise ValueError("rescue: a fallback needs both a trunk and a number")
        if self.fallback_number:
            must_match(_NUMBER, self.fallback_number, "rescue fallback number")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSettings:
    """One Asterisk. ``folder`` is its own: configuration, logs, spool and run files live there,
    and appear at the same absolute path inside its enclosure, as do prompts and recordings."""

    edge: EdgeId
    folder: Path
    prompts_folder: Path
    recordings_folder: Path
    ami_secret: str = field(repr=False)
    http_secret: str = field(default="", repr=False)
    """'' closes Asterisk's HTTP interface, and with it browsers' telephones."""
    bind: str = "127.0.0.1"
    sip_port: int = 5060
    ami_port: int = 5038
    http_port: int = 8088
    agi_host: str = "127.0.0.1"
    agi_port: int = 4573
    rtp_first: int = 10000
    rtp_last: int = 20000
    zone: str = "cn"
    media_address: str = ""
    """Where media reaches this machine from outside, when that is not ``bind``."""
    stun: str = ""
    """``host:port``; '' for none, as with TURN."""
    turn: str = ""
    turn_user: str = ""
    turn_secret: str = field(default="", repr=False)
    devices: tuple[DeviceLogin, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    peers: tuple[Peer, ...] = ()
    """The other edges."""
    page_numbers: tuple[str, ...] = ()
    """What callers on a web page may dial; none: there are no such callers."""
    rescue: Rescue = field(default_factory=Rescue)
    extra_modules: tuple[str, ...] = ()
    """More modules to load, ``name.so``; their own files may lie in ``etc`` or ``local``."""

    def __post_init__(self) -> None:
        must_match(_EDGE, self.edge, "edge")
        must_match(_SECRET, self.ami_secret, "AMI secret", show=False)
        must_match(_ADDRESS, self.bind, "bind address")
        must_match(_ADDRESS, self.agi_host, "address of the controller")
        must_match(_ZONE, self.zone, "tone zone")
        if self.http_secret:
            must_match(_SECRET, self.http_secret, "HTTP secret", show=False)
        if self.media_address:
            must_match(_ADDRESS, self.media_address, "media address")
        for name in ("stun", "turn"):
            if getattr(self, name):
                must_match(_HOST_PORT, getattr(self, name), f"{name} server")
        if self.turn:
            must_match(_TURN_WORD, self.turn_user, "TURN user")
            must_match(_TURN_WORD, self.turn_secret, "TURN secret", show=False)
        for number in self.page_numbers:
            must_match(_NUMBER, number, "called number")
        for module in self.extra_modules:
            must_match(_MODULE, module, "module")
        for name in ("folder", "prompts_folder", "recordings_folder"):
            _check_folder(name, getattr(self, name))
        if len(str(self.folder / "run").encode()) > MAX_RUN_PATH:
            raise ValueError(f"folder: {self.folder} is too long for Asterisk's control socket")
        self._check_ports()
        self._check_names()

    @property
    def voicemail_folder(self) -> Path:
        """Where the rescue context leaves messages, as ``<channel id>.wav``."""
        return self.recordings_folder / "rescue"

    @property
    def cel_file(self) -> Path:
        """The calls as Asterisk itself wrote them (telephony.cel reads it)."""
        return self.folder / "log" / "cel" / "events.csv"

    def _check_ports(self) -> None:
        for name in ("sip_port", "ami_port", "http_port", "agi_port", "rtp_first", "rtp_last"):
            if not 1024 <= getattr(self, name) <= 65535:
                raise ValueError(f"{name}: {getattr(self, name)} is not between 1024 and 65535")
        if self.rtp_last - self.rtp_first < 10:
            raise ValueError("rtp_first, rtp_last: fewer than ten RTP ports")

    def _check_names(self) -> None:
        for what, names in (
            ("device", [str(d.id) for d in self.devices]),
            ("trunk", [t.name for t in self.trunks]),
        ):
            twice = {n for n in names if names.count(n) > 1}
            if twice:
                raise ValueError(f"{what} {', '.join(sorted(twice))} is defined twice")
        fallback = self.rescue.fallback_trunk
        if fallback and fallback not in {t.name for t in self.trunks}:
            raise ValueError(f"rescue: there is no trunk {fallback}")


def _check_folder(name: str, folder: Path) -> None:
    text = str(folder)
    must_match(_FOLDER, text, name)
    if ".." in folder.parts or folder == Path("/"):
        raise ValueError(f"{name}: {text} must be a plain absolute path")
    if any(folder.is_relative_to(system) for system in _SYSTEM_FOLDERS):
        raise ValueError(f"{name}: {text} lies in a folder of the system")

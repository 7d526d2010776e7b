"""``threering.yaml``: where this hotline lives, what it listens on, what it may use.

Safe as it comes: everything on 127.0.0.1, ports that need no root, one process, one SQLite file.
Every key may be left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers

from calls.ids import EdgeId
from calls.words import Language
from config.section import Override, Section
from recordings.whereabouts import Bucket

FILE = "threering.yaml"
MIN_RTP_PORTS = 10
TIME_ZONE = "Asia/Shanghai"
RING_CYCLES_S: Mapping[str, float] = {
    "cn": 5.0,
    "de": 5.0,
    "jp": 3.0,
    "tw": 5.0,
    "uk": 3.0,
    "us": 6.0,
}
"""Ringback cycle of a tone zone, from Asterisk's indications.conf; with an Asterisk at hand its
own file knows more zones (telephony.asterisk.cadence.ring_cycles)."""

RINGS: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "cn": ((1000, 4000), (450,)),
    "de": ((1000, 4000), (425,)),
    "jp": ((1000, 2000), (400,)),
    "tw": ((1000, 4000), (440, 480)),
    "uk": ((400, 200, 400, 2000), (400, 450)),
    "us": ((2000, 4000), (440, 480)),
}
"""How a telephone rings there: milliseconds on and off in turn, and the tones in hertz."""

ENVIRONMENT: Mapping[str, str] = {
    "THREERING_EDGE": "edge",
    "THREERING_DATA": "data",
    "THREERING_ZONE": "zone",
    "THREERING_ROLES": "roles",
    "THREERING_DATABASE_URL": "database.url",
    "THREERING_REDIS_URL": "redis.url",
    "THREERING_DEPLOYMENT": "redis.deployment",
    "THREERING_ADDRESS": "listen.address",
    "THREERING_SIP_PORT": "listen.sip_port",
    "THREERING_AMI_PORT": "listen.ami_port",
    "THREERING_AGI_PORT": "listen.agi_port",
    "THREERING_ASTERISK_HTTP_PORT": "listen.asterisk_http_port",
    "THREERING_RTP_FIRST": "listen.rtp_first",
    "THREERING_RTP_LAST": "listen.rtp_last",
    "THREERING_WEB_ADDRESS": "web.address",
    "THREERING_WEB_PORT": "web.port",
    "THREERING_TLS_ADDRESS": "web.tls_address",
    "THREERING_TLS_PORT": "web.tls_port",
}
"""Environment variables that stand in place of a key of the file; empty ones count as absent."""


_EDGE, _EDGE_RIGHT = r"[a-z0-9]{1,20}", "lower-case letters and digits"
_ORIGIN = r"https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?"
_ENDPOINT = r"(https?://[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[1-9][0-9]{0,4})?)?"
_PREFIX = r"([A-Za-z0-9][A-Za-z0-9._-]{0,60}(/[A-Za-z0-9][A-Za-z0-9._-]{0,60}){0,4})?"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"


class ProcessRole(StrEnum):
    """What a process does; one process does all by default."""

    EDGE = "edge"
    BRAIN = "brain"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class EdgeAddress:
    """Where the Asterisk of an edge takes SIP from the other edges."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Listen:
    address: str
    """For SIP and media."""
    sip_port: int
    rtp_first: int
    rtp_last: int
    ami_port: int
    agi_port: int
    asterisk_http_port: int
    """AMI, FastAGI and Asterisk's HTTP are always on 127.0.0.1."""


@dataclass(frozen=True, slots=True)
class Media:
    """How browsers' telephones find their way to Asterisk's media."""

    address: str
    """Where media reaches this machine from outside; '': at ``listen.address``."""
    stun: str
    """``host:port``, '' for none; so with TURN."""
    turn: str
    turn_user: str
    turn_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Web:
    address: str
    port: int
    """Plain HTTP."""
    threads: int
    tls_address: str
    tls_port: int
    """HTTPS and WSS; 0: none."""
    certificate: Path | None
    """PEM, the chain with it; None: one made at the first start."""
    key: Path | None
    callers: bool
    """Whether anybody may call the hotline from the page /call."""
    callers_at_once: int
    caller_origins: tuple[str, ...]
    """Other sites whose pages may carry that page: ``https://shop.example.com``."""


@dataclass(frozen=True, slots=True)
class AudioPlace:
    """Where recorded audio is kept."""

    encrypt: bool
    key_file: Path
    store: Bucket | None
    """None: on this machine's disk alone."""


@dataclass(frozen=True, slots=True)
class Limits:
    callers: int
    """On line at once; one more is refused by the dialplan's rescue, not queued for ever."""
    call_s: float
    """A call longer than this has been forgotten by somebody."""
    look_up_s: float
    voicemail_s: float
    tree_steps: int
    """Steps one call may take in its tree without waiting for the caller."""
    cel_days: int
    """How long what Asterisk itself wrote of calls is kept after it has been dealt with."""
    floor_days: int
    """How long the engine's decisions are kept, to be explained and replayed."""


@dataclass(frozen=True, slots=True)
class Settings:
    edge: EdgeId
    region: str
    """ISO 3166 country of the centre: how its callers' numbers are read."""
    area_code: str
    zone: str
    """Tone zone of Asterisk: the length of a ring."""
    ring_cycle_s: float
    time_zone: str
    languages: tuple[Language, ...]
    """The first is the one spoken until the caller chooses."""
    roles: tuple[ProcessRole, ...]
    data: Path
    """Absolute. Database, journal, audio and the provisioned Asterisk live below it."""
    database_url: str
    journal: Path
    redis_url: str
    """'': one process, no Redis."""
    deployment: str
    """Names this hotline's keys in Redis: the same in all its processes."""
    edges: dict[EdgeId, EdgeAddress]
    """Every edge of the hotline, this one included; empty where there is one alone."""
    listen: Listen
    media: Media
    web: Web
    piper_voices: dict[Language, Path]
    calendar: str
    """The calendar that counts where nobody names one."""
    emergency: bool
    """The emergency switch's position at the first start; afterwards people switch it."""
    limits: Limits
    audio: AudioPlace


def overrides_from(environment: Mapping[str, str]) -> dict[str, Override]:
    """Values the environment puts in place of keys of the file, by path."""
    return {
        path: Override(name, environment[name])
        for name, path in ENVIRONMENT.items()
        if environment.get(name)
    }


def read_settings(
    top: Section, folder: Path, ring_cycles_s: Mapping[str, float] = RING_CYCLES_S
) -> Settings:
    """Every mistake is noted in the section's problems; the result counts only without any.
    ``folder``: the absolute folder of the file; relative paths in it start there."""
    zone, cycle_s = _zone(top, ring_cycles_s)
    data = (folder / top.text("data", str(folder.parent))).resolve()
    journal, database_url, redis_url, deployment = _stores(top, data)
    calendar, emergency = _hours(top.section("hours"))
    settings = Settings(
        edge=EdgeId(top.text("edge", "main", _EDGE, _EDGE_RIGHT)),
        region=_region(top),
        area_code=top.text("area_code", "", r"[1-9][0-9]{0,4}|", "digits, without the leading 0"),
        zone=zone,
        ring_cycle_s=cycle_s,
        time_zone=_time_zone(top),
        languages=top.choices("languages", Language, (Language.ZH, Language.EN)),
        roles=top.choices("roles", ProcessRole, tuple(ProcessRole)),
        data=data,
        database_url=database_url,
        journal=journal,
        redis_url=redis_url,
        deployment=deployment,
        edges=_edges(top.section("edges")),
        listen=_listen(top.section("listen")),
        media=_media(top.section("media")),
        web=_web(top.section("web"), folder),
        piper_voices=_voices(top.section("speech"), folder),
        calendar=calendar,
        emergency=emergency,
        limits=_limits(top.section("limits")),
        audio=_audio(top.section("recordings"), folder, data),
    )
    _each_port_once(top, settings)
    _roles_that_go_together(top, settings)
    top.finish()
    return settings


def _zone(top: Section, cycles: Mapping[str, float]) -> tuple[str, float]:
    zone = top.text("zone", "cn")
    if zone not in cycles:
        top.refuse("zone", f"tone zone {zone!r} is not known", f"choose one of {_list(cycles)}")
    return zone, cycles.get(zone, 5.0)


def _region(top: Section) -> str:
    region = top.text("region", "CN")
    if region not in phonenumbers.SUPPORTED_REGIONS:
        right = "write the country's two capital letters, as CN"
        top.refuse("region", f"{region!r} is no country with telephones", right)
    return region


def _time_zone(top: Section) -> str:
    name = top.text("time_zone", TIME_ZONE)
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        top.refuse("time_zone", f"{name!r} is no time zone", f"write it as {TIME_ZONE}")
        return TIME_ZONE
    return name


def _stores(top: Section, data: Path) -> tuple[Path, str, str, str]:
    database, redis, journal = top.section("database"), top.section("redis"), top.section("journal")
    right = "write sqlite:////path/to/file.db or postgresql://user:password@host/name"
    url = database.text(
        "url", f"sqlite:///{data / 'threering.db'}", r"(sqlite:////|postgresql://).+", right
    )
    right = "write redis://host:6379/0, or nothing for one process without Redis"
    redis_url = redis.text("url", "", r"((rediss?|unix)://.+)?", right)
    right = "lower-case letters and digits"
    deployment = redis.text("deployment", "hotline", r"[a-z0-9]{1,20}", right)
    file = data / journal.text("file", "journal.db")
    for section in (database, redis, journal):
        section.finish()
    return file, url, redis_url, deployment


def _edges(section: Section) -> dict[EdgeId, EdgeAddress]:
    found: dict[EdgeId, EdgeAddress] = {}
    names = section.names_matching(_EDGE, "no name of an edge", _EDGE_RIGHT)
    for name in names:
        one = section.section(name)
        host = one.text("host", None, _HOST, "write its address or name")
        found[EdgeId(name)] = EdgeAddress(host, one.whole("port", 5060, 1, 65535))
        one.finish()
    section.finish()
    return found


def _listen(section: Section) -> Listen:
    listen = Listen(
        address=_address(section),
        sip_port=_port(section, "sip_port", 5060),
        rtp_first=_port(section, "rtp_first", 10000),
        rtp_last=_port(section, "rtp_last", 10999),
        ami_port=_port(section, "ami_port", 5038),
        agi_port=_port(section, "agi_port", 4573),
        asterisk_http_port=_port(section, "asterisk_http_port", 8088),
    )
    if listen.rtp_last - listen.rtp_first < MIN_RTP_PORTS:
        wrong = f"only ports {listen.rtp_first} to {listen.rtp_last} for media"
        section.refuse("rtp_last", wrong, "a talk takes four; leave room for as many as you expect")
    section.finish()
    return listen


def _media(section: Section) -> Media:
    right = "write host:port, as stun.example.net:3478"
    server = r"([A-Za-z0-9.-]{1,253}:[0-9]{1,5})?"
    word = r"[\x21-\x3a\x3c-\x7e]{0,128}"
    media = Media(
        address=section.text("address", "", r"[0-9A-Fa-f.:]*", "write an IP address"),
        stun=section.text("stun", "", server, right),
        turn=section.text("turn", "", server, right),
        turn_user=section.text("turn_user", "", word, "printable characters, no space"),
        turn_secret=section.text("turn_secret", "", word, "printable characters, no space"),
    )
    if media.turn and not (media.turn_user and media.turn_secret):
        wrong = "a TURN server without user and secret"
        section.refuse("turn", wrong, "give turn_user, turn_secret")
    section.finish()
    return media


def _web(section: Section, folder: Path) -> Web:
    certificate, key = section.text("certificate", ""), section.text("key", "")
    if bool(certificate) != bool(key):
        section.refuse("certificate", "certificate and key belong together", "give both or none")
    for name, file in (("certificate", certificate), ("key", key)):
        if file and not (folder / file).is_file():
            section.refuse(name, f"there is no file {folder / file}", "give a PEM file")
    web = Web(
        address=_address(section),
        port=_port(section, "port", 8300),
        threads=section.whole("threads", 8, 1, 64),
        tls_address=_address(section, "tls_address"),
        tls_port=section.whole("tls_port", 8343, 0, 65535),
        certificate=(folder / certificate).resolve() if certificate else None,
        key=(folder / key).resolve() if key else None,
        callers=section.flag("callers", False),
        callers_at_once=section.whole("callers_at_once", 20, 1, 500),
        caller_origins=section.texts(
            "caller_origins", (), _ORIGIN, "write scheme and host, as https://shop.example.com"
        ),
    )
    section.finish()
    return web


def _voices(section: Section, folder: Path) -> dict[Language, Path]:
    piper = section.section("piper")
    voices: dict[Language, Path] = {}
    for language in Language:
        if file := piper.text(language.value, ""):
            voices[language] = (folder / file).resolve()
            if not voices[language].is_file():
                wrong = f"there is no file {voices[language]}"
                piper.refuse(language.value, wrong, "give the .onnx file of a Piper voice")
    piper.finish()
    section.finish()
    return voices


def _hours(section: Section) -> tuple[str, bool]:
    calendar = section.text("calendar", "office", r"[a-z0-9][a-z0-9_-]{0,39}", "a calendar's name")
    emergency = section.flag("emergency", False)
    section.finish()
    return calendar, emergency


def _limits(section: Section) -> Limits:
    limits = Limits(
        callers=section.whole("callers", 500, 1, 10_000),
        call_s=section.seconds("call_s", 4 * 3600.0, 60.0),
        look_up_s=section.seconds("look_up_s", 0.3, 0.0, 2.0),
        voicemail_s=section.seconds("voicemail_s", 180.0, 5.0, 1800.0),
        tree_steps=section.whole("tree_steps", 200, 10, 10_000),
        cel_days=section.whole("cel_days", 7, 1, 3_650),
        floor_days=section.whole("floor_days", 30, 1, 3_650),
    )
    section.finish()
    return limits


def _audio(section: Section, folder: Path, data: Path) -> AudioPlace:
    key_file = section.text("key_file", "")
    place = AudioPlace(
        encrypt=section.flag("encrypt", True),
        key_file=(folder / key_file).resolve() if key_file else data / "recording-keys",
        store=_bucket(section.section("store")),
    )
    section.finish()
    return place


def _bucket(section: Section) -> Bucket | None:
    default = Bucket(bucket="")
    word = r"[\x21-\x7e]{0,200}"
    bucket = Bucket(
        bucket=section.text("bucket", "", r"([a-z0-9][a-z0-9.-]{1,62})?", "a bucket's name"),
        endpoint=section.text("endpoint", "", _ENDPOINT, "as https://store.example.com:9000"),
        region=section.text("region", default.region, r"[a-z0-9-]{1,40}", "as us-east-1"),
        access_key=section.text("access_key", "", word, "printable characters, no space"),
        secret_key=section.text("secret_key", "", word, "printable characters, no space"),
        prefix=section.text("prefix", "", _PREFIX, "as audio/main"),
        by_host=section.flag("by_host", False),
    )
    section.finish()
    return bucket if bucket.bucket else None


def _address(section: Section, key: str = "address") -> str:
    address = section.text(key, "127.0.0.1")
    try:
        ip_address(address)
    except ValueError:
        right = "write an IP address: 127.0.0.1 for this machine only, 0.0.0.0 for every network"
        section.refuse(key, f"{address!r} is no IP address", right)
    return address


def _port(section: Section, key: str, default: int) -> int:
    return section.whole(key, default, 1024, 65535)


def _each_port_once(top: Section, settings: Settings) -> None:
    listen, web = settings.listen, settings.web
    taken: dict[int, str] = {}
    for name, port in (
        ("listen.ami_port", listen.ami_port),
        ("listen.agi_port", listen.agi_port),
        ("listen.asterisk_http_port", listen.asterisk_http_port),
        ("web.port", web.port),
        ("web.tls_port", web.tls_port),
    ):
        if port in taken:
            right = "give each its own port"
            top.refuse_at(name, f"port {port} is already {taken[port]}", right)
        taken.setdefault(port, name)
    if listen.rtp_first <= listen.sip_port <= listen.rtp_last:
        wrong = f"port {listen.sip_port} lies among the media ports"
        top.refuse_at("listen.sip_port", wrong, "choose one outside rtp_first to rtp_last")


def _roles_that_go_together(top: Section, settings: Settings) -> None:
    roles = settings.roles
    if top.is_refused("roles"):
        return
    apart = not {ProcessRole.EDGE, ProcessRole.BRAIN} <= set(roles)
    if apart and not settings.redis_url:
        top.refuse("roles", "edge and brain are apart", "give redis.url, the same to all")


def _list(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))

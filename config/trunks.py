"""``trunks.yaml``: SIP trunks, which tree a called number opens, what may be dialled out, and where
callers go when no controller serves them.
"""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from calls.calendar import Hours, WorkCalendar
from calls.ids import TreeId
from config.floor import NAME, NAME_RIGHT
from config.outbound import OutboundRoute, TrunkPlan
from config.section import Section, guess
from config.settings import Settings
from cti.numbers import NumberKind, read_number
from telephony.asterisk.settings import Rescue
from telephony.asterisk.trunk import DtmfMode, NumberForm, Trunk, TrunkKind

FILE = "trunks.yaml"
_TRUNK = r"[a-z0-9][a-z0-9-]{0,29}"
_PREFIX = r"\+?[0-9]{1,15}"
_CODECS = ("alaw", "ulaw", "g722", "opus")
ALWAYS = "00:00-24:00"


def read_trunks(
    top: Section, settings: Settings, calendars: Mapping[str, WorkCalendar]
) -> TrunkPlan:
    """Every mistake is noted in the section's problems; the result counts only without any.
    ``calendars``: those a route's hours may name."""
    group = top.section("trunks")
    right = "lower-case letters, digits and -, at most 30"
    names = group.names_matching(_TRUNK, "no name for a trunk", right)
    trunks = {name: t for name in names if (t := _trunk(name, group, settings))}
    plan = TrunkPlan(
        trunks=tuple(trunks.values()),
        numbers=_numbers(top.section("numbers"), settings),
        default_tree=TreeId(top.text("default_tree", "hotline", NAME, NAME_RIGHT)),
        routes=_routes(top.section("routes"), trunks, frozenset(names), settings, calendars),
        region=settings.region,
        area_code=settings.area_code,
        rescue=_rescue(top.section("rescue"), trunks, frozenset(names), settings),
        do_not_call=_do_not_call(top, settings),
    )
    top.finish()
    return plan


def _do_not_call(top: Section, settings: Settings) -> frozenset[str]:
    found = set()
    right = 'write numbers, as "+8613800000000"'
    for text in top.texts("do_not_call", (), r"\+?[0-9*#]{2,20}", right):
        read = read_number(text, settings.region, settings.area_code)
        if not read.can_be_dialled:
            top.refuse("do_not_call", f"{text!r} is no number", 'write it as "+8613800000000"')
        found.add(read.key)
    return frozenset(found)


def _trunk(name: str, group: Section, settings: Settings) -> Trunk | None:
    section = group.section(name)
    before = section.mistakes
    try:
        return Trunk(
            name=name,
            kind=section.choice("kind", TrunkKind, None),
            host=section.text("host", None, right="write the provider's name or address"),
            port=section.whole("port", 5060, 1, 65535),
            username=section.text("username", ""),
            secret=section.text("secret", ""),
            codecs=_codecs(section),
            dtmf_mode=section.choice("dtmf", DtmfMode, DtmfMode.RFC4733),
            number_form=section.choice("number_form", NumberForm, NumberForm.PLUS),
            country=settings.region,
            matches=_matches(section, settings),
            qualify_s=section.whole("qualify_s", 60, 0, 3600),
        )
    except ValueError as error:
        if section.mistakes == before:
            section.refuse("", str(error), "mend or remove this trunk")
        return None
    finally:
        section.finish()


def _matches(section: Section, settings: Settings) -> tuple[str, ...]:
    """Addresses are looked at before log-ins: one that is ours too would turn every phone of this
    machine, browsers included, into this trunk."""
    matches = section.texts("matches")
    ours = {ip_address(settings.listen.address), ip_address("127.0.0.1")}
    for text in matches or (section.text("host", ""),):
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            continue
        if any(address in network for address in ours):
            key = "matches" if matches else "host"
            right = "give the trunk an address of its own; on one machine, as 127.0.0.2"
            section.refuse(key, f"phones on this machine also come from {text}", right)
    return matches


def _rescue(
    section: Section, trunks: dict[str, Trunk], names: frozenset[str], settings: Settings
) -> Rescue:
    trunk = section.text("trunk", "")
    if trunk and trunk not in names:
        section.refuse("trunk", f"there is no trunk {trunk!r}", guess(trunk, names) or "add it")
    number = section.text("number", "")
    read = read_number(number, settings.region, settings.area_code)
    if number and not read.can_be_dialled:
        section.refuse("number", f"{number!r} is no number to dial", "write it as +86…")
    if bool(trunk) != bool(number):
        section.refuse("", "a fallback needs both a trunk and a number", "add the other")
    whole = trunk in trunks and bool(read.key)
    rescue = Rescue(
        voicemail=section.flag("voicemail", True),
        voicemail_max_s=section.whole("voicemail_max_s", 120, 5, 1800),
        fallback_trunk=trunk if whole else "",
        fallback_number=read.key if whole else "",
    )
    section.finish()
    return rescue


def _codecs(section: Section) -> tuple[str, ...]:
    codecs = section.texts(
        "codecs", ("alaw", "ulaw"), "|".join(_CODECS), f"choose from {', '.join(_CODECS)}"
    )
    if not codecs:
        section.refuse("codecs", "no codec is left", f"choose from {', '.join(_CODECS)}")
    return codecs


def _numbers(section: Section, settings: Settings) -> dict[str, TreeId]:
    trees: dict[str, TreeId] = {}
    written: dict[str, str] = {}
    for number in section.names():
        tree = TreeId(section.text(number, None, NAME, f"a tree's id: {NAME_RIGHT}"))
        read = read_number(number, settings.region, settings.area_code)
        if not read.can_be_dialled:
            right = "write it as callers dial it, or as +86…"
            section.refuse(number, f"{number!r} is no number of {settings.region}", right)
        elif read.key in trees:
            wrong = f"this is the same number as {written[read.key]!r}"
            section.refuse(number, wrong, "keep one of the two")
        trees.setdefault(read.key, tree)
        written.setdefault(read.key, number)
    return trees


def _routes(
    group: Section,
    trunks: Mapping[str, Trunk],
    names: frozenset[str],
    settings: Settings,
    calendars: Mapping[str, WorkCalendar],
) -> tuple[OutboundRoute, ...]:
    routes = []
    for name in group.names_matching(NAME, "no name for a route", NAME_RIGHT):
        section = group.section(name)
        trunk = section.text("trunk", None, right="name one of the trunks above")
        if trunk and trunk not in names:
            right = guess(trunk, names) or "add it under trunks"
            section.refuse("trunk", f"there is no trunk {trunk!r}", right)
        prefixes = _prefixes(section, "allow", required=True), _prefixes(section, "deny")
        hours = section.text("hours", ALWAYS)
        calendar = _calendar(section, hours, settings.time_zone, calendars)
        shown = _caller_number(section, settings)
        cap = section.whole("daily_cap", None, 1, 1_000_000)
        section.finish()
        if trunk in trunks:
            made = OutboundRoute(name, trunks[trunk], shown, *prefixes, calendar, hours, cap)
            routes.append(made)
    return tuple(routes)


def _prefixes(section: Section, key: str, *, required: bool = False) -> tuple[str, ...]:
    right = "list beginnings of numbers, as +8610 or +86138"
    if required and not section.has(key):
        section.refuse("", f"{key!r} is missing", right)
    return section.texts(key, (), _PREFIX, right)


def _caller_number(section: Section, settings: Settings) -> str:
    text = section.text("caller_number", "")
    read = read_number(text, settings.region, settings.area_code)
    if text and read.kind is not NumberKind.E164:
        section.refuse("caller_number", f"{text!r} is no public number", "write it as +86…")
    return read.e164


def _calendar(
    section: Section, hours: str, zone: str, calendars: Mapping[str, WorkCalendar]
) -> WorkCalendar | None:
    if hours == ALWAYS:
        return None
    if hours in calendars:
        return calendars[hours]
    try:
        opens, closes = hours.split("-")
        day = (Hours(opens=opens, closes=closes),)
        return WorkCalendar(zone=zone, weekly=(day,) * 7)
    except ValueError:
        right = guess(hours, calendars) or 'write "08:00-20:00", or a calendar\'s name'
        section.refuse("hours", f"{hours!r} are no hours", right)
        return None

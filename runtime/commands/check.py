"""`threering check`: is everything there that a hotline needs? Each line says what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from calls.clock import Clock
from config.calendars import alarms
from config.problems import ConfigRefused
from ivr.service import TreeBook
from ivr.speech.book import PromptBook
from ivr.sql_store import SqlTrees
from runtime.alarms.prompt_watch import lacking, named
from runtime.clock import WallClock
from runtime.phone_lines import tls_listen
from runtime.ready_to_open import check_doors, check_journal
from runtime.site import Site, open_site
from runtime.web.certificate import CertificateUnfit
from storage.database import Database
from storage.errors import StorageError
from storage.worker import Worker
from telephony.asterisk.ports import PortTaken
from telephony.asterisk.root import NoAsterisk

LEAST_DISK = 2 << 30
"""Bytes: a day of recordings of a small floor, and the journal's reserve."""
PROGRAMS = {
    "espeak-ng": "speaks the prompts; apt-get install espeak-ng",
    "sox": "makes prompts and recordings fit; apt-get install sox",
}
ROBOTS = "sipp"


@dataclass(frozen=True, slots=True)
class Line:
    what: str
    good: bool
    text: str
    """What was found, or what to do."""


def check(config: Path, clock: Clock, console: Console) -> int:
    """Print each finding; 0 when nothing stands in the way of opening, else 2."""
    bad = 0
    for line in findings(config, clock):
        mark = "[green]ok[/]" if line.good else "[red]--[/]"
        console.print(f"{mark}  [bold]{line.what}[/]  {escape(line.text)}", highlight=False)
        bad += not line.good
    return 2 if bad else 0


def findings(config: Path, clock: Clock) -> Iterator[Line]:
    try:
        site = open_site(config)
    except ConfigRefused as refused:
        for problem in refused.problems:
            yield Line("configuration", False, str(problem))
        return
    except (OSError, ValueError) as error:
        yield Line("configuration", False, str(error))
        return
    yield Line("configuration", True, f"{config} reads well")
    for look in _LOOKS:
        yield from look(site)
    yield from _prompts(site, clock)
    yield from _calendars(site, clock)


def _asterisk(site: Site) -> Iterator[Line]:
    try:
        root = site.asterisk_root()
        site.asterisk()
    except (NoAsterisk, ValueError) as error:
        yield Line("asterisk", False, str(error))
        return
    where = str(root.path) if root.enclosed else "the machine's own"
    yield Line("asterisk", True, f"{where}; runs in an enclosure with no privileges")


def _opening(site: Site) -> Iterator[Line]:
    try:
        check_doors(site)
    except (PortTaken, ValueError) as error:
        yield Line("ports", False, f"{error} (fine when this hotline is open)")
    else:
        yield Line("ports", True, "those of Asterisk, sessions and web are free")
    try:
        check_journal(site)
    except StorageError as error:
        yield Line("journal", False, f"{error} (fine when this hotline is open)")
    else:
        yield Line("journal", True, str(site.journal))


def _programs(site: Site) -> Iterator[Line]:
    for program, why in PROGRAMS.items():
        found = shutil.which(program)
        yield Line(program, bool(found), found or f"is missing; {why}")
    if not shutil.which(ROBOTS):
        yield Line(ROBOTS, True, "is not there: no demo and no test calls (sip-tester)")


def _disk(site: Site) -> Iterator[Line]:
    free = shutil.disk_usage(site.data).free
    text = f"{free >> 30} GiB free in {site.data}"
    yield Line("disk", free >= LEAST_DISK, text if free >= LEAST_DISK else f"only {text}")


def _database(site: Site) -> Iterator[Line]:
    database = Database(site.configuration.settings.database_url)
    try:
        database.migrate()
        yield Line("database", True, database.where)
    except StorageError as error:
        yield Line("database", False, str(error))
    finally:
        database.dispose()


def _prompts(site: Site, clock: Clock) -> Iterator[Line]:
    """Of every language: a caller hears another one, or nothing, in place of what is missing."""
    settings = site.configuration.settings
    database = Database(settings.database_url)
    try:
        book = TreeBook(SqlTrees(database))
        book.load()
        speech = PromptBook(site.prompts, clock, Worker(clock))
        lacks = lacking(speech, book.in_force(), settings.languages)
    except StorageError as error:
        yield Line("prompts", False, str(error))
        return
    finally:
        database.dispose()
    for language in settings.languages:
        ones = lacks.get(language, [])
        text = f"{len(ones)} are missing ({named(ones)}); run makes them" if ones else "all there"
        yield Line(f"prompts {language}", not ones, text)


def _trunks(site: Site) -> Iterator[Line]:
    plan = site.configuration.trunks
    if not plan.trunks:
        yield Line("trunks", True, "none yet: nobody outside can call; see trunks.yaml")
    for trunk in plan.trunks:
        way = "registers at" if trunk.secret else "is known by address at"
        yield Line(f"trunk {trunk.name}", True, f"{way} {trunk.host}:{trunk.port}")
    if not plan.routes:
        yield Line("outbound", True, "no route: nothing can be dialled out")


def _calendars(site: Site, clock: Clock) -> Iterator[Line]:
    raised = [alarm.text for alarm in alarms(site.configuration.calendars, clock.now()) if alarm.on]
    for text in raised:
        yield Line("calendar", False, text)
    if not raised:
        yield Line(
            "calendar", True, f"{len(site.configuration.calendars)} calendars are up to date"
        )


def _telephones(site: Site) -> Iterator[Line]:
    """What browsers' telephones need: media, servers that help them find it, encryption."""
    settings = site.configuration.settings
    listen, media, web = settings.listen, settings.media, settings.web
    where = media.address or listen.address
    ports = f"ports {listen.rtp_first} to {listen.rtp_last}"
    if ip_address(where).is_unspecified:
        text = f"at every address of this machine, {ports}; behind a router set media.address"
    else:
        text = f"at {where}, {ports}"
    yield Line("media", True, text)
    yield Line("stun", True, media.stun or "none: browsers must reach media.address directly")
    turn = f"{media.turn} as {media.turn_user}" if media.turn else "none"
    yield Line("turn", True, turn)
    if not web.tls_port:
        text = "none: only browsers on this very machine get a microphone; set web.tls_port"
        yield Line("https", True, text)
        return
    try:
        tls_listen(site, WallClock().now())
    except (CertificateUnfit, OSError) as error:
        yield Line("https", False, str(error))
        return
    made = "the site's certificate" if web.certificate else "a certificate made here, not trusted"
    yield Line("https", True, f"{web.tls_address} port {web.tls_port}, {made}")


_LOOKS: tuple[Callable[[Site], Iterator[Line]], ...] = (
    _asterisk,
    _opening,
    _programs,
    _disk,
    _database,
    _trunks,
    _telephones,
)

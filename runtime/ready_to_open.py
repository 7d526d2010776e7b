"""What must be true before a hotline is opened, asked by `run` and `check` alike: the ports its
processes will listen on are free, the journal is nobody else's, and there is room to write."""

import os
import shutil

from config.settings import ProcessRole
from runtime.site import Site
from storage.journal_file import lock
from telephony.asterisk.ports import check_port, check_ports

LEAST_ROOM = 128 << 20
"""Bytes: the journal's reserve, a busy hour of records and logs, and recordings to begin with."""


class NoRoom(OSError):
    """The disk is as good as full; the text says which."""


def check_doors(site: Site) -> None:
    """Every port that Asterisk, sessions and web will want. Raises PortTaken, ValueError."""
    settings = site.configuration.settings
    if ProcessRole.EDGE in settings.roles:
        check_ports(site.asterisk())
        check_port("listen.agi_port", "tcp", "127.0.0.1", settings.listen.agi_port)
    if ProcessRole.WEB in settings.roles:
        check_port("web.port", "tcp", settings.web.address, settings.web.port)
        if settings.web.tls_port:
            check_port("web.tls_port", "tcp", settings.web.tls_address, settings.web.tls_port)


def check_journal(site: Site) -> None:
    """Raises StorageError when another controller holds it, or it cannot be."""
    if ProcessRole.EDGE in site.configuration.settings.roles:
        os.close(lock(site.journal))


def check_room(site: Site) -> None:
    """Raises NoRoom."""
    free = shutil.disk_usage(site.data).free
    if free < LEAST_ROOM:
        raise NoRoom(
            f"there is no room in {site.data}: {free >> 20} MiB are free, at least"
            f" {LEAST_ROOM >> 20} are needed; make room, or set data in threering.yaml"
        )

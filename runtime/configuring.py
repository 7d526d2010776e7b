"""A saved document taken into force while the hotline runs, as far as it can be.

The file has been written by then: what cannot be done now is done by the next start.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from calls.floor import FloorSpec
from calls.ids import DeviceId
from calls.inputs import FloorConfigured
from calls.words import Language
from config.alarms import FILE as ALARMS
from config.asterisk import asterisk_settings
from config.calendars import FILE as CALENDARS
from config.floor import FILE as FLOOR
from config.floor import device_logins
from config.folder import Configuration
from config.followups import FILE as FOLLOW_UPS
from config.outgoing import FILE as OUTGOING
from config.recordings import FILE as RECORDINGS
from config.settings import ProcessRole
from config.ticket_rules import FILE as TICKETS
from ivr.speech.render import render_staff
from runtime.in_force import InForce
from runtime.site import Site
from runtime.web.ports import FloorDoor
from telephony.asterisk.http_door import HttpDoor, NotTold
from telephony.asterisk.instance import Instance
from telephony.asterisk.login_secrets import change_password
from telephony.asterisk.root import NoAsterisk

AT_ONCE = frozenset({FLOOR, CALENDARS, TICKETS, OUTGOING, RECORDINGS, ALARMS, FOLLOW_UPS})
"""Documents that need no start. Outbound routes keep the calendars they started with."""

log = logging.getLogger(__name__)

Prepare = Callable[[FloorSpec], Sequence[str]]


class Configuring:
    def __init__(
        self,
        in_force: InForce,
        floor: FloorDoor,
        prepare: Prepare,
        show: Callable[[FloorSpec], None],
    ) -> None:
        """``show``: a new floor plan to the screens, on the loop. ``prepare``: on a thread, makes
        ready what agents of a new floor need; says what could not be."""
        self.in_force = in_force
        self._floor = floor
        self._show = show
        self.prepare = prepare

    async def take(self, name: str, new: Configuration) -> str:
        """On the loop. '' when it is in force, else why not: then the old one still is."""
        if name not in AT_ONCE:
            return "next_start"
        if name == FLOOR:
            refused = await self._floor.tell(FloorConfigured(floor=new.floor))
            if refused is not None:
                return refused
        self.in_force.take(new)
        if name == FLOOR:
            self._show(new.floor)
        return ""


def preparing(site: Site, in_force: InForce) -> Prepare:
    """Staff numbers spoken, telephones known to the Asterisk beside this process; one beside
    another process hears of them at its next start."""
    here = ProcessRole.EDGE in site.configuration.settings.roles

    def prepare(floor: FloorSpec) -> list[str]:
        missing = []
        try:
            for language in site.configuration.settings.languages:
                _speak_staff(site, floor, language)
        except (OSError, ValueError) as error:
            log.warning("staff numbers could not be spoken", extra={"why": str(error)})
            missing.append(f"staff numbers: {error}")
        if here and _logins(site, floor) != _logins(site, in_force.floor):
            try:
                _tell_asterisk(site, in_force.configuration, floor)
            except (NoAsterisk, NotTold, OSError, ValueError) as error:
                log.warning("Asterisk could not be told of telephones", extra={"why": str(error)})
                missing.append(f"telephones: {error}")
        return missing

    return prepare


def changing_passwords(site: Site, in_force: InForce) -> Callable[[DeviceId], str]:
    """Of telephones; told to the Asterisk beside this process. Raises NoAsterisk, NotTold, OSError;
    then the next start tells it."""

    def change(device: DeviceId) -> str:
        password = change_password(site.secrets_file, site.secrets, device)
        _tell_asterisk(site, in_force.configuration, in_force.floor)
        return password

    return change


def _logins(site: Site, floor: FloorSpec) -> object:
    return device_logins(floor, site.secrets.device)


def _speak_staff(site: Site, floor: FloorSpec, language: Language) -> None:
    numbers = [agent.staff_number for agent in floor.agents]
    render_staff(str(site.prompts), numbers, language)


def _tell_asterisk(site: Site, now: Configuration, floor: FloorSpec) -> None:
    """Telephones change, all else stays as Asterisk was started with it."""
    settings = asterisk_settings(
        replace(now, floor=floor), site.secrets, site.prompts, site.recordings
    )
    Instance(settings, site.asterisk_root()).render()
    HttpDoor(settings.http_port, settings.http_secret).reload_telephones()

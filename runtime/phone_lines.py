"""What the site's settings mean for browsers' telephones: ringing, media, encryption, admission."""

import asyncio
import logging
from collections.abc import Callable

from agent_softphone_bridge.callers import CallerSettings
from agent_softphone_bridge.phones import IceServer, PhoneSettings
from calls.commands import AdmitDevice
from calls.floor import FloorSpec
from calls.ids import DeviceId
from calls.words import DeviceKind
from config.folder import Configuration
from config.settings import RINGS, Settings
from cti.numbers import read_number
from runtime.ground import Ground
from runtime.site import Site
from runtime.web.certificate import WebTls, own_certificate
from runtime.web.ports import TlsListen
from telephony.asterisk.browser_lines import BrowserLine, BrowserLines, CallerLine, NotAdmitted

log = logging.getLogger(__name__)


def phone_settings(settings: Settings) -> PhoneSettings:
    plain = ((1000, round(settings.ring_cycle_s * 1000) - 1000), (425,))
    ring_ms, ring_hz = RINGS.get(settings.zone, plain)
    ice = _ice(settings)
    return PhoneSettings(edge=settings.edge, ring_ms=ring_ms, ring_hz=ring_hz, ice=ice)


def caller_settings(configuration: Configuration) -> CallerSettings | None:
    """None where nobody may call from a web page."""
    settings = configuration.settings
    if not settings.web.callers:
        return None
    numbers = tuple(configuration.trunks.numbers)
    return CallerSettings(
        edge=settings.edge,
        numbers=numbers,
        shown=tuple(read_number(number, settings.region).national for number in numbers),
        at_once=settings.web.callers_at_once,
        origins=settings.web.caller_origins,
        ice=_ice(settings),
    )


def _ice(settings: Settings) -> tuple[IceServer, ...]:
    media = settings.media
    ice = [IceServer(urls=f"stun:{media.stun}")] if media.stun else []
    if media.turn:
        server = f"turn:{media.turn}"
        ice.append(IceServer(urls=server, username=media.turn_user, credential=media.turn_secret))
    return tuple(ice)


def tls_listen(site: Site, now: float) -> TlsListen | None:
    """None when the site wants none. Raises CertificateUnfit, OSError."""
    web = site.configuration.settings.web
    if not web.tls_port:
        return None
    if web.certificate is not None and web.key is not None:
        context = WebTls(web.certificate, web.key)
    else:
        context = WebTls(*own_certificate(site.data, web.tls_address, now))
    return TlsListen(web.tls_address, web.tls_port, context)


def browsers(floor: FloorSpec) -> frozenset[DeviceId]:
    """The devices that are browsers' telephones."""
    return frozenset(
        device.id
        for agent in floor.agents
        for device in agent.devices
        if device.kind is DeviceKind.BROWSER
    )


def admitting(ground: Ground) -> Callable[[AdmitDevice], None]:
    """Puts browsers' telephones into the Asterisk of this edge, on threads, one after the other. A
    page that cannot register asks again by itself."""
    asterisk = ground.site.asterisk()
    lines = BrowserLines(asterisk.http_port, asterisk.http_secret)
    turn = asyncio.Lock()

    async def put(line: BrowserLine | CallerLine) -> None:
        async with turn:
            try:
                if isinstance(line, CallerLine):
                    await ground.offload.run(lines.admit_caller, line)
                else:
                    await ground.offload.run(lines.admit, line)
            except (NotAdmitted, ValueError) as error:
                log.warning("a browser's telephone was not admitted", extra={"why": str(error)})

    def admit(command: AdmitDevice) -> None:
        name, secret, number, zone = command.device, command.secret, command.number, asterisk.zone
        line = (
            CallerLine(id=name, secret=secret, caller=number, zone=zone)
            if command.calls_only
            else BrowserLine(id=name, secret=secret, number=number, zone=zone)
        )
        task = asyncio.ensure_future(put(line))
        _putting.add(task)
        task.add_done_callback(_putting.discard)

    return admit


_putting: set[asyncio.Task[None]] = set()
"""Held until they are done: the loop itself does not hold them."""

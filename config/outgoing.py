"""``outgoing.yaml``: the mail server and the webhooks by which the hotline reaches out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from config.section import Section

FILE = "outgoing.yaml"
NAME = r"[a-z0-9][a-z0-9_-]{0,39}"
_NAME_RIGHT = "lower-case letters, digits, - and _, at most 40"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
_URL = r"https?://[A-Za-z0-9\[][^\s\"<>\\^`{|}@]{1,400}"
ADDRESS = r"[^\s@<>,;\"()\[\]\\]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,188}[A-Za-z0-9])?"
ADDRESS_RIGHT = "write a mail address, as desk@example.com"
_EVENT = r"[a-z]+(\.[a-z_]+)?"
_SECRET = r"[\x21-\x7e]{16,200}"


class Security(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: Security
    user: str
    """'': the server asks for none."""
    secret: str = field(repr=False)
    sender: str


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str
    secret: str = field(repr=False)
    """Signs what is sent."""
    events: tuple[str, ...]
    """Names, or the first part of names; empty: every event."""

    def wants(self, event: str) -> bool:
        room, _, _ = event.partition(".")
        return not self.events or event in self.events or room in self.events


@dataclass(frozen=True, slots=True)
class OutgoingPlan:
    mail: MailServer | None
    webhooks: Mapping[str, Webhook]


def read_outgoing(top: Section) -> OutgoingPlan:
    """Mistakes are noted in the section's problems."""
    mail = _mail(top.section("mail")) if top.has("mail") else None
    group = top.section("webhooks")
    names = group.names_matching(NAME, "no name for a webhook", _NAME_RIGHT)
    hooks = {name: _webhook(group.section(name)) for name in names}
    top.finish()
    return OutgoingPlan(mail, hooks)


def _mail(section: Section) -> MailServer:
    security = section.choice("security", Security, Security.STARTTLS)
    server = MailServer(
        host=section.text("host", None, _HOST, "write its address or name"),
        port=section.whole("port", _PORTS[security], 1, 65535),
        security=security,
        user=section.text("user", ""),
        secret=section.text("secret", ""),
        sender=section.text("sender", None, ADDRESS, ADDRESS_RIGHT),
    )
    if server.user and security is Security.NONE and not _here(server.host):
        wrong = "the password would travel in the clear"
        section.refuse("security", wrong, "choose starttls or tls")
    section.finish()
    return server


_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


def _here(host: str) -> bool:
    return re.fullmatch(r"localhost|127\.[0-9.]+", host) is not None


def _webhook(section: Section) -> Webhook:
    hook = Webhook(
        url=section.text("url", None, _URL, "write it whole, as https://example.com/hook"),
        secret=section.text("secret", None, _SECRET, "at least 16 printable characters, no space"),
        events=section.texts("events", (), _EVENT, "names of events, as alarm or alarm.on"),
    )
    section.finish()
    return hook

"""Browsers' telephones put into a running Asterisk: no file, no reload (docs/decisions/0050).

Blocking: speaks HTTP to Asterisk on loopback, so it runs on threads. What is put here is in
Asterisk's memory alone and gone with it; whoever holds a secret then asks for another.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from calls.ids import DeviceId
from telephony.asterisk.http_door import HttpDoor, NotTold
from telephony.asterisk.settings import must_be_device, must_be_page

SILENCE_S = 2
"""A browser that sends no sound for so long is gone: one that is muted sends silence."""
ASK_EVERY_S = 10
"""A browser whose network was cut is found out within this, and not rung."""
CALLER_SILENCE_S = 5
"""A caller on a web page has the time of a changed network; nobody waits for her any longer."""


class NotAdmitted(Exception):
    """Asterisk could not be told; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserLine:
    """One browser's telephone: one endpoint with one contact, encrypted, opus or G.711."""

    id: DeviceId
    secret: str = field(repr=False)
    number: str = ""
    zone: str = "cn"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerLine:
    """The telephone of somebody who calls from a web page: without a contact, so that nothing can
    ring it, and with a way to the hotline's called numbers alone."""

    id: DeviceId
    secret: str = field(repr=False)
    caller: str
    """What it shows when it calls (calls.text.is_web_caller)."""
    zone: str = "cn"


class BrowserLines:
    def __init__(self, port: int, secret: str) -> None:
        """``port``: of Asterisk's HTTP on loopback; ``secret``: of its interface."""
        self._door = HttpDoor(port, secret)

    def admit(self, line: BrowserLine) -> None:
        """From now on it may register with this secret and with no former one. Raises NotAdmitted,
        ValueError for what Asterisk cannot be told."""
        must_be_device(line.id, line.secret, line.number)
        for kind, fields in _objects(line).items():
            self._put(kind, line.id, fields)

    def admit_caller(self, line: CallerLine) -> None:
        """From now on it may call with this secret and with no former one. Raises as ``admit``."""
        must_be_page(line.id, line.secret, line.caller)
        for kind, fields in _objects_of_caller(line).items():
            self._put(kind, line.id, fields)

    def _put(self, kind: str, name: str, fields: Mapping[str, str]) -> None:
        listed = [{"attribute": key, "value": value} for key, value in fields.items()]
        body = json.dumps({"fields": listed})
        path = f"/asterisk/config/dynamic/res_pjsip/{kind}/{name}"
        try:
            self._door.put(f"{kind} {name}", path, body)
        except NotTold as error:
            raise NotAdmitted(str(error)) from error


def _objects(line: BrowserLine) -> dict[str, dict[str, str]]:
    """What Asterisk knows of it, in the order to put it: the endpoint names the others. No set_var:
    with one Asterisk could not copy the object, and a second PUT would fail."""
    endpoint = _endpoint(line, "from-browser", "opus,ulaw,alaw", SILENCE_S) | {"aors": line.id}
    if line.number:
        endpoint["callerid"] = f"<{line.number}>"
    return {
        "auth": _auth(line),
        "aor": {
            "max_contacts": "1",
            "remove_existing": "yes",
            "qualify_frequency": str(ASK_EVERY_S),
            "maximum_expiration": "120",
        },
        "endpoint": endpoint,
    }


def _objects_of_caller(line: CallerLine) -> dict[str, dict[str, str]]:
    """Her name stands in the endpoint: then Asterisk takes none from what she sends."""
    endpoint = _endpoint(line, "from-page", "opus,ulaw", CALLER_SILENCE_S) | {
        "allow_subscribe": "no",
        "callerid": f"<{line.caller}>",
    }
    return {"auth": _auth(line), "endpoint": endpoint}


def _auth(line: BrowserLine | CallerLine) -> dict[str, str]:
    return {"auth_type": "userpass", "username": line.id, "password": line.secret}


def _endpoint(
    line: BrowserLine | CallerLine, context: str, codecs: str, silence_s: int
) -> dict[str, str]:
    return {
        "context": context,
        "transport": "ws",
        "disallow": "all",
        "allow": codecs,
        "auth": line.id,
        "webrtc": "yes",
        "dtls_auto_generate_cert": "yes",
        "direct_media": "no",
        "rtp_symmetric": "yes",
        "force_rport": "yes",
        "rewrite_contact": "yes",
        "dtmf_mode": "auto",
        "trust_id_inbound": "no",
        "allow_transfer": "no",
        "rtp_timeout": str(silence_s),
        "tone_zone": line.zone,
    }

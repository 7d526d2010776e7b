"""Browsers' telephones put into a running Asterisk: no file, no reload (docs/decisions/0050).

Blocking: speaks HTTP to Asterisk on loopback, so it runs on threads. What is put here is in
Asterisk's memory alone and gone with it; whoever holds a secret then asks for another.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from calls.ids import DeviceId
from telephony.asterisk.http_door import HttpDoor, NotTold
from telephony.asterisk.settings import must_be_device

SILENCE_S = 2
"""A browser that sends no sound for so long is gone: one that is muted sends silence."""
ASK_EVERY_S = 10
"""A browser whose network was cut is found out within this, and not rung."""


class NotAdmitted(Exception):
    """Asterisk could not be told; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserLine:
    """One browser's telephone: one endpoint with one contact, encrypted, opus or G.711."""

    id: DeviceId
    secret: str = field(repr=False)
    number: str = ""
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
    endpoint = {
        "context": "from-browser",
        "transport": "ws",
        "disallow": "all",
        "allow": "opus,ulaw,alaw",
        "aors": line.id,
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
        "rtp_timeout": str(SILENCE_S),
        "tone_zone": line.zone,
    }
    if line.number:
        endpoint["callerid"] = f"<{line.number}>"
    return {
        "auth": {"auth_type": "userpass", "username": line.id, "password": line.secret},
        "aor": {
            "max_contacts": "1",
            "remove_existing": "yes",
            "qualify_frequency": str(ASK_EVERY_S),
            "maximum_expiration": "120",
        },
        "endpoint": endpoint,
    }

"""The other edges of this hotline, as an Asterisk sees them: the way to telephones beside them."""

import re
from dataclasses import dataclass, field

from calls.ids import DeviceId, EdgeId
from telephony.asterisk.trunk import must_match

PEER_PREFIX = "edge-"
"""Of an edge's endpoint in another Asterisk; no device's id begins so."""
PEER_CONTEXT = "from-edge"
"""Where in the dialplan another edge's calls to our telephones are."""
_EDGE = re.compile(r"[a-z0-9]{1,20}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another edge. Both know each other by name and one secret of the whole hotline."""

    edge: EdgeId
    host: str
    port: int
    secret: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        must_match(_EDGE, self.edge, "edge")
        must_match(_HOST, self.host, f"host of edge {self.edge}")
        if not 1 <= self.port <= 65535:
            raise ValueError(f"port of edge {self.edge}: {self.port}")

    @property
    def endpoint(self) -> str:
        return endpoint_of(self.edge)


def endpoint_of(edge: EdgeId) -> str:
    return f"{PEER_PREFIX}{edge}"


def dial_string(device: DeviceId, edge: EdgeId) -> str:
    """What Dial takes to ring a telephone registered at another edge."""
    return f"PJSIP/{device}@{endpoint_of(edge)}"

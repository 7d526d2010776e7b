"""How good the voice of one telephone was in one call, as Asterisk counted it. Pure.

Of each way apart: what came from it, and what it said (by RTCP) of what it heard.
"""

from calls.floor import Value
from calls.ids import AgentId, CallId, DeviceId

ONE_WAY = 50
"""Packets, about a second: who has sent so many and had none back was not heard."""


class Way(Value, frozen=True):
    packets: int = 0
    loss: float = 0.0
    """Of a hundred packets."""
    jitter_ms: float = 0.0
    score: float | None = None
    """0 to 100 (Asterisk's media experience score); a twentieth of it is the MOS (1 to 5). None:
    nobody measured it."""


class Voice(Value, frozen=True):
    call: CallId
    channel: str
    """The id of its channel: each is measured once."""
    at: float
    """When it ended."""
    agent: AgentId | None = None
    """None: the caller's own, or a telephone of nobody."""
    device: DeviceId | None = None
    """None: the caller's own."""
    came: Way = Way()
    """From this telephone to us."""
    went: Way = Way()
    """From us to this telephone, by its own word."""
    round_trip_ms: float | None = None
    """None: no answer was timed."""

    @property
    def score(self) -> float | None:
        """The worse of both ways; None when neither is known."""
        if self.is_one_way:
            return 0.0
        known = [way.score for way in (self.came, self.went) if way.score is not None]
        return min(known, default=None)

    @property
    def is_one_way(self) -> bool:
        """Somebody was not heard at all."""
        packets = sorted((self.came.packets, self.went.packets))
        return packets[0] == 0 and packets[1] >= ONE_WAY

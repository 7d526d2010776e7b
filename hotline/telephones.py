"""What Asterisk says of telephones and trunks, kept and passed on to the engine.

Every edge knows every telephone; one that was told not to ring is silent on purpose.
"""

from collections.abc import Callable

from calls.ids import DeviceId, EdgeId
from calls.inputs import DeviceChanged, Input
from calls.words import DeviceState
from telephony.ami.truth import Truth
from telephony.asterisk.peer import PEER_PREFIX
from telephony.asterisk.settings import TEST_CALLER
from telephony.asterisk.trunk import TRUNK_PREFIX

COULD_RING = frozenset({DeviceState.IDLE, DeviceState.UNKNOWN})


class Telephones:
    def __init__(
        self,
        edge: EdgeId,
        tell: Callable[[Input], None],
        heed: Callable[[DeviceId, DeviceState], None],
        browsers: Callable[[], frozenset[DeviceId]],
    ) -> None:
        """``heed(device, state)``: whoever else wants to know of each telephone."""
        self.trunks: dict[str, DeviceState] = {}
        """What Asterisk last said of each trunk."""
        self._edge = edge
        self._tell = tell
        self._heed = heed
        self._browsers = browsers
        self._states: dict[DeviceId, DeviceState] = {}
        """What Asterisk last said of each telephone."""
        self._quiet: set[DeviceId] = set()
        """Those told not to ring."""

    def read(self, truth: Truth) -> None:
        """All of them, after a start or a gap."""
        self._quiet = set(truth.quiet)
        for device in self._browsers() - truth.devices.keys():
            # Asterisk knows a browser's telephone only once somebody has asked for a secret.
            self.changed(device, DeviceState.UNREGISTERED)
        for device, state in truth.devices.items():
            self.changed(device, state)

    def changed(self, device: DeviceId, state: DeviceState) -> None:
        if device.startswith(TRUNK_PREFIX):
            self.trunks[device.removeprefix(TRUNK_PREFIX)] = state
        elif device != TEST_CALLER and not device.startswith(PEER_PREFIX):
            self._heed(device, state)
            self._states[device] = state
            self._say(device)

    def told_not_to_ring(self, device: DeviceId, on: bool) -> None:
        (self._quiet.add if on else self._quiet.discard)(device)
        self._say(device)

    def _say(self, device: DeviceId) -> None:
        """As it is; one that could ring and was told not to is silent on purpose."""
        state = self._states.get(device, DeviceState.UNKNOWN)
        if device in self._quiet and state in COULD_RING:
            state = DeviceState.DO_NOT_DISTURB
        self._tell(DeviceChanged(edge=self._edge, device=device, state=state))

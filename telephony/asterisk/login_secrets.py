"""The secrets of one hotline's telephones and links: made once at set-up, read by their owner only.

One random master; a device's password is derived from it, so that no list has to be kept.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from calls.ids import DeviceId

_MASTER_BYTES = 32


@dataclass(frozen=True, slots=True)
class LoginSecrets:
    master: str = field(repr=False)

    @property
    def ami(self) -> str:
        return self._derived("ami")

    @property
    def http(self) -> str:
        """For Asterisk's own HTTP interface, on loopback."""
        return self._derived("http")

    @property
    def between_edges(self) -> str:
        """What edges of one hotline know each other by; they share this file."""
        return self._derived("edges")

    @property
    def links(self) -> bytes:
        """What links to audio are signed with."""
        return self._derived("links").encode()

    def device(self, device: DeviceId) -> str:
        """The SIP password of this device; the same for as long as the file lives."""
        return self._derived(f"device:{device}")

    def _derived(self, label: str) -> str:
        return hmac.new(self.master.encode(), label.encode(), hashlib.sha256).hexdigest()[:40]


def make_secrets(path: Path) -> LoginSecrets:
    """The secrets kept in ``path``, made with mode 0600 when it is not there yet.

    Raises ValueError when the file is torn or others may read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(_MASTER_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return _read(path)


def _read(path: Path) -> LoginSecrets:
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path} may be read by others; run: chmod 600 {path}")
    master = path.read_text().strip()
    if len(master) != 2 * _MASTER_BYTES:
        raise ValueError(f"{path} is torn; delete it and every phone gets a new password")
    return LoginSecrets(master)

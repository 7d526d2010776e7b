"""The secrets of one hotline's telephones and links: made once at set-up, read by their owner only.

One random master; a device's password is derived from it. Only how often one was changed is kept,
a line each below the master.
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
    turns: dict[DeviceId, int] = field(default_factory=dict, repr=False)
    """How often the password of a device was changed; read and changed on any thread."""

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
        """The SIP password of this device; the same until it is changed."""
        turn = self.turns.get(device, 0)
        return self._derived(f"device:{device}:{turn}" if turn else f"device:{device}")

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


def change_password(path: Path, known: LoginSecrets, device: DeviceId) -> str:
    """Another password for this device, kept in ``path`` and in force in ``known``. Raises OSError;
    then the old one is good."""
    turns = _read(path).turns
    turns[device] = turns.get(device, 0) + 1
    lines = [known.master, *(f"{name} {turn}" for name, turn in sorted(turns.items()))]
    made = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(made, path)
    known.turns.update(turns)
    return known.device(device)


def _read(path: Path) -> LoginSecrets:
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path} may be read by others; run: chmod 600 {path}")
    master, *changed = path.read_text().split("\n")
    master = master.strip()
    if len(master) != 2 * _MASTER_BYTES:
        raise ValueError(f"{path} is torn; delete it and every phone gets a new password")
    lines = [line.split() for line in changed if line.strip()]
    if any(len(words) != 2 or not words[1].isdecimal() for words in lines):
        raise ValueError(f"{path} is torn; take out the lines below the first")
    return LoginSecrets(master, {DeviceId(name): int(turn) for name, turn in lines})

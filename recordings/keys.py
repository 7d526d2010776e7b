"""The keys audio is sealed with: a file that only its owner reads. The newest seals, all open.

Whoever loses the file loses the audio: it belongs into the backup, apart from the audio itself.
"""

import base64
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

KEY_ID_BYTES = 8
_KEY_BYTES = 32


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: dict[str, str]
    """Key id to base64, oldest first."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    keys: dict[str, bytes] = field(repr=False)
    """Oldest first; never empty."""

    @property
    def newest(self) -> str:
        return next(reversed(self.keys))

    def key(self, id_: str) -> bytes | None:
        return self.keys.get(id_)


def open_keys(path: Path) -> KeyRing:
    """The ring kept in ``path``, made with one key where there is none.

    Raises ValueError with a sentence when the file is torn or others may read it, OSError.
    """
    if not path.exists():
        _write(path, {_new_id(): secrets.token_bytes(_KEY_BYTES)}, only_new=True)
    if path.stat().st_mode & 0o077:
        raise ValueError(f"{path} may be read by others; run: chmod 600 {path}")
    try:
        written = msgspec.json.decode(path.read_bytes(), type=_Written)
        keys = {id_: base64.b64decode(text, validate=True) for id_, text in written.keys.items()}
    except (msgspec.DecodeError, ValueError) as error:
        raise ValueError(f"{path} is torn: take it from the backup; audio needs it") from error
    fit = all(len(key) == _KEY_BYTES for key in keys.values())
    if not keys or not fit or any(len(id_.encode()) != KEY_ID_BYTES for id_ in keys):
        raise ValueError(f"{path} is torn: take it from the backup; audio needs it")
    return KeyRing(keys)


def add_key(path: Path) -> KeyRing:
    """A new key seals from now on; audio sealed by the old ones is read as before."""
    ring = open_keys(path)
    _write(path, {**ring.keys, _new_id(): secrets.token_bytes(_KEY_BYTES)}, only_new=False)
    return open_keys(path)


def _new_id() -> str:
    return secrets.token_hex(KEY_ID_BYTES // 2)


def _write(path: Path, keys: dict[str, bytes], *, only_new: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{os.getpid()}")
    text = {id_: base64.b64encode(key).decode() for id_, key in keys.items()}
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(_Written(text)))
            file.flush()
            os.fsync(file.fileno())
        if only_new:
            # Of two processes that start at once, one makes the ring and both use it.
            try:
                os.link(made, path)
            except FileExistsError:
                return
        else:
            os.replace(made, path)
    finally:
        made.unlink(missing_ok=True)

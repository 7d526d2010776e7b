"""The site's documents as people edit them: read, checked, saved whole, every former text kept.

The files stay what counts: who edits one by hand edits the same site, and what was found in a file
is kept before it is written over. Blocking: used on threads. Knows no HTTP and takes nothing into
force.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock

import msgspec

from config.document import MAX_BYTES, read_document
from config.folder import DOCUMENTS, Configuration, open_folder
from config.hidden import hide, unhide
from config.outgoing import FILE as OUTGOING
from config.problems import ConfigRefused, Problem
from config.trunks import FILE as TRUNKS

WITH_SECRETS = frozenset({TRUNKS, OUTGOING})
BY_HAND = ""
LONGEST_NOTE = 200


class NoSuchDocument(LookupError):
    """There is no document, or no version, of this name."""


class DocumentChanged(Exception):
    """Somebody else has saved it since it was read; nothing was written."""


class DocumentTorn(Exception):
    """It is no text, or no YAML and may show passwords: it can be mended only where it stands."""


class DocumentVersion(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    at: float
    """Seconds since the epoch."""
    by: str
    """Who saved it; '' for what somebody wrote into the file by hand."""
    note: str
    hash: str


class Written(msgspec.Struct, frozen=True, kw_only=True):
    text: str
    """Passwords are dots."""
    hash: str


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    before: str
    """Hash of what stood there."""
    hash: str
    version: int


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    version: DocumentVersion
    text: str


class Documents:
    def __init__(
        self,
        folder: Path,
        history: Path,
        environment: Mapping[str, str],
        now: Callable[[], float],
    ) -> None:
        """``folder``: the configuration; ``history``: where former texts are kept, readable by
        their owner alone. ``now``: seconds since the epoch."""
        self._folder = folder
        self._history = history
        self._environment = environment
        self._now = now
        self._lock = Lock()

    def read(self, name: str) -> Written:
        """Raises NoSuchDocument, DocumentTorn, OSError."""
        text = self._text(name)
        return Written(text=self._shown(name, text), hash=_hash(text))

    def check(self, name: str, text: str) -> Configuration:
        """The whole configuration as it would be with this text. Raises ConfigRefused with every
        mistake of every file, NoSuchDocument."""
        former = self._text(name)
        with self._lock:
            return self._check(name, text, former)[0]

    def save(
        self, name: str, text: str, made_of: str, by: str, note: str = ""
    ) -> tuple[Saved, Configuration]:
        """``made_of``: the hash of what it was made of. Raises ConfigRefused, DocumentChanged,
        NoSuchDocument, OSError; then nothing was written."""
        with self._lock:
            former = self._text(name)
            if _hash(former) != made_of:
                raise DocumentChanged(name)
            configuration, whole = self._check(name, text, former)
            versions = self.versions(name)
            if not versions or versions[0].hash != made_of:
                self._keep(name, former, BY_HAND, "")
            version = self._keep(name, whole, by, note[:LONGEST_NOTE])
            _replace(self._folder / name, whole.encode())
            saved = Saved(before=made_of, hash=version.hash, version=version.number)
            return saved, configuration

    def take_back(
        self, name: str, number: int, made_of: str, by: str
    ) -> tuple[Saved, Configuration]:
        """Save a former text again, its passwords included. Raises as ``save``."""
        text = self._version(name, number).text
        return self.save(name, text, made_of, by, f"↩ {number}")

    def versions(self, name: str) -> Sequence[DocumentVersion]:
        """Newest first; none for a document that was never saved here."""
        numbers = self._numbers(name)
        return [self._version(name, number).version for number in reversed(numbers)]

    def version(self, name: str, number: int) -> str:
        """A former text, passwords as dots. Raises NoSuchDocument, DocumentTorn."""
        return self._shown(name, self._version(name, number).text)

    # Inside

    def _text(self, name: str) -> str:
        if name not in DOCUMENTS:
            raise NoSuchDocument(name)
        try:
            with (self._folder / name).open("rb") as file:
                return file.read(MAX_BYTES + 1).decode("utf-8-sig")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise DocumentTorn(name) from error

    def _shown(self, name: str, text: str) -> str:
        shown = hide(text) if name in WITH_SECRETS else text
        if shown is None:
            raise DocumentTorn(name)
        return shown

    def _check(self, name: str, text: str, former: str) -> tuple[Configuration, str]:
        problems: list[Problem] = []
        file, data = str(self._folder / name), text.encode("utf-8", "replace")
        read_document(data, file, problems)
        if problems:
            # All that other files miss in it would only hide the one mistake.
            raise ConfigRefused(problems)
        if name in WITH_SECRETS:
            text = unhide(text, former, file, problems)
            data = text.encode("utf-8", "replace")
        try:
            configuration = open_folder(self._folder, self._environment, instead={name: data})
        except ConfigRefused as refused:
            raise ConfigRefused((*problems, *refused.problems)) from refused
        if problems:
            raise ConfigRefused(problems)
        return configuration, text

    def _numbers(self, name: str) -> list[int]:
        if name not in DOCUMENTS:
            raise NoSuchDocument(name)
        found = (self._history / name).glob("[0-9]*.json")
        return sorted(int(path.stem) for path in found if path.stem.isdecimal())

    def _version(self, name: str, number: int) -> _Kept:
        try:
            return msgspec.json.decode(self._file(name, number).read_bytes(), type=_Kept)
        except FileNotFoundError:
            raise NoSuchDocument(f"{name} {number}") from None

    def _keep(self, name: str, text: str, by: str, note: str) -> DocumentVersion:
        number = max(self._numbers(name), default=0) + 1
        version = DocumentVersion(number=number, at=self._now(), by=by, note=note, hash=_hash(text))
        folder = self._history / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(self._file(name, number), msgspec.json.encode(_Kept(version=version, text=text)))
        return version

    def _file(self, name: str, number: int) -> Path:
        if name not in DOCUMENTS:
            raise NoSuchDocument(name)
        return self._history / name / f"{number:06d}.json"


def _hash(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all, also when the machine loses its power."""
    made = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(made, path)
    except OSError:
        made.unlink(missing_ok=True)
        raise

"""`threering recordings`: the chain over all recordings proved, and a new key to seal with."""

import hashlib
from collections.abc import Callable

from rich.console import Console

from calls.ids import RecordingId
from recordings.chain import Verified, verify
from recordings.keys import add_key
from recordings.opened import open_source, ring_of, shelves_of
from recordings.ports import RecordingStore, all_links
from recordings.sealed import SealBroken, blocks
from recordings.shelves import NoAudio
from recordings.sql_store import SqlRecordings
from runtime.site import Site
from storage.database import Database

_WHY = {
    "gap": "a link before it is missing, or was put in twice",
    "link": "its link does not follow from the one before: it, or one before it, was changed",
    "list": "what is listed of it is not what was linked when it was made, or it is listed no more",
    "audio": "its audio is not what was linked when it was made, is damaged, or is gone",
}


def verify_recordings(site: Site, console: Console, *, audio: bool) -> int:
    """0 when all is as it was linked, 1 with the first that is not. ``audio``: every file is read,
    too. Raises StorageError, ShelfAway."""
    database = Database(site.configuration.settings.database_url)
    database.migrate()
    try:
        found = verified(SqlRecordings(database), _heard(site, database) if audio else None)
    finally:
        database.dispose()
    if found.broken is None:
        read = ", audio included" if audio else ""
        console.print(f"{found.links} links hold{read}. Newest: {found.head}", highlight=False)
        return 0
    broken = found.broken
    console.print(
        f"Broken at {broken.position}, recording {broken.recording}: {_WHY[broken.why]}.",
        highlight=False,
    )
    console.print(f"{found.links} links hold up to {found.head}", highlight=False)
    return 1


def verified(
    store: RecordingStore, audio_is: Callable[[RecordingId, str], bool] | None = None
) -> Verified:
    def listed(id_: RecordingId) -> str | None:
        found = store.find(id_)
        return None if found is None else found.sha256

    return verify(all_links(store), listed, audio_is or (lambda id_, sha: True))


def new_key(site: Site, console: Console) -> int:
    """From the next start of the hotline on it seals; what is sealed is read as before."""
    file = site.configuration.settings.audio.key_file
    ring = add_key(file)
    console.print(f"Key {ring.newest} seals from now on; {len(ring.keys)} in {file}: back it up.")
    return 0


def _heard(site: Site, database: Database) -> Callable[[RecordingId, str], bool]:
    store, shelves, ring = SqlRecordings(database), shelves_of(site.audio), ring_of(site.audio)

    def audio_is(id_: RecordingId, sha: str) -> bool:
        found = store.find(id_)
        if found is None or found.place in ("", "going"):
            return True  # deleted by rule, or by an admin: the audit says so
        digest = hashlib.sha256()
        try:
            for block in blocks(open_source(shelves.find(found.path), ring)):
                digest.update(block)
        except (NoAudio, SealBroken):
            return False
        return digest.hexdigest() == sha

    return audio_is

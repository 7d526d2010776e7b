"""Audio in a bucket of an S3-compatible store. Only this file knows obstore."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from recordings.shelves import NoAudio, ShelfAway, named
from recordings.whereabouts import Bucket

if TYPE_CHECKING:
    from obstore.store import S3Config


class S3Shelf:
    def __init__(self, bucket: Bucket) -> None:
        patience = timedelta(seconds=bucket.patience_s)
        self._store = S3Store(
            bucket.bucket,
            prefix=bucket.prefix or None,
            client_options={
                "allow_http": bucket.endpoint.startswith("http://"),
                "connect_timeout": patience,
                "timeout": patience * 6,
            },
            # Who asks tries again by itself, later and visibly.
            retry_config={"max_retries": 1, "retry_timeout": patience},
            config=_config(bucket),
        )

    def put(self, name: str, file: Path) -> None:
        with _reaching(name):
            obstore.put(self._store, named(name), file)

    def size(self, name: str) -> int:
        with _reaching(name):
            return int(obstore.head(self._store, named(name))["size"])

    def read(self, name: str, begin: int, end: int) -> bytes:
        if begin >= end:
            return b""
        with _reaching(name):
            return bytes(obstore.get_range(self._store, named(name), start=begin, end=end))

    def delete(self, name: str) -> None:
        with _reaching(name):
            obstore.delete(self._store, named(name))


def _config(bucket: Bucket) -> "S3Config":
    config: S3Config = {
        "region": bucket.region,
        "access_key_id": bucket.access_key,
        "secret_access_key": bucket.secret_key,
        "virtual_hosted_style_request": bucket.by_host,
    }
    if bucket.endpoint:
        config["endpoint"] = bucket.endpoint
    return config


@contextmanager
def _reaching(name: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise NoAudio(name) from None
    except (BaseError, OSError) as error:
        # Whatever the store says no to (keys, bucket, space) a person may mend while we wait.
        raise ShelfAway(str(error).splitlines()[0][:300]) from error

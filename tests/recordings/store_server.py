"""A real S3 server of its own process on loopback (moto's), for tests of the store."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from recordings.whereabouts import Bucket
from telephony.asterisk.ports import free_ports

BUCKET = "hotline-audio"


@contextmanager
def store_server() -> Iterator[Bucket]:
    """Running until the block ends, with one empty bucket."""
    port = free_ports(1)[0]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _make_bucket(endpoint)
        yield Bucket(
            bucket=BUCKET, endpoint=endpoint, access_key="k", secret_key="s", patience_s=3.0
        )
    finally:
        process.kill()
        process.wait()


def _make_bucket(endpoint: str) -> None:
    """As soon as it answers. Its own door is open: no signature is looked at."""
    give_up = time.monotonic() + 30.0
    while True:
        try:
            urlopen(Request(f"{endpoint}/{BUCKET}", method="PUT"), timeout=5.0).close()
            return
        except HTTPError as error:
            error.close()
            raise
        except (URLError, OSError):
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)

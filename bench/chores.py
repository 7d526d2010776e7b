"""The heavy work of an office while calls come in: an import and reports, or what-ifs, again and
again, in processes of their own at low priority, as the house itself runs them."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runtime.site import Site

LOW = ("nice", "-n", "10")
REPORT = """
import sys
from datetime import date
from pathlib import Path
from runtime.local_door import local_client
from runtime.site import open_site
with local_client(open_site(Path(sys.argv[1]))) as api:
    today = date.today()
    for of in ("queue", "agent", "node"):
        api.get("/reports", first=str(today), last=str(today), by="quarter", of=of)
"""


def import_and_report(site: Site, file: Path) -> list[Sequence[str]]:
    """Customers of ``file``, and the day's reports."""
    config = str(site.configuration.folder)
    return [
        [*LOW, *_threering("import-customers", str(file), config)],
        [sys.executable, "-c", REPORT, config],
    ]


def what_if(site: Site) -> list[Sequence[str]]:
    """The day so far, with three more agents."""
    return [_threering("whatif", "today", "--agents", "3", str(site.configuration.folder))]


def _threering(*words: str) -> list[str]:
    """The last of the words is the configuration's folder."""
    return [sys.executable, "-m", "runtime", *words[:-1], "--config", words[-1]]


@contextmanager
def at_work(chores: Sequence[Sequence[str]]) -> Iterator[None]:
    """Each of these commands again and again, as long as the block lasts. Ends them with it."""
    over = threading.Event()
    workers = [threading.Thread(target=_repeat, args=(chore, over)) for chore in chores]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        over.set()
        for worker in workers:
            worker.join()


def _repeat(command: Sequence[str], over: threading.Event) -> None:
    while not over.is_set():
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not over.wait(0.1):
            pass
        if process.poll() is None:
            process.terminate()
        process.wait()

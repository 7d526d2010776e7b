"""What ``make covered`` holds: of each pure file, how much the quick tests reach.

Pure files decide; nothing but a test tells that a branch of theirs is right, so each of them is
looked at by itself and an average hides none.
"""

import contextlib
import io
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path, PurePath

import pytest
from coverage import Coverage
from msgspec import json

HOUSE = Path(__file__).parent.parent
LEAST = 95.0
"""Percent of lines and branches, of each file."""

PURE = (
    "calls/*.py",
    "acd/*.py",
    *(f"ivr/{name}.py" for name in ("branching", "cursor", "document", "entry", "findings")),
    *(f"ivr/{name}.py" for name in ("graph", "interpreter", "model", "node_rules", "nodes")),
    *(f"ivr/{name}.py" for name in ("scene", "steps", "validator", "wording")),
    "telephony/agi/wire.py",
    "telephony/ami/wire.py",
    "config/*.py",
)
SHELLS = (
    "acd/web.py",
    "acd/edge_lines.py",
    "acd/replica.py",
    "config/folder.py",
    "config/documents.py",
    "config/forms_shipped.py",
)
"""They know sockets, threads or disks, and are shown by integration tests."""

TESTS = ("calls", "wire", "acd", "ivr", "config")
"""Folders of the tests that count."""
QUICK = frozenset({"unit", "wire", "contract", "story"})
SLOW = frozenset(
    HOUSE / "tests" / "acd" / file for file in ("test_machine.py", "test_choosing_cost.py")
) | frozenset((HOUSE / "tests" / "acd" / "simulator").glob("*.py"))
"""Long under coverage, and what they reach is reached by the others."""

DATA = HOUSE / ".coverage-pure"


def pytest_configure(config: pytest.Config) -> None:
    """With ``-p tests.covered`` a run notes what it reaches; ``python -m tests.covered`` then says
    what was not."""
    worker: dict[str, str] | None = getattr(config, "workerinput", None)
    if worker is None:
        for file in HOUSE.glob(f"{DATA.name}*"):
            file.unlink()
    if worker is not None or not config.getoption("numprocesses", None):
        name = worker["workerid"] if worker is not None else "alone"
        config.pluginmanager.register(Watched(name))


class Watched:
    """What import of the tests and the tests that count reach; no other test is slowed down."""

    def __init__(self, name: str) -> None:
        self._seen = Coverage(DATA, data_suffix=name)
        self._seen.start()

    def pytest_collection_finish(self) -> None:
        self._seen.stop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if not counts(item):
            return (yield)
        self._seen.start()
        try:
            return (yield)
        finally:
            self._seen.stop()

    def pytest_sessionfinish(self) -> None:
        self._seen.save()


def counts(item: pytest.Item) -> bool:
    room = item.path.relative_to(HOUSE / "tests").parts[0]
    quick = any(mark.name in QUICK for mark in item.iter_markers())
    return quick and room in TESTS and item.path not in SLOW


def main() -> int:
    """Says which file falls below, with its lines; 1 when one does."""
    if not list(HOUSE.glob(f"{DATA.name}.*")):
        print("no run of the tests has noted what it reaches: make covered")
        return 1
    seen = Coverage(DATA)
    seen.combine(keep=True)
    seen.save()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        with contextlib.redirect_stdout(io.StringIO()):
            seen.json_report(outfile=str(told))
        files = json.decode(told.read_bytes())["files"]
    pure = {path: file for path, file in files.items() if is_pure(path)}
    below = {
        path: file for path, file in pure.items() if file["summary"]["percent_covered"] < LEAST
    }
    for path, file in sorted(below.items()):
        lines = ", ".join(map(str, file["missing_lines"]))
        ways = ", ".join(f"{here} to {there}" for here, there in file["missing_branches"])
        print(f"{path}: {file['summary']['percent_covered']:.1f} %, less than {LEAST:.0f}: {lines}")
        print(f"    ways not gone: {ways}")
    print(f"{len(pure) - len(below)} of {len(pure)} pure files are covered")
    return bool(below or not pure)


def is_pure(path: str) -> bool:
    return path not in SHELLS and any(PurePath(path).match(one) for one in PURE)


if __name__ == "__main__":
    sys.exit(main())

"""What ``make covered`` holds: of each pure file, how much the quick tests reach.

Pure files decide; nothing but a test tells that a branch of theirs is right, so each of them is
looked at by itself and an average hides none.
"""

import subprocess
import sys
from pathlib import Path, PurePath

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
)
"""They know sockets, threads or disks, and are shown by integration tests."""

TESTS = tuple(f"tests/{room}" for room in ("calls", "wire", "acd", "ivr", "config"))
SLOW = (
    "tests/acd/simulator",
    *(f"tests/acd/{name}.py" for name in ("test_machine", "test_choosing_cost")),
)
"""Long under coverage, and what they reach is reached by the others."""


def main() -> int:
    """Runs the tests and says which file falls below, with its lines; 1 when one does."""
    data = HOUSE / ".coverage-pure"
    command = [sys.executable, "-m", "coverage"]
    ignored = (f"--ignore={path}" for path in SLOW)
    marked = ("-m", "unit or wire or contract or story")
    tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", *marked, *ignored, *TESTS)
    source = "--source=calls,acd,ivr,config,telephony"
    ran = subprocess.run([*command, "run", f"--data-file={data}", source, *tests], cwd=HOUSE)
    if ran.returncode != 0:
        return ran.returncode
    told = subprocess.run(
        [*command, "json", f"--data-file={data}", "-q", "-o", "-"],
        cwd=HOUSE,
        check=True,
        capture_output=True,
    )
    data.unlink()
    files = json.decode(told.stdout)["files"]
    pure = {path: file for path, file in files.items() if is_pure(path)}
    below = {
        path: file for path, file in pure.items() if file["summary"]["percent_covered"] < LEAST
    }
    for path, file in sorted(below.items()):
        lines = ", ".join(map(str, file["missing_lines"]))
        print(f"{path}: {file['summary']['percent_covered']:.1f} %, less than {LEAST:.0f}: {lines}")
    print(f"{len(pure) - len(below)} of {len(pure)} pure files are covered")
    return bool(below)


def is_pure(path: str) -> bool:
    return path not in SHELLS and any(PurePath(path).match(one) for one in PURE)


if __name__ == "__main__":
    sys.exit(main())

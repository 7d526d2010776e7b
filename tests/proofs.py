"""What ``make prove`` leaves behind (``-p tests.proofs``): of each file of proofs what its last run
said, under docs/proofs, with commit, date, machine, seeds and figures."""

import os
import platform
import subprocess
import time
from collections import defaultdict
from pathlib import Path, PurePath

import pytest

HOUSE = Path(__file__).parent.parent
KEPT = HOUSE / "docs" / "proofs"
SAID_MAX = 60
"""Lines of what a proof printed, from its end: seeds and figures, not a log."""


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Kept())


class _Kept:
    """A run that is cut off leaves the former word on what it did not come to."""

    def __init__(self) -> None:
        self._reports: dict[str, list[pytest.TestReport]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self._reports[report.nodeid.partition("::")[0]].append(report)

    def pytest_sessionfinish(self) -> None:
        for file, reports in self._reports.items():
            KEPT.mkdir(parents=True, exist_ok=True)
            (KEPT / name_of(file)).write_text(page(file, reports, made_at()), encoding="utf-8")


def name_of(file: str) -> str:
    """``tests/e2e/test_standby.py`` is kept as ``e2e-standby.md``."""
    parts = PurePath(file).with_suffix("").parts[1:]
    return "-".join(part.removeprefix("test_") for part in parts) + ".md"


def page(file: str, reports: list[pytest.TestReport], made: str) -> str:
    failed = sum(report.outcome != "passed" for report in reports)
    told = "every proof held" if not failed else f"{failed} of {len(reports)} did not hold"
    lines = [
        f"# {file}",
        "",
        f"{told}; {made}.",
        f"Again: `.venv/bin/python -m pytest -m prove -p tests.proofs {file}`",
        "",
        "| proof | result | s |",
        "|---|---|--:|",
    ]
    lines += [
        f"| {report.nodeid.partition('::')[2]} | {report.outcome} | {report.duration:.1f} |"
        for report in reports
    ]
    told_of: set[tuple[str, ...]] = set()
    for report in reports:
        said = _said(report)
        if said and tuple(said) not in told_of:  # one fixture fails for many
            told_of.add(tuple(said))
            lines += ["", f"`{report.nodeid.partition('::')[2]}`", "", "```", *said, "```"]
    return "\n".join(lines) + "\n"


def _said(report: pytest.TestReport) -> list[str]:
    """What it printed and measured, and why it failed."""
    lines = report.capstdout.splitlines()[-SAID_MAX:]
    lines += [str(value) for name, value in report.user_properties if name == "measured"]
    if report.failed:
        lines += report.longreprtext.splitlines()[-SAID_MAX:]
    return [line.replace(str(HOUSE), ".").rstrip() for line in lines]


def made_at() -> str:
    git = ("git", "-C", str(HOUSE))
    commit = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    changes = ("status", "--porcelain", "--", ":!docs/proofs")
    changed = subprocess.run([*git, *changes], capture_output=True, text=True)
    now = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())
    of = f"commit {commit.stdout.strip()}{', with changes' if changed.stdout else ''}"
    on = (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    return f"{now}, {of}, {on}"

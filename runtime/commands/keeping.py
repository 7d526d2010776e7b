"""`threering backup`, `restore` and `upgrade`: what keeps a site over the years."""

import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.console import Console

from calls.clock import Clock
from runtime.backup import back_up
from runtime.releases import Releases, UpgradeRefused, python_of
from runtime.restoring import place_of
from runtime.restoring import restore as put_back
from runtime.site import Site

PATIENCE_S = 90.0
"""A new release that opens no later is good."""


def backup(site: Site, file: Path, clock: Clock, console: Console) -> None:
    manifest = back_up(place_of(site), file.absolute(), clock.now(), _version())
    whole = sum(one.bytes for one in manifest.kept)
    console.print(f"{file}: {len(manifest.kept)} files, {whole / 1e6:.1f} MB before packing")


def restore(config: Path, file: Path, over: bool, clock: Clock, console: Console) -> None:
    manifest, aside = put_back(file, config, over, clock.now())
    for place in aside:
        console.print(f"What was there is now {place}", highlight=False)
    console.print(f"{len(manifest.kept)} files are back in place; each is what was put in.")


def upgrade(site: Site, release: Path, console: Console) -> int:
    """Exit code: 0 when the new release serves the calls."""
    python = str(python_of(release))
    releases = Releases(site.data)
    console.print("The new release makes ready what it needs; calls go on.")
    config = str(site.configuration.folder)
    made = subprocess.run([python, "-P", "-m", "runtime", "prepare", "--config", config])
    if made.returncode:
        raise UpgradeRefused(f"{release} could not make itself ready; nothing was changed")
    before = releases.chosen()
    releases.choose(python)
    try:
        releases.tell_parent()
    except UpgradeRefused:
        releases.choose(before)
        raise
    give_up = time.monotonic() + PATIENCE_S
    while releases.chosen() == python and time.monotonic() < give_up:
        if releases.running() == python:
            console.print(f"{release} serves the calls now.", highlight=False)
            return 0
        time.sleep(0.2)
    console.print(f"{release} did not open; the former release goes on. See {site.controller_log}")
    return 1


def _version() -> str:
    try:
        return version("threering")
    except PackageNotFoundError:
        return "unknown"

"""What `threering install` writes, in a scratch root; and that saying so writes nothing."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from runtime.installing import CONFIG, DATA, ROTATION, UNIT, install

pytestmark = pytest.mark.integration


def below(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def test_a_dry_run_says_all_of_it_and_does_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    install(tmp_path, dry_run=True, say=said.append)
    assert list(tmp_path.iterdir()) == []
    text = "\n".join(said)
    for what in (str(UNIT), str(ROTATION), str(CONFIG), str(DATA), "ExecReload"):
        assert what in text


def test_it_may_be_done_twice_and_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    for _ in range(2):
        install(tmp_path, dry_run=False, say=lambda line: None)
    for folder in (CONFIG, DATA):
        assert below(tmp_path, folder).stat().st_mode & 0o077 == 0
    unit = below(tmp_path, UNIT).read_text()
    assert re.search(r"^ExecStart=/\S+ -m runtime run --no-demo$", unit, re.MULTILINE)
    assert "User=threering" in unit
    assert "NoNewPrivileges=yes" in unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    install(tmp_path, dry_run=False, say=lambda line: None)
    unit = below(tmp_path, UNIT)
    command = ["systemd-analyze", "verify", "--man=no", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []


@pytest.mark.skipif(shutil.which("logrotate") is None, reason="no logrotate on this machine")
def test_logrotate_reads_the_rotation(tmp_path: Path) -> None:
    install(tmp_path, dry_run=False, say=lambda line: None)
    rotation = below(tmp_path, ROTATION)
    rotation.write_text(re.sub(r"^\s*su .*\n", "", rotation.read_text(), flags=re.MULTILINE))
    command = ["logrotate", "--debug", "--state", str(tmp_path / "state"), str(rotation)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr

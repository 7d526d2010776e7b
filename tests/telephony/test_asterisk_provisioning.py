"""The provisioning scripts, with a stand-in for the package fetcher: whole, torn, failed, again."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

SCRIPTS = Path(__file__).parents[2] / "telephony" / "provisioning"
WHOLE = """mkdir -p "$tree/usr/sbin" "$tree/usr/share/asterisk/sounds"
printf '#!/bin/sh\\n' > "$tree/usr/sbin/asterisk"; chmod +x "$tree/usr/sbin/asterisk" """
TORN = """mkdir -p "$tree/usr/share/asterisk"; exit 1"""
TOOLS = """
sh dirname sed flock mkdir rm mv ln du cut cat id unshare mount python3 printf chmod tail mktemp
"""


class Checkout:
    """A checkout with nothing but the scripts, and a PATH with nothing but what is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        shutil.copytree(SCRIPTS, folder / "telephony" / "provisioning")
        for tool in TOOLS.split():
            if found := shutil.which(tool, path="/usr/bin:/bin:/usr/sbin:/sbin"):
                (self.bin / tool).symlink_to(found)

    @property
    def tree(self) -> Path:
        return self.folder / "var" / "asterisk-root"

    def program(self, name: str, body: str) -> None:
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def fetcher(self, body: str) -> None:
        """A mmdebstrap that fills its last argument by ``body`` and counts its calls."""
        self.program("mmdebstrap", f"echo x >> {self.folder}/fetched; for tree; do :; done; {body}")

    @property
    def fetched(self) -> int:
        counter = self.folder / "fetched"
        return len(counter.read_text().split()) if counter.exists() else 0

    def run(self, script: str, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["/bin/sh", str(self.folder / "telephony" / "provisioning" / script), *words],
            env={"PATH": str(self.bin)} | env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_it_is_fetched_once_and_the_second_time_is_silent(checkout: Checkout) -> None:
    checkout.fetcher(WHOLE)
    first, second = checkout.run("asterisk.sh"), checkout.run("asterisk.sh")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    assert "==> Asterisk" in first.stdout
    assert second.stdout + second.stderr == ""
    assert checkout.fetched == 1
    assert (checkout.tree / "usr/share/asterisk/sounds/en").readlink() == Path("en_US_f_Allison")


def test_a_failed_fetch_says_so_and_leaves_nothing_half(checkout: Checkout) -> None:
    checkout.fetcher(TORN)
    failed = checkout.run("asterisk.sh")
    assert failed.returncode == 1
    assert "could not be provisioned" in failed.stderr
    assert [p.name for p in (checkout.folder / "var").iterdir()] == ["asterisk-root.lock"]


def test_a_provisioning_torn_by_a_crash_is_done_again(checkout: Checkout) -> None:
    (checkout.folder / "var" / ".asterisk-root.new" / "usr").mkdir(parents=True)
    (checkout.tree / "usr").mkdir(parents=True)
    checkout.fetcher(WHOLE)
    assert checkout.run("asterisk.sh").returncode == 0
    assert (checkout.tree / "usr/sbin/asterisk").exists()


@pytest.mark.parametrize(
    ("version", "fetched"),
    [
        ("Asterisk 22.7.0", 0),
        ("Asterisk 22.10.1+dfsg+~cs6", 0),
        ("Asterisk 23.0.0", 0),
        ("Asterisk 22.6.1", 1),
        ("Asterisk 20.6.0~dfsg+~cs6", 1),
        ("nonsense", 1),
    ],
)
def test_the_machines_own_asterisk_is_used_from_22_7_on(
    checkout: Checkout, version: str, fetched: int
) -> None:
    checkout.program("asterisk", f"echo '{version}'")
    checkout.fetcher(WHOLE)
    assert checkout.run("asterisk.sh").returncode == 0
    assert checkout.fetched == fetched


def test_a_shared_tree_is_used_and_a_wrong_one_named(checkout: Checkout, tmp_path: Path) -> None:
    checkout.fetcher(WHOLE)
    wrong = checkout.run("asterisk.sh", THREERING_ASTERISK_ROOT="/nowhere")
    assert wrong.returncode == 2
    assert "/nowhere" in wrong.stderr
    assert checkout.run("asterisk.sh").returncode == 0
    shared = checkout.run("asterisk.sh", THREERING_ASTERISK_ROOT=str(checkout.tree))
    assert shared.returncode == 0
    assert checkout.fetched == 1


def test_what_is_missing_is_named_in_one_line_with_what_root_must_run(checkout: Checkout) -> None:
    checkout.program("id", "echo 1000")
    checkout.program("apt-get", "exit 1")
    asked = checkout.run("prerequisites.sh", "test")
    assert asked.returncode == 2
    assert len(asked.stderr.splitlines()) == 1
    assert "apt-get install" in asked.stderr
    assert "redis-server chromium" in asked.stderr


def test_root_installs_what_is_missing_and_asks_nobody_when_nothing_is(
    checkout: Checkout,
) -> None:
    calls = checkout.folder / "apt-calls"
    checkout.program("id", "echo 0")
    checkout.program("apt-get", f'echo "$@" >> {calls}')
    assert checkout.run("prerequisites.sh", "test").returncode == 0
    update, install = calls.read_text().splitlines()
    assert update.startswith("update")
    assert "redis-server" in install
    calls.unlink()
    checkout.program("redis-server", "")
    checkout.program("chromium", "")
    checkout.program("fc-list", "echo a font with Chinese letters")
    assert checkout.run("prerequisites.sh", "test").returncode == 0
    assert not calls.exists()


def test_an_installation_that_fails_says_why(checkout: Checkout) -> None:
    checkout.program("id", "echo 0")
    checkout.program("apt-get", 'case $1 in install) echo "no such package"; exit 100;; esac')
    failed = checkout.run("prerequisites.sh", "test")
    assert failed.returncode == 2
    assert "no such package" in failed.stderr


def test_the_scripts_are_plain_sh() -> None:
    for script in SCRIPTS.glob("*.sh"):
        assert os.access(script, os.R_OK)
        subprocess.run(["/bin/sh", "-n", str(script)], check=True, timeout=10)

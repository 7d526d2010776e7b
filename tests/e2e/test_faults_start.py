"""What is wrong at the start is said in one line; nothing is tried again, nothing is left."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime.parent import controller_command
from tests.e2e.faults import apart, one_queue_an_agent, processes_of
from tests.e2e.hotline import REPOSITORY, Hotline, hotline

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def house() -> Iterator[Hotline]:
    with hotline() as made:
        yield made


def refused(house: Hotline, *command: str, within: tuple[str, ...] = (), **changed: str) -> str:
    """The last line of a command that must end by itself with 2, leaving nothing running."""
    done = subprocess.run(
        [*within, sys.executable, "-m", "runtime", *command, "--config", _config(house)],
        env={**house.environment, **changed, "COLUMNS": "300"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=REPOSITORY,
        timeout=90,
        check=False,
    )
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stdout
    assert processes_of(house) == []
    return done.stdout


def said_once(output: str, *words: str) -> None:
    """Exactly one line says it, and it is the last."""
    lines = [line for line in output.splitlines() if line.startswith("threering: ")]
    assert len(lines) == 1, output
    assert output.splitlines()[-1] == lines[0]
    for word in words:
        assert word in lines[0], output


def _config(house: Hotline) -> str:
    return str(house.folder / "config")


@contextmanager
def taken(kind: socket.SocketKind, port: int) -> Iterator[None]:
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", port))
        if kind is socket.SOCK_STREAM:
            holder.listen()
        yield


@contextmanager
def written(house: Hotline, name: str, text: str) -> Iterator[Path]:
    """A configuration file with something added, until the block ends."""
    file = house.folder / "config" / name
    before = file.read_text()
    file.write_text(before + text)
    try:
        yield file
    finally:
        file.write_text(before)


PORTS = {
    "SIP": socket.SOCK_DGRAM,
    "AMI": socket.SOCK_STREAM,
    "AGI": socket.SOCK_STREAM,
    "ASTERISK_HTTP": socket.SOCK_STREAM,
    "WEB": socket.SOCK_STREAM,
    "TLS": socket.SOCK_STREAM,
}


@pytest.mark.parametrize("name", PORTS)
def test_a_port_that_is_taken_is_named_with_its_owner(house: Hotline, name: str) -> None:
    port = int(house.environment[f"THREERING_{name}_PORT"])
    with taken(PORTS[name], port):
        said_once(refused(house, "run"), str(port), "is taken by", f"pid {os.getpid()}", "port")
        assert f"{port}" in refused(house, "check")


def test_a_mistake_in_the_configuration_is_named_with_file_line_and_what_would_be_right(
    house: Hotline,
) -> None:
    with written(house, "threering.yaml", "\nregion: XX\n") as file:
        line = len(file.read_text().splitlines())
        for command in ("run", "check"):
            out = refused(house, command)
            assert f"threering.yaml:{line}: region" in out
            assert "'XX' is no country with telephones" in out
            assert "as CN" in out


def test_every_mistake_is_named_at_once(house: Hotline) -> None:
    with (
        written(house, "threering.yaml", "\nregion: XX\n"),
        written(house, "floor.yaml", "\nquues: {}\n"),
    ):
        out = refused(house, "run")
        assert "threering.yaml:" in out
        assert "floor.yaml:" in out
        assert "queues" in out


def test_a_tree_with_a_mistake_is_not_published_and_the_path_is_named(house: Hotline) -> None:
    tree = house.folder / "broken.json"
    good = (Path(__file__).parent / "quick.json").read_text()
    tree.write_text(good.replace('"next": "survey"', '"next": "surveys"'))
    done = subprocess.run(
        [sys.executable, "-m", "runtime", "tree", "publish", str(tree), "--config", _config(house)],
        env=house.environment,
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=90,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "$.nodes.sales.next" in done.stderr
    assert "did you mean 'survey'?" in done.stderr


def test_no_asterisk_is_said_with_what_to_run(house: Hotline) -> None:
    nowhere = str(house.folder / "nowhere")
    said_once(refused(house, "run", THREERING_ASTERISK_ROOT=nowhere), nowhere, "make setup")
    assert "make setup" in refused(house, "check", THREERING_ASTERISK_ROOT=nowhere)


def test_an_asterisk_that_is_too_old_is_named_with_its_version(house: Hotline) -> None:
    programs = house.folder / "programs"
    programs.mkdir()
    old = programs / "asterisk"
    old.write_text("#!/bin/sh\necho 'Asterisk 20.6.0~dfsg+~cs6.13.40431414-2build5'\n")
    old.chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    for command in ("run", "check"):
        out = refused(house, command, PATH=path, THREERING_ASTERISK_ROOT="")
        assert "20.6" in out
        assert "22.7" in out
        assert "make setup" in out


def test_a_journal_another_controller_holds_is_said(house: Hotline) -> None:
    journal = house.site.configuration.settings.journal
    with open(f"{journal}.lock", "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        said_once(refused(house, "run"), str(journal), "another process")
        assert "another process" in refused(house, "check")


def test_a_data_folder_that_cannot_be_is_said(house: Hotline) -> None:
    file = house.folder / "a-file"
    file.write_text("")
    said_once(refused(house, "run", THREERING_DATA=str(file / "data")), str(file))
    assert str(file) in refused(house, "check", THREERING_DATA=str(file / "data"))


def mounted(house: Hotline, options: str) -> tuple[str, ...]:
    """A prefix that runs a command with the site's folder on a file system of its own, which is
    gone with the command."""
    namespace = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        namespace += ["--user", "--map-root-user"]
    copy = house.folder.with_name(f"{house.folder.name}-copy")
    script = (
        f"cp -a {house.folder} {copy}; trap 'rm -rf {copy}' EXIT;"
        f" mount -t tmpfs -o mode=700 none {house.folder};"
        f" cp -a {copy}/. {house.folder}; mount -o remount,{options} {house.folder};"
        ' "$@"'
    )
    return (*namespace, "sh", "-c", script, "sh")


def test_a_data_folder_that_cannot_be_written_is_said(house: Hotline) -> None:
    if not shutil.which("unshare"):
        pytest.fail("unshare (util-linux) is needed")
    out = refused(house, "run", within=mounted(house, "ro"))
    said_once(out, str(house.folder), "Read-only file system")


def test_a_disk_with_no_room_is_said(house: Hotline) -> None:
    used = subprocess.run(
        ["du", "-sk", str(house.folder)], capture_output=True, text=True, check=True
    )
    room = int(used.stdout.split()[0]) + 1500
    out = refused(house, "run", within=mounted(house, f"size={room}k"))
    said_once(out, "room", str(house.folder))
    out = refused(house, "check", within=mounted(house, f"size={room}k"))
    assert "disk" in out


def test_a_wrong_ami_secret_is_said_and_not_tried_again() -> None:
    with apart(floor=one_queue_an_agent()) as open_house:
        open_house.closes()
        (open_house.site.data / "secrets").write_text("00" * 32 + "\n")
        knocks = open_house.ami.connections
        out = subprocess.run(
            controller_command(_config(open_house)),
            env=open_house.environment,
            capture_output=True,
            text=True,
            cwd=REPOSITORY,
            timeout=60,
            check=False,
        )
        assert out.returncode == 2, out.stdout + out.stderr
        said_once(out.stdout, "Asterisk refused", "secret")
        assert open_house.ami.connections == knocks + 1

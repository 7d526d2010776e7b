"""Logs: whole lines, in order, masked, in files of a bounded size, and nobody waits for them."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from calls.bus import Bus
from calls.events import CallArrived, KeysPressed
from calls.ids import CallId, TreeId
from calls.notices import Alarm
from runtime.log_file import LogFile
from runtime.logs import JsonLines, calls, log_alarms, log_facts

pytestmark = pytest.mark.unit

OpenLog = Callable[[Path, int], logging.Logger]


@pytest.fixture
def open_log() -> Iterator[OpenLog]:
    """``open_log(path, most_bytes)``: a logger of its own; ``close_log`` writes what is waiting."""
    opened: list[tuple[logging.Logger, logging.Handler]] = []

    def open_one(path: Path, most_bytes: int = 10**6) -> logging.Logger:
        handler = LogFile(path, most_bytes, 2)
        handler.setFormatter(JsonLines())
        calls.handlers[:] = [handler]
        calls.setLevel(logging.INFO)
        calls.propagate = False
        opened.append((calls, handler))
        return calls

    yield open_one
    for logger, handler in opened:
        logger.handlers.clear()
        logger.propagate = True
        handler.close()


def _close(log: logging.Logger) -> None:
    for handler in log.handlers:
        handler.close()


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_line_is_in_the_file_in_order_when_it_is_closed(
    open_log: OpenLog, tmp_path: Path
) -> None:
    log = open_log(tmp_path / "a.log", 10**6)
    for n in range(1000):
        log.info("line", extra={"n": n})
    _close(log)
    assert [line["n"] for line in _lines(tmp_path / "a.log")] == list(range(1000))


def test_a_warning_brings_what_waits_into_the_file(open_log: OpenLog, tmp_path: Path) -> None:
    log = open_log(tmp_path / "a.log", 10**6)
    log.info("before")
    log.warning("now")
    _close(log)
    assert [line["say"] for line in _lines(tmp_path / "a.log")] == ["before", "now"]


def test_a_full_file_is_numbered_and_only_so_many_are_kept(
    open_log: OpenLog, tmp_path: Path
) -> None:
    for n in range(5):
        log = open_log(tmp_path / "a.log", 10)
        log.info("line", extra={"n": n})
        _close(log)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.log", "a.log.1", "a.log.2"]
    assert [_lines(tmp_path / f"a.log.{n}")[0]["n"] for n in (1, 2)] == [4, 3]


def test_a_line_that_cannot_be_made_costs_no_other(
    open_log: OpenLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)
    log = open_log(tmp_path / "a.log", 10**6)
    log.info("%s %s", "one argument too few")
    log.info("good")
    _close(log)
    assert [line["say"] for line in _lines(tmp_path / "a.log")] == ["good"]


def test_a_fact_is_told_with_its_number_masked_and_keys_unsaid(
    open_log: OpenLog, tmp_path: Path
) -> None:
    log = open_log(tmp_path / "a.log", 10**6)
    bus = Bus(lambda *failed: pytest.fail(str(failed)))
    log_facts(bus)
    call = CallId("main-1")
    bus.publish(
        CallArrived(
            call=call,
            at=1.0,
            key="k1",
            number="13812345678",
            name="王",
            dialled="4008001234",
            trunk="t",
            tree=TreeId("hotline"),
            tree_version="ab",
        )
    )
    bus.publish(KeysPressed(call=call, at=2.0, key="k2", node="menu", keys="135"))
    _close(log)
    arrived, pressed = _lines(tmp_path / "a.log")
    assert (arrived["say"], arrived["call"]) == ("CallArrived", "main-1")
    assert "12345" not in str(arrived)
    assert "王" not in str(arrived)
    assert "135" not in str(pressed)


def test_an_alarm_is_a_line_when_it_begins_and_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bus = Bus(lambda *failed: pytest.fail(str(failed)))
    log_alarms(bus)
    with caplog.at_level(logging.INFO, "alarms"):
        bus.publish(Alarm(name="broken:stuck", on=True, text="agent ann; journal position 7"))
        bus.publish(Alarm(name="broken:stuck", on=False))
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert [(line["level"], line["alarm"], line["why"]) for line in lines] == [
        ("warning", "broken:stuck", "agent ann; journal position 7"),
        ("info", "broken:stuck", ""),
    ]

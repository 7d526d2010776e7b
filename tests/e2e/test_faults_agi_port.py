"""Strangers on the FastAGI port while somebody talks: each is counted, no call notices."""

import contextlib
import re
import socket
from collections.abc import Callable, Iterator

import pytest

from telephony.robots.scenario import Answers, Press, StayUntilHungUp, Wait
from tests.e2e.faults import KEYS, QUEUES, STEPS, happens, one_queue_an_agent, prepared, record_of
from tests.e2e.hotline import Caller, Hotline, Phone, hotline, until

pytestmark = pytest.mark.e2e

NUMBER = "13944440001"
TALK_S = 22.0


def _says(words: bytes) -> Callable[[socket.socket], None]:
    def stranger(line: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it may be hung up on before it has said all
            line.sendall(words)

    return stranger


def _leaves(line: socket.socket) -> None:
    line.shutdown(socket.SHUT_RDWR)


ENVIRONMENT = b"agi_network: yes\nagi_request: agi://127.0.0.1/call\nagi_channel: PJSIP/x-1\n"
STRANGERS = {
    "garbage": (_says(bytes(range(256)) * 40), "bad_environment"),
    "silence": (_says(b""), "environment_late"),
    "early close": (_leaves, "closed_early"),
    "half an environment": (_says(ENVIRONMENT), "environment_late"),
    "a key twice": (_says(ENVIRONMENT + ENVIRONMENT + b"\n"), "bad_environment"),
    "a megabyte without newline": (_says(b"a" * (1 << 20)), "line_too_long"),
    "lines without end": (
        _says(b"".join(b"agi_x%d: x\n" % n for n in range(1, 10_000))),
        "environment_too_long",
    ),
    "a web browser": (_says(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "bad_environment"),
}


def counted(house: Hotline) -> dict[str, int]:
    """Bad ends of FastAGI connections so far, by kind."""
    text = house.client.get("//metrics")
    found = re.findall(r'^\w*agi_endings\w*\{ending="(\w+)"\} ([0-9.]+)', text, re.MULTILINE)
    return {kind: int(float(count)) for kind, count in found}


@pytest.fixture(scope="module")
def talk() -> Iterator[tuple[Hotline, Phone, Caller]]:
    with hotline(floor=one_queue_an_agent()) as house:
        prepared(house).opens()
        phone = house.agent_ready("a8001", Answers(after_s=0.5, talk_s=TALK_S))
        press = Press(KEYS[QUEUES[0]])
        caller = house.calls(Wait(1.5), press, StayUntilHungUp(90.0), dial=STEPS, number=NUMBER)
        happens(house, NUMBER, "TalkBegan")
        yield house, phone, caller


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_is_hung_up_on_and_counted(
    talk: tuple[Hotline, Phone, Caller], who: str
) -> None:
    house, _, _ = talk
    does, ending = STRANGERS[who]
    before = counted(house).get(ending, 0)
    port = int(house.environment["THREERING_AGI_PORT"])
    with socket.create_connection(("127.0.0.1", port), 5.0) as line:
        line.settimeout(15.0)
        does(line)
        if does is not _leaves:
            with contextlib.suppress(ConnectionError):
                assert line.recv(4096) == b""
    until(lambda: counted(house).get(ending, 0) == before + 1, f"{ending} is counted")


def test_many_strangers_at_once_leave_room_for_a_caller(
    talk: tuple[Hotline, Phone, Caller],
) -> None:
    house, _, _ = talk
    port = int(house.environment["THREERING_AGI_PORT"])
    with contextlib.ExitStack() as lines:
        for _ in range(200):
            lines.enter_context(socket.create_connection(("127.0.0.1", port), 5.0))
        house.calls(Wait(30.0), dial=STEPS, number="13944440002")
        happens(house, "13944440002", "NodeEntered", times=2)


def test_the_talk_noticed_nothing(talk: tuple[Hotline, Phone, Caller]) -> None:
    house, phone, _ = talk
    told = happens(house, NUMBER, "TalkFinished", tries_s=TALK_S + 10.0)
    assert told.all("TalkFinished")[0]["by"] == "agent"
    [lifted], [ended] = phone.times("lifted"), phone.times("hung-up")
    assert ended - lifted == pytest.approx(TALK_S, abs=1.0)
    assert record_of(house, NUMBER)["gaps"] == 0

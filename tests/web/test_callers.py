"""Who may call from a web page, how often, and from which sites' pages."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from agent_softphone_bridge.callers import (
    AT_ONCE_PER_ADDRESS,
    BEGUN_PER_ADDRESS,
    COMES_WITHIN_S,
    WINDOW_S,
    Callers,
    LinesFull,
    TooMany,
)
from calls.commands import AdmitDevice, Command
from calls.text import is_web_caller
from runtime.web.app import CONTENT_POLICY
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import CALLERS, open_house
from tests.web.test_caller_speech import frame, message
from tests.web.test_sip_door import AGREES, asks, asterisk

pytestmark = pytest.mark.integration


class Watch:
    """Lines of a house with a clock that stands still."""

    def __init__(self, at_once: int = 3) -> None:
        self.now = 1_000.0
        self.ordered: list[Command] = []
        settings = replace(CALLERS, at_once=at_once)
        self.callers = Callers(settings, self.ordered.append, lambda: self.now)

    def open(self, address: str = "192.0.2.1", known_as: str = "") -> str:
        """The ticket."""
        line = self.callers.open("1001", known_as, address)
        return line.socket.partition("ticket=")[2]

    @property
    def admitted(self) -> AdmitDevice:
        last = self.ordered[-1]
        assert isinstance(last, AdmitDevice)
        return last


def test_a_line_may_call_and_nothing_else_and_is_hers_alone() -> None:
    house = Watch()
    line = house.callers.open("1001", "", "192.0.2.1")
    admitted = house.admitted
    assert admitted.calls_only
    assert (admitted.device, admitted.secret) == (line.device, line.secret)
    assert is_web_caller(admitted.number)
    assert admitted.number == line.caller
    assert admitted.until - house.now <= 60
    other = house.callers.open("1001", "", "192.0.2.1")
    assert (other.device, other.secret) != (line.device, line.secret)
    assert other.caller != line.caller


def test_she_is_known_again_by_what_only_her_page_knows_and_by_no_number() -> None:
    house = Watch(at_once=9)
    first = house.callers.open("1001", "", "192.0.2.1")
    again = house.callers.open("1001", first.known_as, "198.51.100.7")
    assert again.caller == first.caller
    # What is shown to the hotline does not make somebody else her.
    assert house.callers.open("1001", first.caller, "192.0.2.1").caller != first.caller
    for strange in ("x", "x" * 1_000_000, "坐席" * 15, "\0" * 30, " " * 20):
        line = house.callers.open("1001", strange, f"192.0.2.{len(strange) % 250}")
        assert line.known_as != strange
        house.callers.left(line.device)


def test_there_are_never_more_callers_than_lines() -> None:
    house = Watch(at_once=3)
    tickets = [house.open(f"192.0.2.{n}") for n in range(3)]
    with pytest.raises(LinesFull):
        house.open("192.0.2.99")
    device = house.callers.come(tickets[0])
    assert device is not None
    house.callers.left(device)
    # The secret of who left is good no more, and her line is free.
    assert house.admitted.device == device
    assert house.admitted.number != tickets[0]
    house.open("192.0.2.99")
    with pytest.raises(LinesFull):
        house.open("192.0.2.100")


def test_a_line_nobody_came_to_is_free_again_and_its_ticket_void() -> None:
    house = Watch(at_once=1)
    ticket = house.open()
    house.now += COMES_WITHIN_S
    other = house.open("192.0.2.2")
    assert house.callers.come(ticket) is None
    assert house.callers.come(other) is not None
    # Who came keeps it, however long she talks; her ticket opens it once.
    house.now += 10_000
    assert house.callers.come(other) is None
    with pytest.raises(LinesFull):
        house.open("192.0.2.3")


def test_leaving_twice_frees_one_line() -> None:
    house = Watch(at_once=2)
    device = house.callers.come(house.open())
    assert device is not None
    for _ in range(3):
        house.callers.left(device)
    house.open("192.0.2.1")
    house.open("192.0.2.2")
    with pytest.raises(LinesFull):
        house.open("192.0.2.3")


@pytest.mark.parametrize(
    ("one", "other"),
    [("192.0.2.1", "192.0.2.2"), ("2001:db8:0:1::1", "2001:db8:0:2::1")],
)
def test_one_address_cannot_take_all_lines(one: str, other: str) -> None:
    house = Watch(at_once=100)
    for _ in range(AT_ONCE_PER_ADDRESS):
        assert house.callers.come(house.open(one))
    with pytest.raises(TooMany):
        house.open(one)
    house.open(other)


def test_a_subscribers_many_addresses_count_as_one() -> None:
    house = Watch(at_once=100)
    for n in range(AT_ONCE_PER_ADDRESS):
        house.open(f"2001:db8:0:1::{n + 1:x}")
    with pytest.raises(TooMany):
        house.open("2001:db8:0:1:ffff::1")


def test_who_begins_call_after_call_waits_for_a_while() -> None:
    house = Watch(at_once=100)
    for _ in range(BEGUN_PER_ADDRESS):
        device = house.callers.come(house.open())
        assert device is not None
        house.callers.left(device)
    with pytest.raises(TooMany) as refused:
        house.open()
    assert 0 < refused.value.wait_s <= WINDOW_S
    house.now += refused.value.wait_s
    house.open()


def test_what_is_not_a_called_number_cannot_be_dialled(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            nobody = Browser(house)
            assert (await nobody.ask("GET", "/call")).json == {"numbers": ["4008001234", "1001"]}
            for number in ("8001", "d8001", "watch-00", "*78", "", "+8613812345678", "１" * 9_000):
                answer = await nobody.ask("POST", "/call", json={"number": number})
                assert (answer.status_code, answer.json["error"]) == (404, "not_called_here")
            assert house.ordered == []
            for number in ("400 800 1234", "4008001234", "+86 400 800 1234"):
                answer = await nobody.ask("POST", "/call", json={"number": number})
                assert answer.status_code == 201
                assert answer.json["dial"] == "+864008001234"
            answer = await nobody.ask("POST", "/call", json={"number": "1001"})
            assert (answer.status_code, answer.json["error"]) == (503, "lines_full")

    run(scenario())


def test_a_page_of_another_site_gets_no_line(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            for headers in (
                {"Origin": "https://shop.example.com"},
                {"Sec-Fetch-Site": "cross-site"},
                {"X-ThreeRing": ""},
            ):
                answer = await Browser(house).ask("POST", "/call", headers, json={"number": "1001"})
                assert answer.status_code == 403, headers
            assert house.ordered == []

    run(scenario())


def test_a_line_is_no_log_in(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house, asterisk(house) as begun:
            nobody = Browser(house)
            answer = await nobody.ask("POST", "/call", json={"number": "1001"})
            line = answer.json
            assert line is not None
            assert "Set-Cookie" not in answer.headers
            ticket = line["socket"].partition("ticket=")[2]
            for status, path, more in (
                (b"401", f"/ws/sip?device={line['device']}&ticket={ticket}", {}),
                (b"403", "/ws/call", {}),
                (b"403", "/ws/call?ticket=" + "x" * 32, {}),
                (b"403", line["socket"], {"Origin": "https://shop.example.com"}),
                (b"400", line["socket"], {"Upgrade": ""}),
            ):
                head, _, writer = await asks(house, path, **more)
                assert head.split()[1] == status, path
                writer.close()
            assert begun == []

    run(scenario())


def test_a_callers_words_are_read_before_asterisk_hears_them(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house, asterisk(house) as begun:
            answer = await Browser(house).ask("POST", "/call", json={"number": "1001"})
            line = answer.json
            assert line is not None
            packing = {"Sec_WebSocket_Extensions": "permessage-deflate"}
            head, reader, writer = await asks(house, line["socket"], **packing)
            assert head == AGREES
            assert b"Extensions" not in begun[0]
            own = message(sender=f"<sip:{line['device']}@threering.invalid>;tag=1")
            sent = frame(own)
            writer.write(sent)
            assert await asyncio.wait_for(reader.readexactly(len(sent)), 10) == sent
            assert len(house.ordered) == 1
            writer.write(frame(own) + frame(message(sender="<sip:d8001@h>;tag=1")))
            heard = await asyncio.wait_for(reader.read(), 10)
            assert b"d8001" not in heard
            while len(house.ordered) < 2:
                await asyncio.sleep(0.01)
            # Her secret is good no more.
            last = house.ordered[-1]
            assert isinstance(last, AdmitDevice)
            assert (last.device, last.calls_only) == (line["device"], True)
            assert last.secret != line["secret"]
            writer.close()

    run(scenario())


def test_an_asterisk_that_is_away_costs_no_line(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            for _ in range(AT_ONCE_PER_ADDRESS):
                answer = await Browser(house).ask("POST", "/call", json={"number": "1001"})
                head, _, writer = await asks(house, answer.json["socket"])  # type: ignore[index]
                assert head.split()[1] == b"503"
                writer.close()

    run(scenario())


def test_only_the_callers_page_may_be_framed_and_only_by_the_sites_allowed(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            nobody = Browser(house)
            framed = await nobody.ask("GET", "//call?embedded")
            policy = framed.headers["Content-Security-Policy"]
            ours = "frame-ancestors https://shop.example.com http://localhost:8080"
            assert policy.endswith(ours)
            assert "X-Frame-Options" not in framed.headers
            nonce = policy.partition("'nonce-")[2].partition("'")[0]
            bare = policy.replace(f" 'nonce-{nonce}'", "").replace(ours, "frame-ancestors 'none'")
            assert bare == CONTENT_POLICY
            for path in ("//call", "//?embedded", "//board?embedded", "/session?embedded"):
                answer = await nobody.ask("GET", path)
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
                assert answer.headers["X-Frame-Options"] == "DENY"
            script = await nobody.ask("GET", "//widget.js")
            assert script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert "javascript" in script.content_type

    run(scenario())


def test_without_callers_there_is_no_page_no_line_and_no_widget(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path, callers=None) as house:
            nobody = Browser(house)
            for method, path in (("GET", "/call"), ("POST", "/call"), ("GET", "//call?embedded")):
                answer = await nobody.ask(method, path, json={"number": "1001"})
                assert (answer.status_code, answer.json["error"]) == (404, "no_page_callers")
            assert (await nobody.ask("GET", "//widget.js")).status_code == 404
            head, _, writer = await asks(house, "/ws/call?ticket=x")
            assert head.split()[1] == b"404"
            writer.close()

    run(scenario())


def test_without_sites_the_page_is_for_itself_alone(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path, callers=replace(CALLERS, origins=())) as house:
            nobody = Browser(house)
            framed = await nobody.ask("GET", "//call?embedded")
            assert "frame-ancestors 'none'" in framed.headers["Content-Security-Policy"]
            assert (await nobody.ask("GET", "//widget.js")).status_code == 404

    run(scenario())

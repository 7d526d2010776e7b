"""The SIP WebSocket behind the web port: who is let through; and the certificate of that port."""

import asyncio
import base64
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from calls.commands import AdmitDevice, DeviceLeft
from runtime.web.certificate import CertificateUnfit, WebTls, own_certificate
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import PASSWORD, House, open_house

pytestmark = pytest.mark.integration
AGREES = b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: sip\r\n\r\n"


@asynccontextmanager
async def asterisk(house: House) -> AsyncIterator[list[bytes]]:
    """Its HTTP: agrees to speak SIP, then gives back what it hears. What each connection began
    with is in the list."""
    begun: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(AGREES)
        while data := await reader.read(1000):
            writer.write(data)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", house.ports.asterisk_http)
    try:
        yield begun
    finally:
        server.close()


async def asks(
    house: House, path: str, **more: str
) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter]:
    """A WebSocket as a browser opens it; what was answered."""
    headers = {
        "Host": f"127.0.0.1:{house.port}",
        "Origin": f"http://127.0.0.1:{house.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": "sip",
    }
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    lines = [f"GET {path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items() if v)]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    return head, reader, writer


PAGE = {"page": "first-page", "take": True}


async def own_phone(house: House, person: str = "boss") -> tuple[str, str]:
    """The path of this person's telephone, and the cookie."""
    cookie, _ = await asyncio.to_thread(house.server.people.sign_in, person, PASSWORD, "")
    browser = await Browser.of(house, person)
    answer = await browser.ask("POST", "/phone", json=PAGE)
    device = answer.json["device"]  # type: ignore[index]
    return f"/ws/sip?device={device}&page={PAGE['page']}", f"threering={cookie}"


def test_pho_1_sip_passes_for_who_is_signed_in_and_the_loss_is_told(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house, asterisk(house) as begun:
            path, cookie = await own_phone(house)
            [admitted] = house.ordered
            assert isinstance(admitted, AdmitDevice)
            head, reader, writer = await asks(house, path, Cookie=cookie)
            assert head == AGREES
            # Nothing of hers goes on but what a WebSocket needs.
            assert b"threering" not in begun[0]
            assert begun[0].startswith(b"GET /ws HTTP/1.1")
            writer.write(b"x" * 300_000)
            assert await asyncio.wait_for(reader.readexactly(300_000), 20) == b"x" * 300_000
            writer.close()
            while len(house.ordered) < 2:
                await asyncio.sleep(0.01)
            assert house.ordered[1] == DeviceLeft(
                edge=admitted.edge, token=0, device=admitted.device
            )

    run(scenario())


def test_pho_1_sip_is_closed_to_strangers_other_sites_and_other_peoples_phones(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house, asterisk(house) as begun:
            path, cookie = await own_phone(house)
            tries = (
                (b"401", path, {}),
                (b"403", path, {"Cookie": cookie, "Origin": "https://evil.example"}),
                (b"403", path, {"Cookie": cookie, "Origin": ""}),
                (b"403", "/ws/sip?device=b8001", {"Cookie": cookie}),
                (b"403", "/ws/sip", {"Cookie": cookie}),
                (b"400", path, {"Cookie": cookie, "Sec_WebSocket_Protocol": "chat"}),
                (b"400", path, {"Cookie": cookie, "Upgrade": ""}),
            )
            for status, where, more in tries:
                head, _, writer = await asks(house, where, **more)
                assert head.split()[1] == status, (where, more)
                writer.close()
            assert begun == []

    run(scenario())


def test_pho_1_an_asterisk_that_is_away_is_said_to_be(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            path, cookie = await own_phone(house)
            head, _, writer = await asks(house, path, Cookie=cookie)
            assert head.split()[1] == b"503"
            writer.close()

    run(scenario())


def test_pho_3_a_telephone_taken_by_another_page_is_not_taken_back_unasked(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house, asterisk(house):
            path, cookie = await own_phone(house)
            browser = await Browser.of(house, "boss")

            async def asks_for(page: str, take: bool) -> tuple[int, str]:
                answer = await browser.ask("POST", "/phone", json={"page": page, "take": take})
                return answer.status_code, (answer.json or {}).get("error", "")

            assert await asks_for("second-page", False) == (409, "phone_elsewhere")
            assert await asks_for("second-page", True) == (200, "")
            # Whoever had it does not get it by renewing, nor by connecting once more.
            assert await asks_for("first-page", False) == (409, "phone_elsewhere")
            head, _, writer = await asks(house, path, Cookie=cookie)
            assert head.split()[1] == b"409"
            writer.close()
            assert await asks_for("second-page", False) == (200, "")
            assert await asks_for("first-page", True) == (200, "")
            head, _, writer = await asks(house, path, Cookie=cookie)
            assert head == AGREES
            writer.close()
            for wrong in ("", "short", "x" * 65, "<script>x"):
                assert await asks_for(wrong, True) == (422, "unfit")

    run(scenario())


def test_pho_1_an_agent_without_a_browser_is_told_what_to_ask_for(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang = await Browser.of(house, "a8001")
            answer = await wang.ask("POST", "/phone", json=PAGE)
            assert answer.status_code == 404
            assert answer.json["error"] == "no_phone"  # type: ignore[index]

    run(scenario())


def test_a_certificate_is_made_once_and_anew_before_it_ends(tmp_path: Path) -> None:
    now = 1_795_500_000.0
    certificate, key = own_certificate(tmp_path, "192.0.2.7", now)
    first = certificate.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    WebTls(certificate, key)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    own_certificate(tmp_path, "192.0.2.7", now + 86_400)
    assert certificate.read_bytes() == first
    own_certificate(tmp_path, "192.0.2.8", now)
    assert certificate.read_bytes() != first
    second = certificate.read_bytes()
    own_certificate(tmp_path, "192.0.2.8", now + 370 * 86_400)
    assert certificate.read_bytes() != second


def test_a_certificate_that_cannot_be_used_is_said_with_what_would_be_right(
    tmp_path: Path,
) -> None:
    certificate, key = own_certificate(tmp_path, "127.0.0.1", 1_795_500_000.0)
    other = tmp_path / "other"
    os.mkdir(other)
    _, strange = own_certificate(other, "127.0.0.1", 1_795_500_000.0)
    key.write_bytes(strange.read_bytes())
    with pytest.raises(CertificateUnfit, match="give PEM files that belong together"):
        WebTls(certificate, key)
    certificate.write_text("证书")
    with pytest.raises(CertificateUnfit, match=r"web\.certificate"):
        WebTls(certificate, strange)

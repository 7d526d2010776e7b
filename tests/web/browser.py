"""A browser as the app sees one: keeps its cookie, sends its token; each request on a thread."""

import asyncio
from typing import Any

from werkzeug.test import TestResponse

from tests.web.house import PASSWORD, House


class Browser:
    def __init__(self, house: House) -> None:
        self._client = house.server.app.test_client()
        self.token = "1"

    @classmethod
    async def of(cls, house: House, name: str) -> "Browser":
        """Signed in; '' for somebody who is not."""
        browser = cls(house)
        if name:
            body = {"name": name, "password": PASSWORD}
            answer = await browser.ask("POST", "/session", json=body)
            assert answer.status_code == 201, answer.text
            browser.token = answer.json["token"]  # type: ignore[index]
        return browser

    async def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any
    ) -> TestResponse:
        """``path`` below /api/v1, or one beginning with ``//``."""
        path = path[1:] if path.startswith("//") else f"/api/v1{path}"
        known = {"X-ThreeRing": self.token, "Accept-Language": "en", **(headers or {})}
        return await asyncio.to_thread(
            self._client.open, path, method=method, headers=known, **sent
        )

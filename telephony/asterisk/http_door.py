"""Asterisk's own HTTP interface on loopback: one request, one answer. Blocking: used on threads."""

import base64
import http.client

from telephony.asterisk.settings import USER

TIMEOUT_S = 3.0


class NotTold(Exception):
    """Asterisk could not be told; the text says why."""


class HttpDoor:
    def __init__(self, port: int, secret: str) -> None:
        """``port``: of Asterisk's HTTP; ``secret``: of its interface."""
        self._port = port
        login = base64.b64encode(f"{USER}:{secret}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}

    def put(self, what: str, path: str, body: str = "") -> None:
        """``what``: named in the error; ``path``: below ``/ari``. Raises NotTold."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        try:
            connection.request("PUT", f"/ari{path}", body, self._headers)
            answer = connection.getresponse()
            said = answer.read(1000)
        except (OSError, http.client.HTTPException) as error:
            raise NotTold(f"Asterisk's HTTP on port {self._port}: {error}") from error
        finally:
            connection.close()
        if answer.status not in (200, 204):
            raise NotTold(f"{what}: {answer.status} {said.decode(errors='replace')}")

    def reload_telephones(self) -> None:
        """Read ``pjsip.conf`` anew; calls, registrations and browsers' telephones stay. Raises
        NotTold."""
        self.put("telephones", "/asterisk/modules/res_pjsip.so")

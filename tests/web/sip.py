"""As much of a SIP server as registers a page's telephone, at the page's own WebSocket: its
troubles can be had without an Asterisk."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext, WebSocketRoute


@dataclass
class Registrar:
    socket: WebSocketRoute | None = None
    contact: str = ""
    registered: int = 0

    def serve(self, context: BrowserContext) -> None:
        context.route_web_socket("**/ws/sip**", self._opened)

    def _opened(self, socket: WebSocketRoute) -> None:
        self.socket = socket
        socket.on_message(self._heard)

    def _heard(self, message: str | bytes) -> None:
        text = message if isinstance(message, str) else message.decode()
        first, *lines = text.partition("\r\n\r\n")[0].split("\r\n")
        if first.startswith("REGISTER"):
            [contact] = [line for line in lines if line.startswith("Contact:")]
            self.contact = contact.partition("<")[2].partition(">")[0]
            self.registered += 1
            self._reply(lines, f"Contact: <{self.contact}>;expires=60")

    def _reply(self, lines: list[str], more: str) -> None:
        kept = [line for line in lines if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq")]
        [to] = [line for line in lines if line.startswith("To:")]
        self._send("SIP/2.0 200 OK", *kept, f"{to};tag=here", more)

    def _send(self, *lines: str) -> None:
        assert self.socket is not None
        self.socket.send("\r\n".join((*lines, "Content-Length: 0")) + "\r\n\r\n")

"""As much of a SIP server as registers a page's telephone and rings it, at the page's WebSocket:
its troubles can be had without an Asterisk."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, WebSocketRoute

PLAYABLE = "9 0 8"
"""Payload types every browser has: G.722, PCMU, PCMA."""
UNHEARD_OF = "18"
"""G.729, which no browser has."""


@dataclass(slots=True)
class Registrar:
    socket: WebSocketRoute | None = None
    contact: str = ""
    registered: int = 0
    answers: list[str] = field(default_factory=list)
    """Status lines that the page answered calls with."""

    def serve(self, context: BrowserContext) -> None:
        context.route_web_socket("**/ws/sip**", self._opened)

    def ring(self, payloads: str = PLAYABLE) -> None:
        """A call for the page that registered last."""
        sdp = OFFER.format(payloads=payloads).replace("\n", "\r\n")
        self._send(
            f"INVITE {self.contact} SIP/2.0",
            "Via: SIP/2.0/WS 127.0.0.1;branch=z9hG4bKring",
            "From: <sip:13812345678@127.0.0.1>;tag=caller",
            "To: <sip:b8001@127.0.0.1>",
            f"Call-ID: call-{len(self.answers)}",
            "CSeq: 1 INVITE",
            "Max-Forwards: 70",
            "Contact: <sip:asterisk@127.0.0.1;transport=ws>",
            "Content-Type: application/sdp",
            body=sdp,
        )

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
        elif first.startswith("SIP/2.0") and not first.startswith("SIP/2.0 100"):
            self.answers.append(first)

    def _reply(self, lines: list[str], more: str) -> None:
        kept = [line for line in lines if line.split(":")[0] in ("Via", "From", "Call-ID", "CSeq")]
        [to] = [line for line in lines if line.startswith("To:")]
        self._send("SIP/2.0 200 OK", *kept, f"{to};tag=here", more)

    def _send(self, *lines: str, body: str = "") -> None:
        assert self.socket is not None
        head = "\r\n".join((*lines, f"Content-Length: {len(body)}"))
        self.socket.send(f"{head}\r\n\r\n{body}")


OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
a=group:BUNDLE audio
m=audio 9 UDP/TLS/RTP/SAVPF {payloads}
a=mid:audio
a=sendrecv
a=rtcp-mux
a=setup:actpass
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901234567
a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF
"""  # noqa: E501

"""What a caller's page may say to Asterisk: its own calls and nothing else. Pure.

Anybody may open a line, so nothing unread reaches Asterisk: no other name in From, no log-in under
another one, no method but those of a call, no second message behind the first. Asterisk's own rules
(context, endpoint) come after this.
"""

import re

from runtime.web.sip_ends import Unfit

MOST_BYTES = 16_384
"""An INVITE with all addresses of a machine has about 5,000."""
METHODS = frozenset({"INVITE", "ACK", "BYE", "CANCEL", "INFO", "OPTIONS", "PRACK", "UPDATE"})
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10
_ANSWER = re.compile(r"SIP/2\.0 [1-6][0-9]{2}( .*)?\Z")
_REQUEST = re.compile(r"([A-Z]+) sips?:\S+ SIP/2\.0\Z")
_USER = re.compile(r'username="([^"\\]*)"')
_SHORT = {"f": "from", "l": "content-length", "i": "call-id", "m": "contact", "e": "encoding"}


class NotACall(Unfit):
    """She says what no caller says; the text tells what."""


class CallerSpeech:
    """One direction of one WebSocket, from the browser to us."""

    def __init__(self, device: str) -> None:
        # No name before it: what stands there could be read as the address.
        self._from = re.compile(
            rf"<sip:{re.escape(device)}@[A-Za-z0-9.-]+(;[^<>\s]*)?>(;[^<>\s]*)?\Z"
        )
        self._device = device
        self._data = b""

    def feed(self, data: bytes) -> bytes:
        """What may be handed on: whole frames, as they came. Raises NotACall."""
        self._data += data
        passed = b""
        while (frame := self._frame()) is not None:
            kind, whole, said = frame
            if kind == _TEXT:
                self._must_be_hers(said)
            elif kind not in (_CLOSE, _PING, _PONG):
                raise NotACall(f"a frame of kind {kind}")
            self._data = self._data[len(whole) :]
            passed += whole
        return passed

    def _frame(self) -> tuple[int, bytes, bytes] | None:
        """RFC 6455, 5.2: kind, all its bytes, what it says; None until it is whole."""
        data = self._data
        if len(data) < 2:
            return None
        if not data[0] & 0x80 or data[0] & 0x70 or not data[1] & 0x80:
            raise NotACall("a frame in parts, packed, or unmasked")
        length, at = data[1] & 0x7F, 2
        if length == 126:
            length, at = int.from_bytes(data[2:4], "big"), 4
        if length > MOST_BYTES or data[1] & 0x7F == 127:
            raise NotACall("a frame too long")
        if len(data) < at + 4 + length:
            return None
        mask, body = data[at : at + 4], data[at + 4 : at + 4 + length]
        said = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        return data[0] & 0x0F, data[: at + 4 + length], said

    def _must_be_hers(self, said: bytes) -> None:
        if not said.strip(b"\r\n"):
            return  # A sign of life.
        head, there, body = said.partition(b"\r\n\r\n")
        try:
            first, *lines = head.decode("utf-8").split("\r\n")
        except UnicodeDecodeError as error:
            raise NotACall("no UTF-8") from error
        if not there or any(c < " " for line in (first, *lines) for c in line if c != "\t"):
            raise NotACall("no whole message")
        headers = [_header(line) for line in lines]
        lengths = [value for name, value in headers if name == "content-length"]
        if lengths != [str(len(body))]:
            raise NotACall("another length than said")
        if _ANSWER.match(first):
            return
        request = _REQUEST.match(first)
        if request is None or request[1] not in METHODS:
            raise NotACall("no request of a call")
        if len(senders := [value for name, value in headers if name == "from"]) != 1:
            raise NotACall("not one From")
        if not self._from.match(senders[0]):
            raise NotACall("another one's From")
        for name, value in headers:
            if name in ("authorization", "proxy-authorization") and _USER.findall(value) != [
                self._device
            ]:
                raise NotACall("another one's log-in")


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or line[0] in " \t":
        raise NotACall("a header in parts")
    bare = name.strip(" \t").lower()
    return _SHORT.get(bare, bare), value.strip(" \t")

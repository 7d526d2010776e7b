"""One event to one webhook. Blocking: used on threads."""

import hmac
import http.client
import ssl
from hashlib import sha256
from urllib.parse import urlsplit

import msgspec

from config.outgoing import Webhook
from runtime.outgoing.failures import NotSent
from storage.outgoing import Hook

TIMEOUT_S = 10.0
SIGNATURE = "X-ThreeRing-Signature"
GONE = 410
"""By which a receiver says that it wants no more of this."""


def sign(body: bytes, secret: str, at: float) -> str:
    """``t=TIME,v1=HEX``: HMAC-SHA256 of "TIME.BODY". The time lets a receiver refuse what somebody
    sends again later."""
    stamp = str(int(at))
    made = hmac.new(secret.encode(), f"{stamp}.".encode() + body, sha256)
    return f"t={stamp},v1={made.hexdigest()}"


def body_of(hook: Hook, key: str, made_at: float) -> bytes:
    return msgspec.json.encode({"id": key, "event": hook.event, "at": made_at, "data": hook.body})


def send_hook(
    hook: Hook, key: str, made_at: float, targets: dict[str, Webhook], now: float
) -> None:
    """Returns when the receiver has said 2xx. Redirects are not followed: what is signed goes where
    the site says and nowhere else. Raises NotSent."""
    target = targets.get(hook.to)
    if target is None:
        raise NotSent(f"webhook {hook.to} is not in outgoing.yaml any more", never=True)
    body = body_of(hook, key, made_at)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "ThreeRing",
        "Idempotency-Key": key,
        SIGNATURE: sign(body, target.secret, now),
    }
    try:
        status = _post(target.url, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSent(f"webhook {hook.to}: {error or type(error).__name__}") from error
    if not 200 <= status < 300:
        raise NotSent(f"webhook {hook.to} says {status}", never=status == GONE)


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    where = urlsplit(url)
    connection: http.client.HTTPConnection
    if where.scheme == "https":
        connection = http.client.HTTPSConnection(
            where.netloc, timeout=TIMEOUT_S, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(where.netloc, timeout=TIMEOUT_S)
    try:
        path = where.path or "/"
        connection.request("POST", f"{path}?{where.query}" if where.query else path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()

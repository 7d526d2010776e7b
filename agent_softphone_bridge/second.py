"""The second factor: a number an authenticator app shows for half a minute (TOTP, RFC 6238). Pure;
the time is an argument, chance makes the secrets.
"""

import re
from urllib.parse import quote

STEP_S = 30
EARLY_OR_LATE = 1
"""Steps a telephone's clock may be off."""
ISSUER = "ThreeRing"
_SECRET = re.compile(r"[A-Z2-7]{32}")


def make_secret() -> str:
    from pyotp import random_base32  # Who signs in by password alone needs no library for it.

    return random_base32()


def is_secret(text: str) -> bool:
    return _SECRET.fullmatch(text) is not None


def uri_of(secret: str, person: str) -> str:
    """What an authenticator reads from a QR code."""
    label = f"{ISSUER}:{person}"
    return f"otpauth://totp/{quote(label)}?secret={secret}&issuer={ISSUER}"


def step_of(secret: str, code: str, now: float, after: int) -> int | None:
    """The half minute this code belongs to; None for a wrong one, and for one of a half minute up
    to ``after``: a code seen over a shoulder is good no more once it was used."""
    from pyotp import TOTP

    digits = re.sub(r"\s", "", code)
    here = int(now // STEP_S)
    for step in range(here - EARLY_OR_LATE, here + EARLY_OR_LATE + 1):
        if step > after and TOTP(secret, interval=STEP_S).verify(digits, for_time=step * STEP_S):
            return step
    return None

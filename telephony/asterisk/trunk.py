"""A SIP trunk as a value, and how numbers are written on it."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

import phonenumbers

TRUNK_PREFIX = "trunk-"
"""Of a trunk's endpoint in Asterisk; no device's id begins so."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_MATCH = re.compile(r"[A-Za-z0-9.:-]{2,255}(/[0-9]{1,3})?")
_USERNAME = re.compile(r"[A-Za-z0-9_.+-]{0,80}")
_PASSWORD = re.compile(r"(?! )[\x20-\x7e]{0,128}(?<! )")
_COUNTRY = re.compile(r"[A-Z]{2}")
_DIALLABLE = re.compile(r"\+?[0-9]{2,20}")
_CODECS = frozenset({"alaw", "ulaw", "g722", "opus"})


class TrunkKind(StrEnum):
    REGISTER = "register"
    """We log in at the provider, and again before it forgets us."""
    ADDRESS = "address"
    """The provider knows our address and we know its."""


class DtmfMode(StrEnum):
    RFC4733 = "rfc4733"
    INBAND = "inband"
    INFO = "info"
    AUTO = "auto"


class NumberForm(StrEnum):
    """How the provider wants a called number written."""

    PLUS = "plus"
    """``+862155556666``"""
    E164 = "e164"
    """``862155556666``"""
    NATIONAL = "national"
    """``02155556666`` at home, ``00`` and E.164 abroad"""
    AS_IS = "as_is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    name: str
    kind: TrunkKind
    host: str
    port: int = 5060
    username: str = ""
    secret: str = field(default="", repr=False)
    codecs: tuple[str, ...] = ("alaw", "ulaw")
    dtmf_mode: DtmfMode = DtmfMode.RFC4733
    number_form: NumberForm = NumberForm.PLUS
    country: str = "CN"
    """Whose national form NATIONAL means."""
    matches: tuple[str, ...] = ()
    """Addresses or networks its calls come from; empty: ``host``."""
    qualify_s: int = 60

    def __post_init__(self) -> None:
        must_match(_NAME, self.name, "trunk name")
        must_match(_HOST, self.host, f"host of trunk {self.name}")
        must_match(_USERNAME, self.username, f"user name of trunk {self.name}")
        must_match(_PASSWORD, self.secret, f"secret of trunk {self.name}", show=False)
        must_match(_COUNTRY, self.country, f"country of trunk {self.name}")
        for match in self.matches:
            must_match(_MATCH, match, f"address of trunk {self.name}")
        if not self.codecs or not set(self.codecs) <= _CODECS:
            raise ValueError(f"codecs of trunk {self.name}: choose from {sorted(_CODECS)}")
        if not 1 <= self.port <= 65535:
            raise ValueError(f"port of trunk {self.name}: {self.port}")
        if self.kind is TrunkKind.REGISTER and not (self.username and self.secret):
            raise ValueError(f"trunk {self.name} registers, so it needs a user name and a secret")

    @property
    def endpoint(self) -> str:
        """Its name inside Asterisk, which no device can have."""
        return f"{TRUNK_PREFIX}{self.name}"


def dial_string(trunk: Trunk, number: str) -> str:
    """What Dial takes to reach ``number`` (E.164 with plus, or digits as the site wrote them).

    Raises ValueError for anything else, so that no text of a stranger reaches Dial.
    """
    must_match(_DIALLABLE, number, "number to dial")
    return f"PJSIP/{_written(trunk, number)}@{trunk.endpoint}"


def _written(trunk: Trunk, number: str) -> str:
    if trunk.number_form is NumberForm.AS_IS or not number.startswith("+"):
        return number
    digits = number[1:]
    match trunk.number_form:
        case NumberForm.PLUS:
            return number
        case NumberForm.E164:
            return digits
        case _:
            return _national(number, trunk.country)


def _national(number: str, country: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise ValueError(f"number to dial: {number!r} is no telephone number") from error
    if parsed.country_code != phonenumbers.country_code_for_region(country):
        return f"00{number[1:]}"
    text = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return "".join(c for c in text if c.isdigit())


def must_match(pattern: re.Pattern[str], text: str, what: str, *, show: bool = True) -> None:
    """Raises ValueError naming ``what`` unless the whole text is in the pattern's alphabet."""
    if not pattern.fullmatch(text):
        raise ValueError(f"{what}: {text!r} is not allowed" if show else f"{what} is not allowed")

"""Settings to the text of Asterisk's configuration files. Pure but for reading the templates.

Every value that is put in passes one gate that refuses line ends and control characters and
escapes ``;``, so that no value, wherever it comes from, becomes a line or a section.
"""

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import DictLoader, Environment, StrictUndefined

from telephony.asterisk.cadence import with_country
from telephony.asterisk.modules import MODULES, OPTIONAL
from telephony.asterisk.root import AsteriskRoot
from telephony.asterisk.settings import AsteriskSettings
from telephony.asterisk.trunk import dial_string
from telephony.cel import MAPPING

AMI_EVENTS = (
    "FullyBooted",
    "Shutdown",
    "DialBegin",
    "DialState",
    "DialEnd",
    "Newchannel",
    "Newstate",
    "Hangup",
    "DTMFEnd",
    "DeviceStateChange",
    "ContactStatus",
)
"""What the AMI user hears unasked, about a dozen of eighty; answers to its actions come anyway."""
_NO_WORDS = ("acl", "ccss", "features", "pjproject", "udptl", "websocket_client")
_EMPTY = tuple(f"{name}.conf" for name in _NO_WORDS)
_SUFFIX = ".conf.in"
_RESCUE_MARGIN_S = 60
_PEER_RING_S = 120
"""The edge that rings cancels by itself; when its Asterisk is gone nobody does."""
_LONGEST_TALK_S = 14_400


def render(settings: AsteriskSettings, root: AsteriskRoot, indications: str) -> dict[str, str]:
    """File name to text, for ``<folder>/etc``. ``indications`` is Asterisk's own indications.conf.

    Raises ValueError when the tone zone is unknown or a value cannot stand in such a file.
    """
    templates = {
        entry.name.removesuffix(".in"): entry.read_text(encoding="utf-8")
        for entry in files("telephony.asterisk").joinpath("templates").iterdir()
        if entry.name.endswith(_SUFFIX)
    }
    environment = Environment(  # the output is no HTML; _plain is the gate
        loader=DictLoader(templates),
        autoescape=False,
        finalize=_plain,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    values = _values(settings, root)
    rendered = {name: environment.get_template(name).render(values) for name in sorted(templates)}
    rendered |= dict.fromkeys(_EMPTY, "; Asterisk complains when this file is missing.\n")
    rendered["indications.conf"] = with_country(indications, settings.zone)
    return rendered


def _values(settings: AsteriskSettings, root: AsteriskRoot) -> Mapping[str, object]:
    rescue = settings.rescue
    fallback = [t for t in settings.trunks if t.name == rescue.fallback_trunk]
    dial = dial_string(fallback[0], rescue.fallback_number) if fallback else ""
    values = {name: getattr(settings, name) for name in settings.__slots__}
    return values | {
        "ami_events": AMI_EVENTS,
        "modules": [m for m in MODULES if m not in OPTIONAL or root.carries(m)]
        + list(settings.extra_modules),
        "module_folder": root.modules,
        "data_folder": root.data,
        "music_folder": root.music,
        "voicemail_folder": settings.voicemail_folder,
        "cel_file": settings.cel_file,
        "cel_columns": MAPPING,
        "longest_talk_s": _LONGEST_TALK_S,
        "peer_ring_s": _PEER_RING_S,
        "rescue_dial": dial,
        "rescue_how": "fallback" if dial else "voicemail" if rescue.voicemail else "apology",
        "rescue_limit_s": rescue.voicemail_max_s + _RESCUE_MARGIN_S,
    }


def _plain(value: object) -> object:
    text = str(value)
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in text):
        raise ValueError(f"configuration value with a control character: {text!r}")
    return text.replace(";", "\\;")

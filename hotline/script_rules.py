"""What a site's own script may do to a call: a short list of what is allowed, all else refused.

The session alone dials, transfers and hangs others up; the dialplan alone decides where a call
falls when we die. Scripts hand on callers' text without quoting it, so a mistake in one must not
reach a shell, another channel, another's recording, or a variable that steers either.
"""

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScriptRules:
    folders: tuple[str, ...] = ()
    """Absolute folders, as Asterisk sees them, where a script may record and play by full path.
    Files named without a folder are Asterisk's own sounds, and may always be played."""
    families: frozenset[str] = frozenset()
    """Families of Asterisk's database that are the scripts' own."""
    longest_wait_s: float = 60.0
    """No single wait for a key or a recording is longer, whatever the script asks."""


Permitted = tuple[str, list[str]]
"""Verb and arguments, as they will be sent."""

_NAME = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,79}")
_READ = re.compile(r"([A-Za-z]{1,40})\([^${}()\x00-\x1f]{0,200}\)")
_READABLE = frozenset(
    {
        "CALLERID",
        "CHANNEL",
        "CUT",
        "FILTER",
        "LEN",
        "MATH",
        "RAND",
        "STRFTIME",
        "TOLOWER",
        "TOUPPER",
        "URIDECODE",
        "URIENCODE",
    }
)
_FULL = re.compile(
    r"(?:[^${}]|\$\{(?:[A-Za-z_][A-Za-z0-9_]*(?::-?[0-9]+){0,2}|([A-Za-z]+)\([^${}()]*\))\})*"
)
_WRITABLE = frozenset({"CHANNEL(language)", "CHANNEL(musicclass)"})
_STEERING = re.compile(
    r"_*(?:AGI|TR_|CTL|MIXMONITOR|MONITOR|DYNAMIC|TRANSFER|FORWARD|GOSUB|MACRO|LOCAL|SPY|LIMIT_|DIAL"
    r"|QUEUE|OUTBOUND|PROMISC|SIP|PJSIP|BLINDTRANSFER|ATTENDEDTRANSFER|BRIDGE|FAX|HANGUP)",
    re.IGNORECASE,
)
"""Variables that Asterisk or this house acts upon; MONITOR_EXEC, for one, is run by a shell."""
_FORMAT = re.compile(r"[a-z0-9]{1,10}")

Check = Callable[[list[str], ScriptRules], bool]


def permitted(words: Sequence[str], rules: ScriptRules) -> Permitted | None:
    """The command a script asked for, with its waits bounded; None when it may not."""
    upper = [word.upper() for word in words]
    for length in (3, 2, 1):
        verb = " ".join(upper[:length])
        if verb.count(" ") == length - 1 and verb in _CHECKS:
            arguments = list(words[length:])
            if not _CHECKS[verb](arguments, rules):
                return None
            return verb, _bounded(verb, arguments, rules)
    return None


def _always(arguments: list[str], rules: ScriptRules) -> bool:
    return True


def _alone(arguments: list[str], rules: ScriptRules) -> bool:
    """Without the argument that would name another channel."""
    return not any(arguments)


def _plays(arguments: list[str], rules: ScriptRules) -> bool:
    return bool(arguments) and all(_playable(one, rules) for one in arguments[0].split("&"))


def _playable(file: str, rules: ScriptRules) -> bool:
    if file.startswith("/"):
        return _inside(file, rules)
    return bool(file) and ".." not in file.split("/") and ":" not in file


def _inside(file: str, rules: ScriptRules) -> bool:
    return any(posixpath.normpath(file).startswith(f"{one.rstrip('/')}/") for one in rules.folders)


def _records(arguments: list[str], rules: ScriptRules) -> bool:
    """Only into the scripts' folders: without one, RECORD FILE writes over Asterisk's sounds."""
    if len(arguments) < 4 or not arguments[0].startswith("/"):
        return False
    return _inside(arguments[0], rules) and bool(_FORMAT.fullmatch(arguments[1]))


def _reads(arguments: list[str], rules: ScriptRules) -> bool:
    if len(arguments) != 1:
        return False
    function = _READ.fullmatch(arguments[0])
    return bool(_NAME.fullmatch(arguments[0]) or (function and function[1] in _READABLE))


def _reads_full(arguments: list[str], rules: ScriptRules) -> bool:
    """No nesting: a name put together from values could become any function."""
    if len(arguments) != 1 or not _FULL.fullmatch(arguments[0]):
        return False
    called = re.findall(r"\$\{([A-Za-z]+)\(", arguments[0])
    return all(name in _READABLE for name in called)


def _writes(arguments: list[str], rules: ScriptRules) -> bool:
    return len(arguments) == 2 and _settable(arguments[0])


def _settable(name: str) -> bool:
    plain = _NAME.fullmatch(name) and not _STEERING.match(name)
    return bool(plain) or name in _WRITABLE


def _own_family(arguments: list[str], rules: ScriptRules) -> bool:
    return bool(arguments) and arguments[0] in rules.families


def _executes(arguments: list[str], rules: ScriptRules) -> bool:
    if not arguments:
        return False
    check = _APPLICATIONS.get(arguments[0].lower())
    return check is not None and check((arguments[1:] or [""])[0].split(","), rules)


def _assigns(arguments: list[str], rules: ScriptRules) -> bool:
    return all(_settable(one.partition("=")[0]) for one in arguments[:1])


def _reads_keys(arguments: list[str], rules: ScriptRules) -> bool:
    return _settable(arguments[0]) and (len(arguments) < 2 or _plays(arguments[1:2], rules))


def _waits(arguments: list[str], rules: ScriptRules) -> bool:
    try:
        return 0 <= float(arguments[0]) <= rules.longest_wait_s
    except ValueError:
        return False


_APPLICATIONS: Mapping[str, Check] = {
    "answer": _always,
    "background": _plays,
    "noop": _always,
    "playback": _plays,
    "progress": _always,
    "read": _reads_keys,
    "ringing": _always,
    "sayalpha": _always,
    "saydigits": _always,
    "saynumber": _always,
    "sayphonetic": _always,
    "sayunixtime": _always,
    "set": _assigns,
    "startmusiconhold": _always,
    "stopmusiconhold": _always,
    "verbose": _always,
    "wait": _waits,
}

_CHECKS: Mapping[str, Check] = {
    "ANSWER": _always,
    "CHANNEL STATUS": _alone,
    "CONTROL STREAM FILE": _plays,
    "DATABASE DEL": _own_family,
    "DATABASE DELTREE": _own_family,
    "DATABASE GET": _own_family,
    "DATABASE PUT": _own_family,
    "EXEC": _executes,
    "GET DATA": _plays,
    "GET FULL VARIABLE": _reads_full,
    "GET OPTION": _plays,
    "GET VARIABLE": _reads,
    "HANGUP": _alone,
    "NOOP": _always,
    "RECORD FILE": _records,
    "SAY ALPHA": _always,
    "SAY DATE": _always,
    "SAY DATETIME": _always,
    "SAY DIGITS": _always,
    "SAY NUMBER": _always,
    "SAY PHONETIC": _always,
    "SAY TIME": _always,
    "SEND TEXT": _always,
    "SET MUSIC": _always,
    "SET VARIABLE": _writes,
    "STREAM FILE": _plays,
    "VERBOSE": _always,
    "WAIT FOR DIGIT": _always,
}

_TIMEOUT_AT = {"WAIT FOR DIGIT": 0, "GET DATA": 1, "GET OPTION": 2, "RECORD FILE": 3}


def _bounded(verb: str, arguments: list[str], rules: ScriptRules) -> list[str]:
    """Milliseconds above the limit, or for ever (-1), become the limit."""
    place = _TIMEOUT_AT.get(verb)
    if place is None:
        return arguments
    limit = round(rules.longest_wait_s * 1000)
    if len(arguments) <= place:
        return arguments
    asked = arguments[place]
    if not re.fullmatch(r"[0-9]{1,9}", asked) or int(asked) > limit:
        arguments[place] = str(limit)
    return arguments

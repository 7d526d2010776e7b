"""What a script may ask of a call: every kind of it allowed or refused, in one table each."""

import pytest

from hotline.script_rules import ScriptRules, permitted
from telephony.agi.wire import split_command

pytestmark = pytest.mark.unit

RULES = ScriptRules(folders=("/audio/scripts",), families=frozenset({"vip"}), longest_wait_s=60)

ALLOWED = """
ANSWER
NOOP
HANGUP
HANGUP ""
CHANNEL STATUS
VERBOSE "hello" 1
STREAM FILE "welcome" "12"
stream file en/welcome "" 0
STREAM FILE "/audio/scripts/hello" ""
GET DATA ask-account 5000 8
GET OPTION menu "123" 5000
SAY DIGITS "42" ""
SAY NUMBER 42 "#"
WAIT FOR DIGIT 2000
RECORD FILE "/audio/scripts/note" wav "#" 20000
SET MUSIC ON default
GET VARIABLE "ACCOUNT"
GET VARIABLE "CALLERID(name)"
GET FULL VARIABLE "${ACCOUNT:1:3} of ${CALLERID(num)}"
SET VARIABLE "ACCOUNT" "1; rm -rf /"
SET VARIABLE "CHANNEL(language)" "zh"
DATABASE GET "vip" "1"
DATABASE PUT ""vip"" ""1"" "yes"
EXEC Playback "welcome&bye,noanswer"
EXEC Set "ACCOUNT=12"
EXEC Read "PIN,enter-pin,4"
EXEC Wait 2.5
""".strip().splitlines()

REFUSED = """
ASYNCAGI BREAK
HANGUP PJSIP/another-00000001
CHANNEL STATUS PJSIP/another-00000001
SET CONTEXT admin
SET EXTENSION 100
SET PRIORITY 1
SET AUTOHANGUP 5
SET CALLERID "100"
GOSUB admin s 1
SPEECH CREATE x
EXEC
EXEC System "id"
EXEC TrySystem "id"
EXEC Dial PJSIP/101
EXEC ChanSpy PJSIP/101
EXEC MixMonitor "a.wav,,rm x"
EXEC SoftHangup PJSIP/101
EXEC Goto "admin,s,1"
EXEC AGI x
EXEC Wait 100000
EXEC Wait x
EXEC Playback "/audio/others/secret"
EXEC Playback "welcome&../../others/secret"
EXEC Set "MONITOR_EXEC=rm x"
EXEC Set "SHELL(id)=1"
EXEC Set "GLOBAL(X)=1"
EXEC Read "AGISIGHUP,enter-pin"
STREAM FILE
STREAM FILE "/audio/others/secret" ""
STREAM FILE "/audio/scripts/../others/secret" ""
STREAM FILE "../../spool/secret" ""
STREAM FILE "http://elsewhere/x" ""
RECORD FILE "welcome" wav "#" 1000
RECORD FILE "/audio/scripts/../x" wav "#" 1000
RECORD FILE "/audio/scripts/x" "wav|../../x" "#" 1000
GET VARIABLE
GET VARIABLE "SHELL(id)"
GET VARIABLE "FILE(/etc/passwd)"
GET VARIABLE "EVAL(x)"
GET VARIABLE "CALLERID(${SHELL(id)})"
GET VARIABLE "A" "B"
GET FULL VARIABLE "${SHELL(id)}"
GET FULL VARIABLE "x ${ACCOUNT} ${FILE(/etc/passwd)}"
GET FULL VARIABLE "${S${HELL}}"
GET FULL VARIABLE "${${X}(id)}"
GET FULL VARIABLE "${LEN(${SHELL(id)})}"
GET FULL VARIABLE "$[1+1]"
GET FULL VARIABLE "${CHANNEL}" "PJSIP/another-00000001"
SET VARIABLE "CTLDONE" "1"
SET VARIABLE "__TR_OFFER" "x"
SET VARIABLE "AGIEXITONHANGUP" "no"
SET VARIABLE "agiexecfull" "yes"
SET VARIABLE "_MIXMONITOR_EXEC" "x"
SET VARIABLE "CALLERID(num)" "1"
SET VARIABLE "A B" "1"
SET VARIABLE "A"
DATABASE GET "registrar" "contact"
DATABASE DELTREE ""
DATABASE DELTREE "registrar"
FROB

"STREAM FILE" x
""".splitlines()[1:]


@pytest.mark.parametrize("line", ALLOWED)
def test_serving_the_caller_is_allowed(line: str) -> None:
    command = permitted(split_command(line), RULES)
    assert command is not None
    verb, arguments = command
    words = split_command(line)
    assert [*verb.split(), *arguments] == [word.upper() for word in words[: len(verb.split())]] + (
        words[len(verb.split()) :]
    )


@pytest.mark.parametrize("line", REFUSED)
def test_all_else_is_refused(line: str) -> None:
    assert permitted(split_command(line), RULES) is None


@pytest.mark.parametrize(
    ("line", "bounded"),
    [
        ("WAIT FOR DIGIT -1", ["60000"]),
        ("WAIT FOR DIGIT 600000", ["60000"]),
        ("WAIT FOR DIGIT 0", ["0"]),
        ("GET DATA ask -1 4", ["ask", "60000", "4"]),
        ("RECORD FILE /audio/scripts/x wav # -1", ["/audio/scripts/x", "wav", "#", "60000"]),
    ],
)
def test_a_wait_without_end_gets_one(line: str, bounded: list[str]) -> None:
    command = permitted(split_command(line), RULES)
    assert command is not None
    assert command[1] == bounded


def test_without_a_folder_nothing_is_recorded_and_without_a_family_nothing_stored() -> None:
    strict = ScriptRules()
    assert permitted(split_command("RECORD FILE /audio/scripts/x wav # 1000"), strict) is None
    assert permitted(split_command("DATABASE PUT vip 1 yes"), strict) is None

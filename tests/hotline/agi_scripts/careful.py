"""A script that notices what it may not do, and says so in a variable."""

from asterisk.agi import AGI, AGIInvalidCommand, AGIUsageError

agi = AGI()
refused = []
for what in (
    lambda: agi.appexec("System", "id"),
    lambda: agi.execute("ASYNCAGI BREAK"),
    lambda: agi.hangup("PJSIP/another-00000001"),
    lambda: agi.get_variable("SHELL(id)"),
    lambda: agi.set_context("admin"),
):
    try:
        what()
    except AGIInvalidCommand:
        refused.append("no")
try:
    agi.execute("GET VARIABLE")
except (AGIUsageError, AGIInvalidCommand):
    refused.append("usage")
agi.set_variable("REFUSED", " ".join(refused))

#!/usr/bin/env python3
"""A site's script as sites have written them for years: knows pyst2 and Asterisk, not us."""

import sys

from asterisk.agi import AGI

agi = AGI()
agi.verbose("asked by " + agi.env["agi_callerid"])
account = agi.get_variable("ACCOUNT")
digit = agi.stream_file("beep", "12")
agi.say_number(42)
agi.set_variable("BALANCE", f"42 of {account}, key {digit}, {sys.argv[1]}")
agi.appexec("Playback", "beep")

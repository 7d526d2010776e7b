"""A site's own script, as pyst2 scripts are written: asks for a key, tells a file of its own."""

import sys

from asterisk.agi import AGI

agi = AGI()
key = agi.wait_for_digit(5000)
with open(sys.argv[1], "w") as told:
    told.write(f"{agi.env['agi_callerid']} pressed {key}")

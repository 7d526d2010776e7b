"""A script that talks to a slow machine elsewhere while the caller waits, and logs her leaving."""

import sys
import time

from asterisk.agi import AGI, AGIHangup

agi = AGI()
agi.verbose("waiting")
try:
    for _ in range(600):
        agi.test_hangup()
        time.sleep(0.05)
except AGIHangup:
    with open(sys.argv[1], "w") as log:
        log.write("the caller left")

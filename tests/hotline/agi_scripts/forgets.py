"""A script that ends well and forgets a child, which keeps its standard output open."""

import os
import sys
import time

from asterisk.agi import AGI

agi = AGI()
child = os.fork()
if child == 0:
    time.sleep(600)
with open(sys.argv[1], "w") as pids:
    pids.write(str(child))

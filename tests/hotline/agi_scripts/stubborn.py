"""A script that ignores everything, with a child that does too."""

import os
import signal
import sys
import time

from asterisk.agi import AGI

agi = AGI()
signal.signal(signal.SIGHUP, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    with open(sys.argv[1], "w") as pids:
        pids.write(f"{os.getpid()} {child}")
    agi.verbose("ready")
time.sleep(600)

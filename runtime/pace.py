"""How this process shares its one interpreter: a caller's next step stands in front of all else."""

import gc
import sys

SWITCH_S = 0.0005
"""A thread at work (records, tickets, logs) gives way to the event loop after so long; Python's own
default is ten times that, for each thread that is at work when a telephone is to be rung."""
GENERATIONS = (20_000, 20, 100)
"""Calls make many small things that live as long as a call; looking at all of them pays seldom."""


def keep_pace() -> None:
    """Call once everything is imported and put together: what is there by now stays for good, and
    is not looked at again each time what calls have left is collected."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GENERATIONS)

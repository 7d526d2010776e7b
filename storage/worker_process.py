"""The other side of storage.worker: reads jobs from stdin, one a line, until its parent is gone."""

import os
import signal
import sys

from storage.worker import answer_to

NICENESS = 10
"""Calls go first."""


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; EOF ends us
    os.nice(NICENESS)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a job or its children print must not pass for an answer
    for request in sys.stdin.buffer:
        answers.write(answer_to(request) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()

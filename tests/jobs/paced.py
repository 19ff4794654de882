#!/usr/bin/env python3
"""Runs the program until it has written so many checkpoints of its analysis, then halts it until a signal comes.

Usage: paced.py CHECKPOINTS PROGRAM ARGUMENTS... --output RUN ...
So a run of seconds lasts until the time limit of its job on a machine of any speed. USR1 and TERM are passed on.
"""

import ctypes
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main():
    most, words = int(sys.argv[1]), sys.argv[2:]
    folder = Path(words[words.index("--output") + 1]) / "analysis/restart"
    before = {p.name for p in folder.glob("restart_*.nc")}
    seen = set(before)
    told = []
    child = subprocess.Popen(words, preexec_fn=die_with_parent)

    def pass_on(number, _):
        told.append(number)
        child.send_signal(number)
        child.send_signal(signal.SIGCONT)

    for number in (signal.SIGUSR1, signal.SIGTERM):
        signal.signal(number, pass_on)
    halted = False
    while child.poll() is None:
        seen |= {p.name for p in folder.glob("restart_*.nc")}
        if not told and not halted and len(seen - before) >= most:
            halted = True
            child.send_signal(signal.SIGSTOP)
            if told:  # came between the two lines before
                child.send_signal(signal.SIGCONT)
        time.sleep(0.01)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main())

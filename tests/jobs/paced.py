#!/usr/bin/env python3
"""Runs the program until it has written so many checkpoints of its analysis, then halts it until a signal comes.

Usage: paced.py each|first|deaf:CHECKPOINTS PROGRAM ARGUMENTS... --output RUN ...
So a run of seconds lasts until the time limit of its job on a machine of any speed. USR1 and TERM are passed on.
first: only a run without a checkpoint is halted; deaf: that, and it hears no signal, not even CONT.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
SIGNALS = (signal.SIGUSR1, signal.SIGTERM)


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main():
    (mode, _, most), words = sys.argv[1].partition(":"), sys.argv[2:]
    if "--output" not in words:  # tilth check
        os.execvp(words[0], words)
    folder = Path(words[words.index("--output") + 1]) / "analysis/restart"
    before = {p.name for p in folder.glob("restart_*.nc")}
    seen = set(before)
    told = [0] if before and mode != "each" else []  # a signal that came: no halt from here on
    deaf = mode == "deaf" and not before

    def prepare():
        die_with_parent()
        if deaf:  # a blocked signal stays blocked in the program
            signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)

    child = subprocess.Popen(words, preexec_fn=prepare)

    def pass_on(number, _):
        if deaf:
            return
        told.append(number)
        child.send_signal(number)
        child.send_signal(signal.SIGCONT)

    for number in SIGNALS:
        signal.signal(number, pass_on)
    halted = False
    while child.poll() is None:
        seen |= {p.name for p in folder.glob("restart_*.nc")}
        if halted and deaf:
            child.send_signal(signal.SIGSTOP)
        if not told and not halted and len(seen - before) >= int(most):
            halted = True
            child.send_signal(signal.SIGSTOP)
            if told:  # came between the two lines before
                child.send_signal(signal.SIGCONT)
        time.sleep(0.01)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main())

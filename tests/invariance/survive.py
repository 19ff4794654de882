#!/usr/bin/env python3
"""Runs that are killed or told to stop at random moments, and resumed on a random number of ranks: the same bytes as one left alone.

Usage: survive.py kill|signal TILTH EXPERIMENT.yaml [--runs 5] [--command osse] [--ranks 1 2 3] [--seed 0] [--set A=B ...] [--keep]
kill: SIGKILL on 2 ranks, every other time while a file is being written aside (*.tmp); a resumed run may be killed again.
signal: SIGUSR1 or SIGTERM to all ranks; the run must end with status 4, which promises a checkpoint, within a window too.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from run import TIMEOUT_S, children, command_line, report
from variants import SHORT, Variant

SETTINGS = [s for s in SHORT if not s.startswith("verification.open_loop")] + ["output.checkpoint_every=2", "time.end=2018-04-10"]
STOPPED = 4


class Attempt:
    """One start of the program and how it ended."""

    def __init__(self, line, log):
        self.process = subprocess.Popen(line, stdout=log, stderr=log, start_new_session=True)
        self.begin = time.monotonic()

    def wait_until(self, due):
        while self.process.poll() is None and not due(time.monotonic() - self.begin):
            time.sleep(0.002)
        return self.process.poll() is None

    def send(self, number, launcher):
        """To all ranks, which are children of the launcher; also to itself when asked."""
        for pid in children(self.process.pid) + ([self.process.pid] if launcher else []):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def end(self):
        return self.process.wait(timeout=TIMEOUT_S)


def moments(chance, what, output, duration):
    """When to strike: after a random time, or while the n-th file is being written aside."""
    if what == "kill" and chance.random() < 0.5:
        wanted, seen = chance.randint(1, 1 + int(11 * min(1.0, duration))), set()

        def due(_):
            now = being_written(output)
            seen.update(now)
            return len(seen) >= wanted and bool(now)

        return due, f"while file {wanted} was being written"
    moment = chance.uniform(0.05, 0.95) * duration
    # Before this start has made its folders, or begun its record, the program may not be there yet to catch a signal.
    earlier = record_time(output)
    begun = (lambda: any(output.iterdir())) if what == "kill" else (lambda: record_time(output) > earlier)
    return (lambda elapsed: elapsed > moment and begun()), f"after {moment:.2f} s"


def record_time(folder):
    try:
        return (folder / "run.json").stat().st_mtime_ns
    except OSError:
        return 0


def being_written(folder):
    """Files written aside, by name and inode."""
    found = set()
    for part in ("nature", "open_loop", "analysis"):
        for place in (folder / part, folder / part / "restart", folder / part / "feedback"):
            try:
                found.update((entry.path, entry.inode()) for entry in os.scandir(place) if entry.name.endswith(".tmp"))
            except OSError:
                pass  # not made yet
    return found


def survive(arguments, chance, output, duration):
    """Starts, strikes, resumes until the end. Number of strikes, or None after a wrong exit status; a run that ends before
    it is struck is tried again, sooner."""
    strikes, ranks, resumed = 0, 2, False
    while True:
        with open(output.with_suffix(".log"), "a") as log:
            due, story = moments(chance, arguments.what, output, duration)
            attempt = Attempt(command_line(arguments, ranks, output, *(["--resume"] if resumed else [])), log)
            struck = (strikes == 0 or chance.random() < 0.4) and attempt.wait_until(due)
            number = signal.SIGKILL if arguments.what == "kill" else chance.choice([signal.SIGUSR1, signal.SIGTERM])
            if struck:
                attempt.send(number, launcher=number == signal.SIGKILL)
            status = attempt.end()
        print(f"  {output.name}: {ranks} ranks, " + (f"{signal.Signals(number).name} {story}" if struck else "left alone") +
              f", status {status}", flush=True)
        if status == 0 and strikes == 0 and duration > 0.1:
            shutil.rmtree(output)
            output.mkdir()
            duration *= 0.6
            continue
        if status == 0:
            return strikes
        if not struck or (arguments.what == "signal" and status != STOPPED):
            print(output.with_suffix(".log").read_text()[-3000:])
            return None
        strikes, resumed, ranks = strikes + 1, True, chance.choice(arguments.ranks)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["kill", "signal"])
    parser.add_argument("program", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("experiment", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--command", default="osse")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 3], help="to resume on")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100000, help="of the moments")
    parser.add_argument("--set", action="append", default=None, help="on top of the settings of a short run")
    parser.add_argument("--keep", action="store_true", help="keep the results")
    arguments = parser.parse_args()
    arguments.variant = Variant(SETTINGS + (arguments.set or []))
    print(f"seed {arguments.seed}")
    chance, folder = random.Random(arguments.seed), Path(tempfile.mkdtemp(prefix="tilth-survive-"))
    whole, equal, strikes = folder / "uninterrupted", 0, 0
    try:
        begin = time.monotonic()
        subprocess.run(command_line(arguments, 2, whole), check=True, stdout=subprocess.DEVNULL, timeout=TIMEOUT_S)
        duration = time.monotonic() - begin
        for number in range(arguments.runs):
            output = folder / f"run{number + 1}"
            output.mkdir()
            struck = survive(arguments, chance, output, duration)
            good = struck is not None and not report(whole, output, 0.0)
            strikes, equal = strikes + (struck or 0), equal + good
            if good and not arguments.keep:
                shutil.rmtree(output)
        print(f"{equal} of {arguments.runs} runs equal to the one left alone, {strikes} strikes")
    finally:
        if arguments.keep:
            print(f"results kept in {folder}")
        else:
            shutil.rmtree(folder)
    return 0 if equal == arguments.runs and strikes > 0 else 1


if __name__ == "__main__":
    sys.exit(main())

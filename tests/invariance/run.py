#!/usr/bin/env python3
"""The same bytes in every NetCDF file for any number of ranks, and for a run that was killed and resumed.

Usage: run.py ranks|resume TILTH EXPERIMENT.yaml [--command osse] [--ranks 1 2 3 4 7] [--kills 3] [--seed 0] [--keep]
MPIEXEC in the environment starts several ranks.
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

TIMEOUT_S = 900


def command_line(arguments, ranks, output, *more):
    """The program on so many ranks, writing to `output`."""
    launch = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(ranks)]
    return launch + [arguments.program, arguments.command, arguments.experiment, "--output", str(output), "--quiet", *more]


def run(line):
    """Runs to the end; stops the test when that fails."""
    done = subprocess.run(line, capture_output=True, text=True, timeout=TIMEOUT_S)
    if done.returncode != 0:
        sys.exit(f"exit status {done.returncode} of {' '.join(line)}\n{(done.stdout + done.stderr)[-3000:]}")


def netcdf_files(folder):
    return {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*.nc"))}


def first_difference(one, other):
    """Where two files differ: size and first byte, and the variables, when a reader is there."""
    a, b = one.read_bytes(), other.read_bytes()
    place = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    text = f"{len(a)} and {len(b)} bytes, first difference at byte {place}"
    try:
        import netCDF4
        import numpy as np

        with netCDF4.Dataset(one) as p, netCDF4.Dataset(other) as q:
            p.set_auto_mask(False), q.set_auto_mask(False)
            names = [n for n in p.variables if n not in q.variables or p[n].shape != q[n].shape or not same(np, p[n][...], q[n][...])]
            names += [n for n in q.variables if n not in p.variables]
        text += "; variables: " + (", ".join(names[:8]) or "none, the header differs")
    except (ImportError, OSError):
        pass
    return text


def same(np, a, b):
    return np.array_equal(a, b, equal_nan=a.dtype.kind == "f")


def differences(reference, other):
    """What differs between the NetCDF files of two run folders."""
    ours, theirs = netcdf_files(reference), netcdf_files(other)
    found = [f"only in {reference.name}: {n}" for n in ours if n not in theirs]
    found += [f"only in {other.name}: {n}" for n in theirs if n not in ours]
    both = [n for n in ours if n in theirs]
    found += [f"{n}: {first_difference(ours[n], theirs[n])}" for n in both if ours[n].read_bytes() != theirs[n].read_bytes()]
    return found


def report(reference, other):
    """Prints what differs; returns whether anything does."""
    found = differences(reference, other)
    count = len(netcdf_files(reference))
    if count == 0:
        found.append(f"{reference.name} holds no NetCDF file: nothing was compared")
    print(f"{other.name}: " + (f"{len(found)} differences from {reference.name}" if found else f"{count} files equal {reference.name}"))
    for line in found[:20]:
        print("    " + line)
    sys.stdout.flush()
    return bool(found)


def compare_ranks(arguments, folder):
    """One run per number of ranks, each against the first."""
    outputs = []
    for ranks in arguments.ranks:
        outputs.append(folder / f"ranks{ranks}")
        run(command_line(arguments, ranks, outputs[-1]))
    return any([report(outputs[0], output) for output in outputs[1:]])


def children(parent):
    """Process ids of the children of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue  # it has just ended
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def kill_after(line, seconds):
    """Starts a run and kills all its processes after a while; False when it had ended before."""
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        process.wait(timeout=seconds)
        return False
    except subprocess.TimeoutExpired:
        pass
    # The ranks are children of the launcher, in process groups of their own.
    for pid in children(process.pid) + [process.pid]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
    return True


def compare_resumed(arguments, folder):
    """Runs killed at random moments and resumed, on the same and on another number of ranks, against one left alone."""
    chance = random.Random(arguments.seed)
    whole = folder / "uninterrupted"
    begin = time.monotonic()
    run(command_line(arguments, arguments.ranks[0], whole))
    duration = time.monotonic() - begin
    bad, killed = False, 0
    for number in range(arguments.kills):
        output = folder / f"killed{number + 1}"
        moment = chance.uniform(0.2, 0.95) * duration
        stopped = kill_after(command_line(arguments, arguments.ranks[0], output), moment)
        killed += stopped
        print(f"{output.name}: " + (f"killed after {moment:.2f} s of {duration:.2f} s" if stopped else "ended before the kill"))
        if stopped:
            resume_ranks = arguments.ranks[number % len(arguments.ranks)]
            run(command_line(arguments, resume_ranks, output, "--resume"))
        bad |= report(whole, output)
    if killed == 0:
        print("no run was killed in time: nothing was proved")
    return bad or killed == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["ranks", "resume"])
    parser.add_argument("program", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("experiment", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("--command", default="osse")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 3, 4, 7])
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100000, help="of the moments of the kills")
    parser.add_argument("--keep", action="store_true", help="keep the results")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}")
    folder = Path(tempfile.mkdtemp(prefix="tilth-invariance-"))
    try:
        bad = (compare_ranks if arguments.what == "ranks" else compare_resumed)(arguments, folder)
    finally:
        if arguments.keep:
            print(f"results kept in {folder}")
        else:
            shutil.rmtree(folder)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

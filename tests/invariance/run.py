#!/usr/bin/env python3
"""The same bytes in every NetCDF file for any number of ranks, and for a run that was killed and resumed.

Usage: run.py ranks|resume TILTH EXPERIMENT.yaml [--command osse] [--ranks 1 2 3 4 7] [--kills 3] [--seed 0] [--keep]
              [--variants NAME ...]
Variants (variants.py) change the experiment; they are killed when the analysis has written its second checkpoint.
MPIEXEC in the environment starts several ranks.
"""

import argparse
import importlib.util
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from variants import SHORT, VARIANTS, Variant

TIMEOUT_S = 900


def command_line(arguments, ranks, output, *more):
    """The program on so many ranks, writing to `output`."""
    launch = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(ranks)]
    settings = [word for assignment in arguments.variant.settings for word in ("--set", assignment)]
    return launch + [arguments.program, arguments.command, arguments.experiment, "--output", str(output), "--quiet", *settings, *more]


def run(line):
    """Runs to the end; stops the test when that fails."""
    done = subprocess.run(line, capture_output=True, text=True, timeout=TIMEOUT_S)
    if done.returncode != 0:
        sys.exit(f"exit status {done.returncode} of {' '.join(line)}\n{(done.stdout + done.stderr)[-3000:]}")


def netcdf_files(folder):
    """All but logs, which may depend on ranks and clocks."""
    files = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*.nc"))}
    return {name: p for name, p in files.items() if "logs" not in Path(name).parts}


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


def scale_of(np, file, name):
    """What differences of a variable are measured by: its largest number; of what is left of a budget, what is stored."""
    for ending in ("_residual", "_largest_step"):
        if name.endswith(ending) and name.removesuffix(ending) + "_begin" in file.variables:
            name = name.removesuffix(ending) + "_begin"
    values = file[name][...]
    return np.abs(values)[np.isfinite(values)].max(initial=0.0) or 1.0


def number_differences(one, other, tolerance):
    """Variables of two files whose numbers differ by more than the tolerance times their scale."""
    import netCDF4
    import numpy as np

    found = []
    with netCDF4.Dataset(one) as p, netCDF4.Dataset(other) as q:
        p.set_auto_mask(False), q.set_auto_mask(False)
        if list(p.variables) != list(q.variables):
            return ["other variables"]
        for name in p.variables:
            a, b = p[name][...], q[name][...]
            if a.dtype.kind != "f" or a.shape != b.shape:
                found += [] if same(np, a, b) else [f"{name} differs"]
                continue
            finite = np.isfinite(a)
            worst = np.abs(a - b)[finite].max(initial=0.0) / scale_of(np, p, name)
            if not np.array_equal(finite, np.isfinite(b)) or worst > tolerance:
                found.append(f"{name} differs by {worst:.1e} of its largest")
    return found


def differences(reference, other, tolerance):
    """What differs between the NetCDF files of two run folders."""
    ours, theirs = netcdf_files(reference), netcdf_files(other)
    found = [f"only in {reference.name}: {n}" for n in ours if n not in theirs]
    found += [f"only in {other.name}: {n}" for n in theirs if n not in ours]
    unlike = [n for n in ours if n in theirs and ours[n].read_bytes() != theirs[n].read_bytes()]
    if tolerance > 0.0:
        return found + [f"{n}: {line}" for n in unlike for line in number_differences(ours[n], theirs[n], tolerance)]
    return found + [f"{n}: {first_difference(ours[n], theirs[n])}" for n in unlike]


def report(reference, other, tolerance=0.0):
    """Prints what differs; returns whether anything does."""
    found = differences(reference, other, tolerance)
    count = len(netcdf_files(reference))
    if count == 0:
        found.append(f"{reference.name} holds no NetCDF file: nothing was compared")
    to = f" to {tolerance:g}" if tolerance else ""
    print(f"{other.name}: " + (f"{len(found)} differences from {reference.name}" if found else f"{count} files equal {reference.name}{to}"))
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
    bad = any([report(outputs[0], output, arguments.variant.tolerance) for output in outputs[1:]])
    return lacks_inflation(outputs[0]) or bad if arguments.variant.inflates else bad


def lacks_inflation(output):
    """Whether the restart files lack learnt factors on the prior covariance, or all factors are 1."""
    import netCDF4

    files = sorted((output / "analysis/restart").glob("*.nc"))
    for path in files:
        with netCDF4.Dataset(path) as file:
            if "prior_inflation" not in file.variables or not (file["prior_inflation"][...].reshape(-1, 2)[:, 0] != 1.0).any():
                print(f"{path.name} holds no learnt prior_inflation: nothing was proved")
                return True
    return not files


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


def kill_when(line, due):
    """Starts a run and kills all its processes when `due()`; False when it had ended before."""
    process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None and not due():
        time.sleep(0.002)
    if process.returncode is not None:
        return False
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
        moment = time.monotonic() + chance.uniform(0.2, 0.95) * duration
        if arguments.variants:
            due = lambda: len(list((output / "analysis/restart").glob("*.nc"))) > 1  # noqa: E731
        else:
            due = lambda: time.monotonic() > moment  # noqa: E731
        begin = time.monotonic()
        stopped = kill_when(command_line(arguments, arguments.ranks[0], output), due)
        spent = time.monotonic() - begin
        killed += stopped
        print(f"{output.name}: " + (f"killed after {spent:.2f} s of {duration:.2f} s" if stopped else "ended before the kill"))
        if stopped:
            resume_ranks = arguments.ranks[(number + bool(arguments.variants)) % len(arguments.ranks)]
            run(command_line(arguments, resume_ranks, output, "--resume"))
        bad |= report(whole, output, arguments.variant.tolerance)
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
    parser.add_argument("--variants", nargs="*", default=[], choices=list(VARIANTS), help="instead of the experiment as it is")
    arguments = parser.parse_args()
    if arguments.variants and not importlib.util.find_spec("netCDF4"):
        print("skipped: no netCDF4; tools/install provides it")
        return 77
    print(f"seed {arguments.seed}")
    folder = Path(tempfile.mkdtemp(prefix="tilth-invariance-"))
    bad = False
    try:
        for name in arguments.variants or [""]:
            arguments.variant = replace(VARIANTS[name], settings=SHORT + VARIANTS[name].settings) if name else Variant([])
            print(f"--- {name}" if name else "--- the experiment as it is")
            (folder / name).mkdir(exist_ok=True)
            bad |= (compare_ranks if arguments.what == "ranks" else compare_resumed)(arguments, folder / name)
    finally:
        if arguments.keep:
            print(f"results kept in {folder}")
        else:
            shutil.rmtree(folder)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

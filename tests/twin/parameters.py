#!/usr/bin/env python3
"""Parameters of plant types and of columns recover their truths within their own spread, on one rank and on two alike.

The truth is a draw, so what is judged is the sum over several nature runs.

Usage: parameters.py TILTH PARAMETERS.yaml; MPIEXEC in the environment starts two ranks.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import netCDF4
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}; tools/install provides it")
    sys.exit(77)

COLUMN_PARAMETER = "d_theta_s"
NATURE_SEEDS = range(1, 9)
MEMBERS = 40
# Errors over the prior's. The spread of plant types falls to 0.55 of the prior's, that of columns to 0.67, and errors should fall
# alike: this leaves a quarter to chance, in 64 and 128 values.
PFT_ERROR_RATIO, COLUMN_ERROR_RATIO = 0.75, 0.85
# Errors over spreads follow Student's t with N - 1 degrees of freedom where the spread is right; a good run misses each limit
# once in a thousand times if the values are independent.
DEVIATIONS = 3.09
WITHIN_TWO_SPREADS = 0.9475  # of t with 39 degrees of freedom


def osse(program, experiment, folder, ranks, *more):
    launch = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(ranks)] if ranks > 1 else []
    done = subprocess.run([*launch, program, "osse", experiment, "--quiet", "--output", folder, *more], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"exit status {done.returncode} on {ranks} ranks\n{(done.stdout + done.stderr)[-2000:]}")
    return Path(folder)


def last_window(path):
    """(parameter, plant type) -> mean and spread at the end of the run."""
    with netCDF4.Dataset(path) as file:
        names, pfts = (["".join(np.char.decode(row)).strip("\0 ") if row.dtype.kind == "S" else str(row)
                        for row in file[v][...].filled(b"")] for v in ("parameter", "pft"))
        return dict(zip(zip(names, pfts), zip(np.asarray(file["mean"][...]), np.asarray(file["sd"][...]))))


def of_columns(path, suffix):
    with netCDF4.Dataset(path) as file:
        return np.ma.masked_invalid(file[f"parameter_{COLUMN_PARAMETER}{suffix}"][-1]).compressed().astype(float)


def rms(x):
    return float(np.sqrt(np.mean(np.square(x))))


def consistent(count):
    """Limits of the rms of `count` errors over spreads: chi-square, by Wilson and Hilferty (1931), times the variance of t."""
    variance = (MEMBERS - 1) / (MEMBERS - 3)
    part = 2.0 / (9.0 * count)
    return [np.sqrt(variance * (1.0 - part + sign * DEVIATIONS * np.sqrt(part)) ** 3) for sign in (-1.0, 1.0)]


def faults_of(what, truth, prior, posterior, largest_ratio):
    """`prior` and `posterior` are means and spreads."""
    before, after, over = (prior[0] - truth) / prior[1], (posterior[0] - truth) / prior[1], (posterior[0] - truth) / posterior[1]
    count, within, spread = len(truth), float(np.mean(np.abs(over) <= 2.0)), rms(posterior[1] / prior[1])
    low, high = consistent(count)
    least = WITHIN_TWO_SPREADS - DEVIATIONS * np.sqrt(WITHIN_TWO_SPREADS * (1.0 - WITHIN_TWO_SPREADS) / count)
    print(f"{what}: {count} values, error {rms(before):.2f} -> {rms(after):.2f} prior spreads, spread -> {spread:.2f}, within two "
          f"spreads {within:.2f} (at least {least:.2f}), error over spread {rms(over):.2f} ({low:.2f} to {high:.2f})")
    found = []
    if not rms(after) < largest_ratio * rms(before):
        found.append(f"{what}: the truth is not recovered")
    if not (within >= least and low < rms(over) < high):
        found.append(f"{what}: errors are not what the spread says")
    if not spread < 0.9:
        found.append(f"{what}: nothing was learnt, the spread is the prior's")
    return found


def plant_types(run):
    """Truth, prior and posterior of what the analysis moved."""
    nature, open_loop, analysis = (last_window(run / part / "parameters.nc") for part in ("nature", "open_loop", "analysis"))
    moved = [key for key in analysis if analysis[key] != open_loop[key]]
    table = lambda values: np.array([values[key] for key in moved]).T  # noqa: E731
    return table(nature)[0], table(open_loop), table(analysis)


def columns(run):
    prior, posterior = ([of_columns(run / part / "products.nc", s) for s in ("_mean", "_sd")] for part in ("open_loop", "analysis"))
    return of_columns(run / "nature/products.nc", ""), np.array(prior), np.array(posterior)


def recovered(runs):
    found = []
    for what, values, ratio in (("plant types", plant_types, PFT_ERROR_RATIO), ("columns", columns, COLUMN_ERROR_RATIO)):
        each = [values(run) for run in runs]
        found += [f"{what}: only {len(truth)} values were estimated" for truth, *_ in each if len(truth) < 8]
        found += faults_of(what, *(np.concatenate(parts, axis=-1) for parts in zip(*each)), ratio)
    return found


def unequal(one, other):
    return [f"{f} differs between one rank and two" for f in ("analysis/parameters.nc", "analysis/products.nc", "analysis/diagnostics.nc")
            if (one / f).read_bytes() != (other / f).read_bytes()]


def moved_by_others(run):
    """Without soil moisture, no stream is left that may move the parameter of columns."""
    before, after = (of_columns(run / part / "products.nc", "_mean") for part in ("open_loop", "analysis"))
    pfts = [last_window(run / part / "parameters.nc") for part in ("open_loop", "analysis")]
    found = [] if np.array_equal(before, after) else [f"{COLUMN_PARAMETER} is moved by streams that a rule excludes"]
    return found + ([] if pfts[0] != pfts[1] else ["no parameter of plant types moves either: nothing was proved"])


def main():
    program, experiment = (str(Path(p).resolve()) for p in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        seeds = [("--set", f"nature.seed={seed}") for seed in NATURE_SEEDS]
        two = [osse(program, experiment, f"{folder}/two{i}", 2, *seed) for i, seed in enumerate(seeds)]
        found = recovered(two) + unequal(osse(program, experiment, f"{folder}/one", 1, *seeds[0]), two[0])
        short = ("--set", "time.end=2018-05-17", "--set", "observations[2].assimilate=false")
        found += moved_by_others(osse(program, experiment, f"{folder}/others", 2, *short))
    for line in found:
        print("FAILED:", line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

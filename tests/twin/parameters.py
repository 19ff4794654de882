#!/usr/bin/env python3
"""Parameters of plant types and of columns recover their truth within their own spread, on one rank and on two alike.

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
# Over nature seeds 1 to 7 the errors of plant types fell to 0.38-0.68 of the prior's and 75-100 % were within two spreads; those
# of columns to 0.67-0.97 and 81-100 %. The truth is a draw: it is fixed in the experiment, and leaves this much room.
PFT_ERROR_RATIO, COLUMN_ERROR_RATIO, WITHIN_TWO_SPREADS = 0.75, 0.85, 0.75


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


def faults_of(what, truth, prior, posterior, largest_ratio):
    """Errors in units of the prior spread; `prior` and `posterior` are means and spreads."""
    before, after = (prior[0] - truth) / prior[1], (posterior[0] - truth) / prior[1]
    within = float(np.mean(np.abs(posterior[0] - truth) <= 2.0 * posterior[1]))
    print(f"{what}: {len(truth)} values, error {rms(before):.2f} -> {rms(after):.2f} prior spreads, spread -> "
          f"{rms(posterior[1] / prior[1]):.2f}, within two spreads {within:.2f}, error over spread "
          f"{rms((posterior[0] - truth) / posterior[1]):.2f}")
    found = [] if len(truth) > 7 else [f"{what}: only {len(truth)} values were estimated"]
    if not rms(after) < largest_ratio * rms(before):
        found.append(f"{what}: the truth is not recovered")
    if not within >= WITHIN_TWO_SPREADS:
        found.append(f"{what}: errors are not within the spread")
    if not rms(posterior[1] / prior[1]) < 0.9:
        found.append(f"{what}: nothing was learnt, the spread is the prior's")
    return found


def recovered(run):
    nature, open_loop, analysis = (last_window(run / part / "parameters.nc") for part in ("nature", "open_loop", "analysis"))
    moved = [key for key in analysis if analysis[key] != open_loop[key]]
    table = lambda values: np.array([values[key] for key in moved]).T  # noqa: E731
    found = faults_of("plant types", table(nature)[0], table(open_loop), table(analysis), PFT_ERROR_RATIO)
    truth = of_columns(run / "nature/products.nc", "")
    prior, posterior = ([of_columns(run / part / "products.nc", s) for s in ("_mean", "_sd")] for part in ("open_loop", "analysis"))
    return found + faults_of("columns", truth, prior, posterior, COLUMN_ERROR_RATIO)


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
        two = osse(program, experiment, f"{folder}/two", 2)
        found = recovered(two) + unequal(osse(program, experiment, f"{folder}/one", 1), two)
        short = ("--set", "time.end=2018-05-17", "--set", "observations[2].assimilate=false")
        found += moved_by_others(osse(program, experiment, f"{folder}/others", 2, *short))
    for line in found:
        print("FAILED:", line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

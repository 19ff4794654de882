#!/usr/bin/env python3
"""The same bytes in every NetCDF file for two threads a rank, and for columns dealt by a cost that was measured.

Usage: placement.py TILTH EXPERIMENT.yaml [--ranks 1 2 3]
The measured cost is made very uneven before it is used, so that columns do move between ranks; hints for parallel files are on.
MPIEXEC in the environment starts several ranks.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import run
from variants import SHORT, Variant

HINTS = "output.hints={cb_nodes: 1, striping_factor: 2, romio_cb_write: enable}"
MEASURED = "grid.partition.cost=measured"


def skewed(folder):
    """Makes a third of the columns cost fifty times the others; returns the ranks that held the columns."""
    import netCDF4
    import numpy as np

    with netCDF4.Dataset(folder / "logs/column_cost.nc", "r+") as file:
        cost = np.asarray(file["seconds_per_day"][...])
        if not (cost > 0.0).all():
            sys.exit("a column has no measured cost")
        file["seconds_per_day"][: len(cost) // 3] = 50.0 * cost.max()
        return np.asarray(file["rank"][...])


def ranks_of(folder):
    import netCDF4
    import numpy as np

    with netCDF4.Dataset(folder / "logs/column_cost.nc") as file:
        return np.asarray(file["rank"][...])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("experiment", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("--command", default="osse")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 3])
    arguments = parser.parse_args()
    arguments.variant = Variant(SHORT)
    folder = Path(tempfile.mkdtemp(prefix="tilth-placement-"))
    bad = False
    try:
        reference = folder / "reference"
        run.run(run.command_line(arguments, arguments.ranks[-1], reference))
        for ranks in arguments.ranks:
            output = folder / f"threads2_ranks{ranks}"
            run.run(run.command_line(arguments, ranks, output, "--threads", "2", "--set", HINTS))
            bad |= run.report(reference, output)
        output = folder / f"measured_ranks{arguments.ranks[-1]}"
        shutil.copytree(reference / "logs", output / "logs")
        before = skewed(output)
        run.run(run.command_line(arguments, arguments.ranks[-1], output, "--set", MEASURED))
        bad |= run.report(reference, output)
        moved = int((before != ranks_of(output)).sum())
        print(f"{moved} of {len(before)} columns moved to another rank")
        bad |= moved == 0
    finally:
        shutil.rmtree(folder)
    return 1 if bad else 0


if __name__ == "__main__":
    if not __import__("importlib.util").util.find_spec("netCDF4"):
        print("skipped: no netCDF4; tools/install provides it")
        sys.exit(77)
    sys.exit(main())

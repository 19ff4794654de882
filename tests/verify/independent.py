#!/usr/bin/env python3
"""Scores of verification.nc against an implementation of their own in numpy. Exit status 0: they agree; 77: skipped.

Usage: independent.py RUN, of a run that is there, or independent.py TILTH EXPERIMENT.yaml, which makes a small one.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import netCDF4
    import numpy as np
except ImportError as lacking:
    print(f"skipped: {lacking}")
    sys.exit(77)

TOLERANCE = 1e-7  # of the float values the products are stored in, squared sums cancel


def column(file, name):
    values = file[name][:]
    if values.dtype.kind == "S":
        return np.array([b"".join(row).decode().rstrip("\0 ") for row in values.filled(b"")])
    return np.ma.filled(values.astype(float), np.nan)


def table(path, name):
    with netCDF4.Dataset(path) as file:
        return {v[len(name) + 1 :]: column(file, v) for v in file.variables if v.startswith(name + "_") and file[v].dimensions[0] == name}


def land(path, name):
    """Values of a product as (time, [member,] cell), and the area of the cells."""
    with netCDF4.Dataset(path) as file:
        values, area = file[name][:].astype(float), file["cell_area"][:]
        where = ~np.ma.getmaskarray(area)
        return np.ma.filled(values[..., where], np.nan), np.ma.filled(area[where], np.nan)


def crps_pair(x, o):
    """Ordinary and fair, members on axis 1, by all pairs."""
    n = x.shape[1]
    first = np.abs(x - o[:, None]).mean(axis=1)
    pairs = sum(np.abs(x - x[:, k : k + 1]).sum(axis=1) for k in range(n))
    return first - 0.5 * pairs / n**2, first - 0.5 * pairs / (n * (n - 1))


def scores(run, source, name):
    truth, area = land(run / "nature/products.nc", name)
    part = run / (source if source in ("open_loop", "analysis") else "experiments/" + source) / "products.nc"
    mean, sd, low, high = (land(part, f"{name}_{what}")[0] for what in ("mean", "sd", "q05", "q95"))
    w = np.broadcast_to(area, truth.shape)
    average = lambda x: (w * x).sum() / w.sum()
    error = mean - truth
    m, o = mean - mean.mean(axis=0), truth - truth.mean(axis=0)
    r = average(m * o) / np.sqrt(average(m * m) * average(o * o))
    alpha, beta = np.sqrt(average(m * m) / average(o * o)), average(mean) / average(truth)
    out = {
        "rmse": np.sqrt(average(error**2)),
        "bias": average(error),
        "ubrmse": np.sqrt(average((m - o) ** 2)),
        "r": r,
        "nse": 1 - average(error**2) / average(o * o),
        "kge": 1 - np.sqrt((r - 1) ** 2 + (alpha - 1) ** 2 + (beta - 1) ** 2),
        "spread": np.sqrt(average(sd**2)),
        "coverage90": average((truth >= low) & (truth <= high)),
    }
    if (part.parent / "members.nc").exists():
        members = land_members(part.parent / "members.nc", name, area)
        both = crps_pair(members, truth)
        out["crps"], out["crps_fair"] = average(both[0]), average(both[1])
        n = members.shape[1]
        out["spread_skill"] = np.sqrt((n + 1) / n * average(sd**2)) / out["rmse"]
        limit = np.percentile(truth, 20, axis=0)
        out["roc_area"] = area_under(((members < limit).sum(axis=1)).ravel(), (truth < limit).ravel(), w.ravel())
    return out


def land_members(path, name, area):
    with netCDF4.Dataset(path) as file:
        where = ~np.ma.getmaskarray(file["cell_area"][:])
        return np.ma.filled(file[name][:].astype(float)[..., where], np.nan)


def area_under(count, event, weight):
    """Probability that an event has more members than a non-event, ties half: over all pairs, by sorting."""
    order = np.unique(count)
    hit = np.array([weight[event & (count == k)].sum() for k in order])
    miss = np.array([weight[~event & (count == k)].sum() for k in order])
    return sum(h * (miss[:i].sum() + 0.5 * miss[i]) for i, h in enumerate(hit)) / (hit.sum() * miss.sum())


def main(run):
    rows, faults, compared = table(run / "verification.nc", "score"), [], 0
    globe = (rows["region"] == "global") & (rows["pft"] == "all") & (rows["season"] == "all") & (rows["kind"] == "variable")
    for source in np.unique(rows["source"][globe]):
        if source == "climatology":
            continue
        for name in np.unique(rows["variable"][globe]):
            expected = scores(run, source, name)
            for k in np.flatnonzero(globe & (rows["source"] == source) & (rows["variable"] == name)):
                score, value = rows["score"][k], rows["value"][k]
                if score not in expected:
                    continue
                compared += 1
                if not abs(value - expected[score]) <= TOLERANCE * max(1.0, abs(expected[score])):
                    faults.append(f"{source} {name} {score}: {value}, expected {expected[score]}")
                if not np.isnan(rows["low"][k]) and not rows["low"][k] <= rows["high"][k]:
                    faults.append(f"{source} {name} {score}: interval {rows['low'][k]} .. {rows['high'][k]}")
    print(f"{compared} scores compared, {len(faults)} differ", *faults, sep="\n")
    return 0 if compared and not faults else 1


def main_of_new_run(program, experiment):
    with tempfile.TemporaryDirectory(prefix="tilth-verify-") as folder:
        options = ["--output", folder, "--quiet", "--set", "output.products.members=true"]
        subprocess.run([program, "osse", experiment, *options], check=True, stdout=subprocess.DEVNULL)
        return main(Path(folder))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])) if len(sys.argv) == 2 else main_of_new_run(*sys.argv[1:3]))

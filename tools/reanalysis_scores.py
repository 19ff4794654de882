#!/usr/bin/env python3
"""Scores of a run with real observations, per stream and place: the run without assimilation and the one with it.

Usage: reanalysis_scores.py RUN_FOLDER [MORE_RUNS ...] [--from DATE] [--to DATE] [--csv FILE]
Forecasts are scored before the observations of their window are used, on observations that both runs could predict. A star
marks streams that are assimilated: theirs are scores of forecasts, the others are independent.

bias   model minus observed;  ub  RMSE after the bias is taken out;  r  correlation
CRPS   of the normal distribution with mean and spread of the members and the error of the observation
gain   90 % interval of RMSE analysis / open loop when blocks of 16 days are drawn anew: errors of days are not independent
cover  share of observations within 1.645 sqrt(spread^2 + error^2): 0.90 is honest;  ub-cov  the same after the bias is taken out
"""

import argparse
import csv
import math
import sys
from pathlib import Path

import numpy as np

from plot_feedback import read_feedback

WITHHELD = 256  # bit of the quality flag
NINETY = 1.6448536269514722
BLOCK = np.timedelta64(16, "D")
DRAWS = 1000
SCORES = ("n", "rmse", "ubrmse", "bias", "r", "crps", "coverage", "ub_coverage")


def normal_crps(departure, sd):
    """Continuous ranked probability score of normal distributions (Gneiting et al. 2005)."""
    z = departure / sd
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    erf = np.vectorize(math.erf)
    return sd * (z * erf(z / np.sqrt(2)) + 2 * density - 1 / np.sqrt(np.pi))


def scores(observed, predicted, spread, error):
    """The scores of one series as a dictionary."""
    departure = predicted - observed
    total = np.sqrt(spread**2 + error**2)
    bias = departure.mean()
    centred = departure - bias
    varies = observed.std() > 0 and predicted.std() > 0
    return {"n": observed.size, "rmse": np.sqrt((departure**2).mean()), "ubrmse": centred.std(), "bias": bias,
            "r": np.corrcoef(observed, predicted)[0, 1] if varies else np.nan,
            "crps": normal_crps(departure, total).mean(),
            "coverage": (abs(departure) <= NINETY * total).mean(), "ub_coverage": (abs(centred) <= NINETY * total).mean()}


def ratio_interval(time, before, after):
    """5 and 95 % quantiles of the ratio of RMSE `after` to `before` (departures), by bootstrap over blocks of time."""
    blocks = ((time - time.min()) // BLOCK).astype(int)
    numbers, inverse = np.unique(blocks, return_inverse=True)
    sums = [np.bincount(inverse, d**2) for d in (before, after)]
    drawn = np.random.default_rng(1).integers(0, numbers.size, (DRAWS, numbers.size))
    ratios = np.sqrt(sums[1][drawn].sum(axis=1) / sums[0][drawn].sum(axis=1))
    return np.quantile(ratios, [0.05, 0.95])


def both(run):
    """Feedback of the two parts of a run, rows matched by observation; None when one is absent."""
    parts = [read_feedback(run / part / "feedback") for part in ("open_loop", "analysis")]
    if None in parts:
        return None
    common = np.intersect1d(parts[0]["id"], parts[1]["id"])
    out = []
    for part in parts:
        order = np.argsort(part["id"])
        rows = order[np.searchsorted(part["id"][order], common)]
        out.append({name: values[rows] for name, values in part.items()})
    fine = np.isfinite(out[0]["prior_mean"]) & np.isfinite(out[1]["prior_mean"])
    return [{name: values[fine] for name, values in part.items()} for part in out]


def table(run, first=None, last=None):
    """Rows of scores: run, part, stream, assimilated, place and SCORES."""
    parts = both(run)
    if parts is None:
        return []
    rows = []
    open_loop = parts[0]
    time = open_loop["time"]
    inside = np.ones(time.size, bool)
    if first is not None:
        inside &= time >= np.datetime64(first)
    if last is not None:
        inside &= time <= np.datetime64(last)
    keys = sorted(set(zip(open_loop["stream"], np.round(open_loop["lon"], 4), np.round(open_loop["lat"], 4))))
    for stream, lon, lat in keys:
        mine = inside & (open_loop["stream"] == stream) & (np.round(open_loop["lon"], 4) == lon) & (
            np.round(open_loop["lat"], 4) == lat)
        if mine.sum() < 10:
            continue
        assimilated = not (parts[1]["qc"][mine].astype(int) & WITHHELD).all()
        departures = [(part["prior_mean"] - part["value"])[mine] for part in parts]
        low, high = ratio_interval(time[mine], *departures)
        for name, part in zip(("open loop", "analysis"), parts):
            rows.append({"run": run.name, "stream": stream, "assimilated": assimilated, "lon": lon, "lat": lat, "part": name,
                         "gain_low": low, "gain_high": high,
                         **scores(part["value"][mine], part["prior_mean"][mine], part["prior_sd"][mine],
                                  part["error_sd"][mine])})
    return rows


def print_table(rows):
    print(f"{'run':16s}{'stream':16s}{'lon':>9s} {'part':10s}{'n':>5s}{'RMSE':>9s}{'ub':>9s}{'bias':>9s}{'r':>7s}{'CRPS':>9s}"
          f"{'cover':>7s}{'ub-cov':>7s}   gain")
    for r in rows:
        gain = f"   {r['gain_low']:.2f} to {r['gain_high']:.2f}" if r["part"] == "analysis" else ""
        star = "*" if r["assimilated"] else ""
        print(f"{r['run'][:15]:16s}{r['stream'] + star:16s}{r['lon']:9.3f} {r['part']:10s}{r['n']:5d}{r['rmse']:9.4g}{r['ubrmse']:9.4g}"
              f"{r['bias']:9.3g}{r['r']:7.2f}{r['crps']:9.4g}{r['coverage']:7.2f}{r['ub_coverage']:7.2f}{gain}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, nargs="+")
    parser.add_argument("--from", dest="first", default=None)
    parser.add_argument("--to", dest="last", default=None)
    parser.add_argument("--csv", type=Path, default=None)
    options = parser.parse_args()
    rows = [row for run in options.runs for row in table(run, options.first, options.last)]
    if not rows:
        sys.exit("no run has feedback of both open_loop and analysis; run 'tilth assimilate' with verification.open_loop")
    print_table(rows)
    if options.csv:
        with open(options.csv, "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()

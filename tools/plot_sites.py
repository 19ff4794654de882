#!/usr/bin/env python3
"""Pictures of a run at tower sites: per site the series of every stream before and after, and the scores.

Usage: plot_sites.py RUN_FOLDER [--output FOLDER]   (pictures go to RUN_FOLDER/pictures)
Prior is the run without assimilation (open_loop), posterior the one with it (analysis). GPP, LE and NEE are drawn from the
products where no stream observes them. What the run did not write is left out, with a word about it.
"""

import argparse
import csv
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import plot_common as common
from plot_common import BLUE, RED, field, title_of, units_text, words
from plot_feedback import read_feedback

LATENT_HEAT_J_PER_KG = 2.45e6  # of vaporisation near 20 degC (Allen et al. 1998, FAO-56, eq. 8)
SECONDS_PER_DAY = 86400.0
NEAR_DEG = 0.05  # an observation this near to a station is its own
WITHHELD, OUTSIDE_TIME = 256, 2  # bits of the quality flag
LONGEST_LINE = np.timedelta64(45, "D")  # no line is drawn over a longer gap

# Panel -> words in a stream's name, product, factor from the product to the unit, unit.
PANELS = {
    "GPP": (("gpp",), "gross_primary_productivity", 1.0, "g m-2 day-1"),
    "LE": (("le", "latent", "qle"), "evapotranspiration", LATENT_HEAT_J_PER_KG / SECONDS_PER_DAY, "W m-2"),
    "NEE": (("nee",), "net_ecosystem_exchange", 1.0, "g m-2 day-1"),
}
SCORES = [("nse", "Nash-Sutcliffe efficiency", (-1, 1)), ("rmse", "RMS error (units of the stream)", None),
          ("bias", "Bias, model minus observed (units)", None), ("r", "Correlation", (-0.2, 1))]


def panel_of(stream):
    """The panel a stream belongs to: GPP, LE, NEE or one of its own."""
    parts = set(stream.lower().replace("-", "_").split("_"))
    return next((panel for panel, (names, *_) in PANELS.items() if parts & set(names)), stream)


def with_gaps(time, *series):
    """Time and series with a missing value inside every long gap, so that no line crosses it."""
    time = np.asarray(time, "datetime64[ns]")
    at = np.flatnonzero(np.diff(time) > LONGEST_LINE) + 1
    return [np.insert(time, at, time[at - 1])] + [np.insert(np.asarray(s, float), at, np.nan) for s in series]


def draw_observed(axes, data, order):
    """Used observations as points, others hollow: withheld, or refused by the quality control."""
    time, value, flag = data["time"][order], data["value"][order], data["qc"][order].astype(int)
    withheld = (flag & WITHHELD) != 0
    for mask, label, style in ((flag == 0, "assimilated", {"marker": ".", "color": "black", "ms": 3}),
                               (withheld, "withheld", {"marker": "o", "color": "0.4", "ms": 2.5, "mfc": "none", "mew": 0.5}),
                               ((flag != 0) & ~withheld, "refused", {"marker": "x", "color": "0.6", "ms": 2.5, "mew": 0.5})):
        if mask.any():
            axes.plot(time[mask], value[mask], ls="", label=label, **style)


def draw_stream(axes, prior, posterior, lon, lat):
    """Observed values and both runs' forecasts of them."""
    drawn = False
    for data, colour, label in ((prior, RED, "prior"), (posterior, BLUE, "posterior")):
        if data is None:
            continue
        here = (abs(data["lon"] - lon) < NEAR_DEG) & (abs(data["lat"] - lat) < NEAR_DEG) & np.isfinite(data["prior_mean"])
        here &= (data["qc"].astype(int) & OUTSIDE_TIME) == 0  # their weather is of another year
        order = np.flatnonzero(here)[np.argsort(data["time"][here], kind="stable")]
        if order.size == 0:
            continue
        if not drawn:
            draw_observed(axes, data, order)
        time, mean, sd = with_gaps(data["time"][order], data["prior_mean"][order], data["prior_sd"][order])
        axes.plot(time, mean, color=colour, lw=0.9, label=label)
        axes.fill_between(time, mean - 1.645 * sd, mean + 1.645 * sd, color=colour, alpha=0.15, lw=0)
        drawn = True
    return drawn


def draw_product(axes, prior, posterior, station, panel):
    """Both runs' product; no observations."""
    _, name, factor, _ = PANELS[panel]
    drawn = False
    for data, colour, label in ((prior, RED, "prior"), (posterior, BLUE, "posterior")):
        mean, sd = field(data, name), field(data, name, "sd")
        if mean is None:
            continue
        mean = mean.isel(station=station) * factor
        axes.plot(mean["time"], mean, color=colour, lw=0.9, label=label)
        if sd is not None:
            width = 1.645 * factor * sd.isel(station=station)
            axes.fill_between(mean["time"].values, mean - width, mean + width, color=colour, alpha=0.15, lw=0)
        drawn = True
    return drawn


def rows_of(data, stream):
    """Rows of one stream of a feedback."""
    return None if data is None else {name: values[data["stream"] == stream] for name, values in data.items()}


def plot_site(folder, station, name, place, products, feedback):
    """One figure: a panel per stream, and GPP, LE, NEE in any case."""
    streams = list(dict.fromkeys(s for f in feedback if f is not None for s in f["stream"]))
    panels = {panel_of(s): s for s in streams}
    titles = list(PANELS) + [p for p in panels if p not in PANELS]
    figure, grid = plt.subplots(len(titles), 1, figsize=(11, 2.1 * len(titles) + 0.6), sharex=True, squeeze=False)
    empty = True
    for axes, panel in zip(grid[:, 0], titles):
        drawn = panel in panels and draw_stream(axes, *(rows_of(f, panels[panel]) for f in feedback), *place)
        if not drawn and panel in PANELS:
            drawn = draw_product(axes, *products, station, panel)
        empty &= not drawn
        units = f"\n({units_text(PANELS[panel][3])})" if panel in PANELS else ""
        axes.set_ylabel((panel if panel in PANELS else title_of(panel)) + units)
        if drawn:
            axes.legend(ncol=5, loc="upper left", fontsize=7)
    if empty:
        plt.close(figure)
        return common.say(f"skipped: {name}: neither observations nor GPP, evapotranspiration or NEE")
    figure.suptitle(f"{name}: mean and 90 % interval of the forecast")
    return common.save(figure, folder, f"site_{name.replace(' ', '_')}")


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return np.nan


def plot_scores(folder, run):
    """Bars of every score, prior beside posterior, one row of panels per variable."""
    path = run / "site_scores.csv"
    if not path.exists():
        return common.say(f"skipped: {path} is absent")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    variables = list(dict.fromkeys(r["variable"] for r in rows))
    if not variables:
        return common.say(f"skipped: {path} has no row")
    most = max(sum(r["variable"] == v for r in rows) for v in variables)
    figure, grid = plt.subplots(len(variables), len(SCORES), squeeze=False, figsize=(14, len(variables) * (0.3 * most + 1.2)))
    for line, variable in zip(grid, variables):
        mine = [r for r in rows if r["variable"] == variable]
        y = np.arange(len(mine))
        used = any(r["assimilated"].lower() in ("1", "true", "yes") for r in mine)
        for axes, (score, title, limits) in zip(line, SCORES):
            axes.barh(y - 0.2, [number(r[f"{score}_prior"]) for r in mine], 0.38, color=RED, label="prior")
            axes.barh(y + 0.2, [number(r[f"{score}_posterior"]) for r in mine], 0.38, color=BLUE, label="posterior")
            axes.set_yticks(y, [r["site"] for r in mine] if axes is line[0] else [""] * len(mine))
            axes.set_xlabel(title)
            axes.axvline(0.0, color="black", lw=0.6)
            axes.invert_yaxis()
            if limits:
                axes.set_xlim(limits)
        line[0].set_title(f"{title_of(variable)} ({'assimilated in the earlier years' if used else 'not assimilated'})")
    grid[0][-1].legend(loc="lower left", bbox_to_anchor=(0, 1), ncol=2, fontsize=8)
    figure.suptitle("Scores on the withheld part of the records")
    return common.save(figure, folder, "site_scores")


def first_folder(run, *names):
    return next((run / n for n in names if (run / n).is_dir()), run / names[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the results")
    parser.add_argument("--output", type=Path, help="folder of the pictures (default: RUN/pictures)")
    arguments = parser.parse_args()
    run = arguments.run
    if not run.is_dir():
        sys.exit(f"plot_sites.py: {run} is not a folder; give the output folder of a run at sites")
    folder = arguments.output or run / "pictures"
    plot_scores(folder, run)
    parts = first_folder(run, "open_loop", "prior"), first_folder(run, "analysis", "posterior")
    products = [common.open_file(part / "products.nc") for part in parts]
    reference = next((p for p in products if p is not None and "station" in p.dims), None)
    if reference is None:
        return common.say("skipped: series of the sites: no products with stations")
    feedback = [read_feedback(part / "feedback") for part in parts]
    names = words(reference["station_name"]) if "station_name" in reference else [f"station {i}" for i in range(reference.sizes["station"])]
    for i, name in enumerate(names):
        plot_site(folder, i, name, (float(reference["lon"][i]), float(reference["lat"][i])), products, feedback)
    return None


if __name__ == "__main__":
    main()

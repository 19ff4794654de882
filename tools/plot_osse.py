#!/usr/bin/env python3
"""Pictures of a twin experiment: maps, time series, parameters, observations, scores.

Usage: plot_osse.py RUN_FOLDER [--output FOLDER]   (pictures go to RUN_FOLDER/pictures)
What the run did not write is left out, with a word about it.
"""

import argparse
import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import plot_common as common
import plot_feedback
import plot_parameters
from plot_common import BLUE, GREEN, RED, field, global_mean, rms, title_of, units_text


def map_panels(truth, free, analysis, name):
    """(values, title, units, colours, lowest, highest) of the maps of one variable."""
    units = truth.attrs.get("units", "")
    mean, sd, increment = field(analysis, name), field(analysis, name, "sd"), field(analysis, name, "increment")
    low, high = np.nanpercentile(truth.mean("time"), [2, 98])
    error = rms(mean - truth, "time")
    out = [(truth.mean("time"), "Truth", units, "viridis", low, high),
           (mean.mean("time"), "Analysis mean", units, "viridis", low, high)]
    if free is not None:
        free_error = rms(free - truth, "time")
        top, gain = float(np.nanpercentile(free_error, 98)), free_error - error
        most = float(np.nanpercentile(abs(gain), 98))
        out += [(free_error, "Error, open loop", units, "cividis", 0.0, top), (error, "Error, analysis", units, "cividis", 0.0, top),
                (gain, "Error removed (blue) or added (red)", units, "RdBu", -most, most)]
    else:
        out.append((error, "Error, analysis", units, "cividis", 0.0, None))
    if sd is not None:
        out.append((rms(sd, "time"), "Analysis spread", units, "cividis", 0.0, None))
    if increment is not None:
        out.append((rms(increment, "time"), "Increments of the analysis", units, "cividis", 0.0, None))
    lower, upper = field(analysis, name, "q05"), field(analysis, name, "q95")
    if lower is not None and upper is not None:
        inside = ((truth >= lower) & (truth <= upper)).where(np.isfinite(truth)).mean("time")
        out.append((inside, "Share of truths in the 90 % interval", "1", "viridis", 0.0, 1.0))
    return out


def plot_maps(folder, nature, open_loop, analysis, coast):
    """Per variable: truth and analysis, RMS errors and what the analysis gained, spread, increments, coverage."""
    for name in common.product_names(nature, analysis):
        truth = field(nature, name)
        if truth is None or field(analysis, name) is None:
            common.say(f"skipped: maps of {name}: truth or analysis is absent")
            continue
        shown = map_panels(truth, field(open_loop, name), analysis, name)
        columns = (len(shown) + 1) // 2
        figure = plt.figure(figsize=(4.1 * columns, 6.4))
        figure.suptitle(f"{title_of(name)}: time mean, and root mean squares over {truth.sizes['time']} windows")
        for i, (values, title, units, cmap, lowest, highest) in enumerate(shown, 1):
            axes = common.map_axes(figure, 2, columns, i)
            common.draw_map(axes, values, title, units, cmap, lowest, highest, coast)
        common.save(figure, folder, f"map_{name}")


def panels(names, draw, title):
    """A figure with one panel per variable, filled by draw(axes, name)."""
    rows = (len(names) + 2) // 3
    figure, grid = plt.subplots(rows, 3, figsize=(12.5, 2.7 * rows + 0.4), squeeze=False)
    for axes, name in zip(grid.flat, names):
        draw(axes, name)
        axes.set_title(title_of(name))
    for axes in grid.flat[len(names):]:
        axes.set_axis_off()
    grid.flat[0].legend()
    figure.suptitle(title)
    return figure


def plot_series(folder, nature, open_loop, analysis):
    """Global RMS error and spread, and global mean, of every variable against time."""
    names = [n for n in common.product_names(nature) if field(analysis, n) is not None]
    if not names:
        return common.say("skipped: time series: truth or analysis is absent")
    ensembles = [(open_loop, RED, "open loop"), (analysis, BLUE, "analysis")]

    def draw_errors(axes, name):
        truth = field(nature, name)
        for data, colour, label in ensembles:
            mean, sd = field(data, name), field(data, name, "sd")
            if mean is not None:
                axes.plot(truth["time"], np.sqrt(global_mean((mean - truth) ** 2)), color=colour, label=f"{label}, error")
            if sd is not None:
                axes.plot(truth["time"], np.sqrt(global_mean(sd**2)), color=colour, ls="--", label=f"{label}, spread")
        axes.set_ylabel(units_text(truth.attrs.get("units", "")))
        axes.set_ylim(bottom=0.0)

    def draw_means(axes, name):
        truth = field(nature, name)
        for data, colour, label in ensembles:
            if field(data, name) is not None:
                axes.plot(truth["time"], global_mean(field(data, name)), color=colour, label=label)
        axes.plot(truth["time"], global_mean(truth), color="black", ls=":", lw=1.8, label="truth")
        axes.set_ylabel(units_text(truth.attrs.get("units", "")))

    common.save(panels(names, draw_errors, "RMS error and ensemble spread, area-weighted over land"), folder, "errors")
    return common.save(panels(names, draw_means, "Area-weighted mean over land"), folder, "means")


def plot_scores(folder, run):
    """Error and spread ratios of verification.json."""
    path = run / "verification.json"
    if not path.exists():
        return common.say(f"skipped: {path} is absent")
    variables = [v for v in json.loads(path.read_text())["variables"] if v.get("open_loop_rmse") and v.get("analysis_rmse") is not None]
    if not variables:
        return common.say(f"skipped: {path} has no variable with an open-loop error")
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 0.4 * len(variables) + 1.6), sharey=True)
    y = np.arange(len(variables))
    labels = [title_of(v["name"]) + (" (observed)" if v.get("observed") else "") for v in variables]
    colours = [GREEN if v.get("observed") else BLUE for v in variables]
    left.barh(y, [v["analysis_rmse"] / v["open_loop_rmse"] for v in variables], color=colours)
    left.axvline(1.0, color="black", linewidth=0.8)
    left.set(xlabel="RMS error, analysis / open loop (below 1: better)", yticks=y, yticklabels=labels)
    left.invert_yaxis()
    ratios = [v.get("spread_over_rmse") or np.nan for v in variables]
    right.axvspan(0.7, 1.3, color="0.92")
    right.plot(ratios, y, "o", color=BLUE, label="spread / RMS error")
    covered = [v.get("coverage90") if v.get("coverage90") is not None else np.nan for v in variables]
    right.plot(covered, y, "D", color=RED, label="share of truth inside the 90 % interval")
    right.axvline(0.9, color=RED, linewidth=0.8, linestyle="--")
    right.set(xlabel="analysis spread (grey: 0.7 to 1.3)", xlim=(0, max(1.5, np.nanmax(ratios + [0.0]) * 1.05)))
    right.legend(loc="lower left", bbox_to_anchor=(0, 1))
    return common.save(figure, folder, "scores")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the results")
    parser.add_argument("--output", type=Path, help="folder of the pictures (default: RUN/pictures)")
    arguments = parser.parse_args()
    run = arguments.run
    if not run.is_dir():
        sys.exit(f"plot_osse.py: {run} is not a folder; give the output folder of a run of 'tilth osse'")
    folder = arguments.output or run / "pictures"
    nature, open_loop, analysis = (common.open_file(run / part / "products.nc") for part in ("nature", "open_loop", "analysis"))
    coast = common.coastline()
    plot_scores(folder, run)
    plot_series(folder, nature, open_loop, analysis)
    plot_maps(folder, nature, open_loop, analysis, coast)
    plot_parameters.plot_parameters(folder, run)
    plot_feedback.plot_observations(folder, run, coast)
    plot_feedback.plot_diagnostics(folder, run)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Pictures of a sensitivity analysis: bars of first and total order with intervals, mu* against sigma, or curves.

Usage: plot_sensitivity.py RUN_FOLDER [--output FOLDER] [--metrics NAME...]   (pictures go to RUN_FOLDER/pictures)
"""

import argparse
import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

# Okabe & Ito (2008): told apart with any colour vision.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000", "#F0E442"]
MARKERS = "os^Dv<>P"
plt.rcParams.update({"savefig.dpi": 130, "font.size": 9, "axes.titlesize": 9.5, "axes.spines.top": False, "axes.spines.right": False,
                     "axes.grid": True, "grid.color": "0.9", "axes.axisbelow": True, "legend.frameon": False,
                     "figure.constrained_layout.use": True})


def number(value):
    return np.nan if value is None else float(value)


def rows(table, group, metric):
    return [row for row in table if row["group"] == group and row["metric"] == metric]


def grid_of(names):
    """A figure with a panel per metric."""
    columns = min(3, len(names))
    lines = (len(names) + columns - 1) // columns
    figure, axes = plt.subplots(lines, columns, figsize=(4.6 * columns, 3.3 * lines + 0.4), squeeze=False)
    for empty in axes.flat[len(names):]:
        empty.set_visible(False)
    return figure, list(axes.flat)


def bars(axes, table, measure, colour, shift, label):
    """Horizontal bars of a measure with its interval."""
    values = np.array([number(row[measure]) for row in table])
    ends = np.array([[number(row[f"{measure}_low"]), number(row[f"{measure}_high"])] for row in table]).T
    places = np.arange(len(table)) + shift
    axes.barh(places, values, height=0.36, color=colour, label=label)
    error = np.nan_to_num(np.clip([values - ends[0], ends[1] - values], 0.0, None))
    axes.errorbar(values, places, xerr=error, fmt="none", ecolor="0.25", elinewidth=1, capsize=2)


def draw_sobol(axes, table, _units):
    table = sorted(table, key=lambda row: number(row["total"]))
    bars(axes, table, "total", COLOURS[0], 0.19, "total")
    bars(axes, table, "first", COLOURS[1], -0.19, "first order")
    axes.set_yticks(range(len(table)), [row["parameter"] for row in table])
    axes.set_xlabel("part of the variance")
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))


def draw_morris(axes, table, units):
    for i, row in enumerate(table):
        mu, sigma = number(row["mu_star"]), number(row["sigma"])
        ends = [[max(mu - number(row["mu_star_low"]), 0.0)], [max(number(row["mu_star_high"]) - mu, 0.0)]]
        axes.errorbar(mu, sigma, xerr=np.nan_to_num(ends), fmt=MARKERS[i // len(COLOURS) % len(MARKERS)], color=COLOURS[i % len(COLOURS)],
                      capsize=2, label=row["parameter"])
    most = np.nanmax([number(row[key]) for row in table for key in ("mu_star", "sigma")] + [0.0])
    axes.plot([0, most], [0, most], color="0.6", linewidth=0.8, linestyle="--")
    axes.set_xlabel(f"mu* ({units})")
    axes.set_ylabel(f"sigma ({units})")


def draw_curves(axes, table, units):
    for i, name in enumerate(dict.fromkeys(row["parameter"] for row in table)):
        points = [(row["unit"], number(row["result"])) for row in table if row["parameter"] == name]
        axes.plot(*zip(*points), marker=MARKERS[i // len(COLOURS) % len(MARKERS)], markersize=3, color=COLOURS[i % len(COLOURS)], label=name)
    axes.set_xlabel("from the lower to the upper bound")
    axes.set_ylabel(units)


DRAW = {"sobol": ("index", draw_sobol), "morris": ("index", draw_morris), "one_at_a_time": ("curve", draw_curves)}


def plot_group(data, group, wanted, folder):
    """One picture of all metrics of a group that have indices."""
    kind, draw = DRAW[data["method"]]
    metrics = [m for m in data["metric"] if m["group"] == group and m["status"] == "good" and (not wanted or m["name"] in wanted)]
    if not metrics:
        print(f"skipped: {group}: no metric has indices", file=sys.stderr)
        return
    figure, panels = grid_of(metrics)
    for axes, metric in zip(panels, metrics):
        units = metric["units"] if metric["units"] not in ("", "1") else "dimensionless"
        draw(axes, rows(data[kind], group, metric["name"]), units)
        q2 = f", emulator Q² {metric['q2']:.2f}" if data["on_emulator"] else ""
        axes.set_title(f"{metric['name']}{q2}")
    handles, labels = panels[0].get_legend_handles_labels()
    per_line = min(len(labels), 4 if len(metrics) > 1 else 3)
    below = 0.3 * ((len(labels) + per_line - 1) // per_line) / figure.get_figheight()  # 0.3 inches per line of the legend
    figure.get_layout_engine().set(rect=(0.0, below, 1.0, 1.0 - below))
    figure.legend(handles, labels, loc="lower center", ncol=per_line)
    figure.suptitle(f"Sensitivity at {group}" if group != "all" else "Sensitivity, mean over all sites")
    path = folder / f"sensitivity_{group.replace('/', '_')}.png"
    figure.savefig(path)
    plt.close(figure)
    print(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--output", type=Path, help="folder of the pictures")
    parser.add_argument("--metrics", nargs="+", default=[], help="only these")
    arguments = parser.parse_args()
    path = arguments.run / "sensitivity.json"
    if not path.exists():
        sys.exit(f"{path}: is not there; run 'tilth sensitivity' first")
    data = json.loads(path.read_text())
    folder = arguments.output or arguments.run / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for group in dict.fromkeys(metric["group"] for metric in data["metric"]):
        plot_group(data, group, arguments.metrics, folder)


if __name__ == "__main__":
    main()

"""Picture of a run's parameters: mean and spread against time, with the truth of a twin experiment."""

import matplotlib.pyplot as plt
import numpy as np

import plot_common as common
from plot_common import CYCLE, title_of, words

GLOBAL_LABELS = ("", "BAR", "global")  # how the table names what has no plant functional type


def read_series(path):
    """(parameter, PFT) -> (time, mean, sd) of a parameters.nc: one row per window, parameter and PFT."""
    data = common.open_file(path)
    if data is None or not {"time", "parameter", "mean"} <= set(data.variables):
        return {}
    names, kinds = words(data["parameter"]), words(data["pft"]) if "pft" in data else [""] * data["parameter"].size
    keys = np.array([f"{n}\t{k}" for n, k in zip(names, kinds)])
    sd = data["sd"].values if "sd" in data else np.full(len(keys), np.nan)
    series = {}
    for key in dict.fromkeys(keys):
        rows = keys == key
        series[tuple(key.split("\t"))] = (data["time"].values[rows], data["mean"].values[rows], sd[rows])
    return series


def units_of(path):
    """Parameter -> units, where the table tells them."""
    data = common.open_file(path)
    if data is None or "units" not in data:
        return {}
    return dict(zip(words(data["parameter"]), words(data["units"])))


def plot_parameters(folder, run, part="analysis"):
    """Evolution of every parameter; dotted lines are the truth of the nature run."""
    series = read_series(run / part / "parameters.nc")
    if not series:
        return common.say(f"skipped: {run / part}/parameters.nc holds no series of parameters")
    truth_file = run / "nature" / "parameters.nc"
    truth = read_series(truth_file) if truth_file.exists() else {}
    names = list(dict.fromkeys(name for name, _ in series))
    kinds = list(dict.fromkeys(kind for _, kind in series if kind not in GLOBAL_LABELS))
    rows = (len(names) + 2) // 3
    figure, grid = plt.subplots(rows, 3, figsize=(12.5, 2.7 * rows + 0.9), squeeze=False)
    known, units = {}, units_of(run / part / "parameters.nc")
    for axes, name in zip(grid.flat, names):
        for (which, kind), (time, mean, sd) in series.items():
            if which != name:
                continue
            index = kinds.index(kind) if kind in kinds else 0
            colour = CYCLE[index % len(CYCLE)] if kind in kinds else "black"
            line, = axes.plot(time, mean, color=colour, ls="-" if index < len(CYCLE) else "-.", lw=1.2)
            axes.fill_between(time, mean - sd, mean + sd, color=colour, alpha=0.08, lw=0)
            known.setdefault(kind if kind in kinds else "global", line)
            if (name, kind) in truth:
                axes.axhline(truth[name, kind][1][-1], color=colour, ls=":", lw=1.2)
        axes.set_title(title_of(name))
        axes.set_ylabel({"1": "dimensionless"}.get(units.get(name), units.get(name, "")))
    for axes in grid.flat[len(names):]:
        axes.set_axis_off()
    figure.suptitle("Parameters: mean and one standard deviation" + (", truth dotted" if truth else ""))
    figure.supxlabel("\n\n ")  # room for the legend
    figure.legend(known.values(), known.keys(), loc="lower center", ncol=min(12, len(known)))
    return common.save(figure, folder, "parameters")

#!/usr/bin/env python3
"""Pictures of a calibration: search, parameters, what they leave open, fit, scores, scopes, maps.

Usage: plot_calibration.py RUN_FOLDER [--output FOLDER] [--problems NAME...] [--text]
Reads calibration.nc, scopes.nc and parameter_maps.nc, whichever are there; pictures go to RUN_FOLDER/pictures.
--text prints tables in Markdown instead.
"""

import argparse
import sys
from pathlib import Path

import calibration_tables as tables
import matplotlib.pyplot as plt
import numpy as np
from plot_common import BLUE, CYCLE, GREEN, ORANGE, RED, coastline, draw_map, map_axes, open_file, save, say, title_of, units_text

SCALES = ["day", "week", "month", "year", "interannual"]
GREY = "0.6"
MOST_PROBLEMS = 12  # pictures of single problems


def draw_search(axes, search):
    """J of every run asked for, and the least so far."""
    value = np.array([row["value"] for row in search], float)
    number = np.arange(1, len(value) + 1)
    good = np.isfinite(value)
    least = np.fmin.accumulate(np.where(good, value, np.inf))
    axes.plot(number[good], value[good], ".", color=GREY, markersize=2, label="run")
    axes.plot(number, least, color=BLUE, label="least so far")
    if not good.all():
        axes.plot(number[~good], np.full((~good).sum(), value[good].max() if good.any() else 1.0), "x", color=RED, markersize=3, label="failed")
    if good.any() and least[-1] > 0 and value[good].max() > 10 * least[-1]:
        axes.set_yscale("log")
    axes.set_xlabel("runs")
    axes.set_ylabel("J")
    axes.legend()


def draw_parameters(axes, parameters):
    """Prior and posterior intervals in prior standard deviations."""
    places = np.arange(len(parameters))[::-1]
    axes.axvspan(-1.96, 1.96, color="0.93", label="95 % of the prior")
    for place, row in zip(places, parameters):
        at_bound = row["at_bound"] != 0
        axes.plot([row["z_low"], row["z_high"]], [place, place], color=BLUE, linewidth=2)
        axes.plot(row["z"], place, "D" if at_bound else "o", color=RED if at_bound else BLUE, markersize=4)
        axes.plot(row["z_truth"], place, "x", color=GREEN, markersize=6)
    axes.plot([], [], "o-", color=BLUE, label="posterior, 95 %")
    if any(row["at_bound"] for row in parameters):
        axes.plot([], [], "D", color=RED, label="at a bound")
    if any(np.isfinite(row["z_truth"]) for row in parameters):
        axes.plot([], [], "x", color=GREEN, label="truth")
    axes.set_ylim(-0.6, len(parameters) - 0.4)
    axes.set_yticks(places, [f"{row['name']}  {row['prior']:.3g} → {row['value']:.3g}" for row in parameters])
    axes.set_xlabel("prior standard deviations from the default")
    axes.legend(fontsize=7, ncols=4, loc="lower right", bbox_to_anchor=(1.0, 1.0))


def draw_spectrum(axes, directions):
    """Eigenvalues of what observations know: above 1 more than the prior."""
    values = dict.fromkeys((row["number"], row["eigenvalue"]) for row in directions)
    value = np.array([eigenvalue for _, eigenvalue in values])
    number = np.arange(1, len(value) + 1)
    known = value > 1.0
    axes.bar(number, np.maximum(value, 1e-4), color=np.where(known, BLUE, GREY))
    axes.axhline(1.0, color=RED, linewidth=0.8)
    axes.set_yscale("log")
    axes.set_xlabel("direction, the best known first")
    axes.set_ylabel("observations / prior")
    axes.set_title(f"{known.sum()} of {len(value)} known better than by the prior")


def draw_directions(axes, directions):
    """Parts of the parameters in each direction."""
    names = list(dict.fromkeys(row["parameter"] for row in directions))
    count = len({row["number"] for row in directions})
    part = np.array([row["part"] for row in directions]).reshape(count, len(names))
    drawn = axes.imshow(part.T, cmap="RdBu_r", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    axes.set_yticks(range(len(names)), names)
    axes.set_xticks(range(count), range(1, count + 1))
    axes.grid(False)
    axes.set_xlabel("direction")
    plt.colorbar(drawn, ax=axes, label="part of the parameter")


def draw_correlation(axes, sample, parameters):
    """Correlations of the parameters over draws, or over optima."""
    names = [row["name"] for row in parameters]
    z = np.array([row["z"] for row in sample]).reshape(-1, len(names))
    drawn = axes.imshow(np.corrcoef(z.T), cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
    axes.set_xticks(range(len(names)), names, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.grid(False)
    axes.set_title(f"correlation over {len(z)} draws")
    plt.colorbar(drawn, ax=axes)


def draw_cost(axes, cost):
    """chi2 over the observations used, by stream."""
    streams = [name for name in dict.fromkeys(row["stream"] for row in cost) if name != "background"]
    for shift, source, colour in ((-0.2, "prior", GREY), (0.2, "posterior", BLUE)):
        used = {row["stream"]: row for row in cost if row["source"] == source}
        ratio = [used[name]["chi2"] / used[name]["used"] if used[name]["used"] else np.nan for name in streams]
        axes.bar(np.arange(len(streams)) + shift, ratio, width=0.38, color=colour, label=source)
    axes.axhline(1.0, color=RED, linewidth=0.8)
    axes.set_xticks(range(len(streams)), [title_of(s) for s in streams])
    axes.set_ylabel("χ² / observations")
    axes.legend()


def draw_problem(data, problem):
    """All of one problem on one page."""
    of = {name: [row for row in data[name] if row.get("problem") == problem] for name in data}
    panels = [(draw_search, of["search"]), (draw_parameters, of["parameter"]), (draw_cost, of["cost"])]
    if of["direction"]:
        panels += [(draw_directions, of["direction"]), (draw_spectrum, of["direction"])]
    draws = of["sample"] if len(of["sample"]) > len(of["parameter"]) * 3 else []
    if draws:
        panels.append((lambda axes, rows: draw_correlation(axes, rows, of["parameter"]), draws))
    lines = (len(panels) + 1) // 2
    height = max(3.2, 0.24 * len(of["parameter"]) + 1.2)
    figure, axes = plt.subplots(lines, 2, figsize=(11, height * lines), squeeze=False)
    for empty in axes.flat[len(panels):]:
        empty.set_visible(False)
    for (draw, rows), one in zip(panels, axes.flat):
        if rows:
            draw(one, rows)
    figure.suptitle(f"Calibration of {problem}")
    return figure


def draw_scores(score, of_set):
    """NSE by stream and time scale, prior against posterior: a dot per site, a bar for the median."""
    streams = list(dict.fromkeys(row["stream"] for row in score))
    figure, panels = plt.subplots(1, len(streams), figsize=(1.2 + 3.4 * len(streams), 3.4), squeeze=False, sharey=True)
    for axes, stream in zip(panels.flat, streams):
        rows = [row for row in score if row["stream"] == stream]
        for shift, source, colour in ((-0.18, "prior", GREY), (0.18, "posterior", BLUE)):
            for i, scale in enumerate(SCALES):
                nse = np.array([row["nse"] for row in rows if row["source"] == source and row["scale"] == scale], float)
                nse = nse[np.isfinite(nse)]
                axes.plot(np.full(len(nse), i + shift), np.clip(nse, -1, 1), "_", color=colour, markersize=5, alpha=0.5)
                if len(nse):
                    axes.bar(i + shift, max(np.median(nse), -1), width=0.34, color=colour, alpha=0.7,
                             label=source if i == 0 else None)
        axes.set_xticks(range(len(SCALES)), SCALES, rotation=30)
        axes.set_xlim(-0.6, len(SCALES) - 0.4)
        axes.set_ylim(-1, 1)
        axes.axhline(0, color="0.3", linewidth=0.8)
        axes.set_title(title_of(stream))
    panels[0, 0].set_ylabel("NSE (below -1: at -1)")
    panels[0, 0].legend(loc="lower right")
    figure.suptitle(f"Nash-Sutcliffe efficiency, {of_set} observations, median over sites")
    return figure


def draw_scopes(median, scale):
    """Median scores of every scope at sites that trained and at sites held out."""
    rows = [row for row in median if row["scale"] == scale]
    streams, years = (list(dict.fromkeys(row[key] for row in rows)) for key in ("stream", "years"))
    scopes = list(dict.fromkeys(row["scope"] for row in rows))
    figure, panels = plt.subplots(len(years), len(streams), figsize=(1.5 + 3.6 * len(streams), 1.2 + 0.32 * len(scopes) * len(years) + len(years)),
                                  squeeze=False, sharey=True)
    for line, year in zip(panels, years):
        for axes, stream in zip(line, streams):
            for shift, sites, colour in ((0.19, "training", ORANGE), (-0.19, "held_out", BLUE)):
                of = {r["scope"]: r["nse"] for r in rows if (r["stream"], r["years"], r["sites"]) == (stream, year, sites)}
                axes.barh(np.arange(len(scopes))[::-1] + shift, [of.get(s, np.nan) for s in scopes], height=0.36, color=colour,
                          label=sites.replace("_", " ") + " sites")
            axes.set_yticks(np.arange(len(scopes))[::-1], [s.replace("_", " ") for s in scopes])
            axes.axvline(0.0, color="0.4", linewidth=0.6)
            axes.set_title(f"{title_of(stream)}, {year} years")
            axes.set_xlabel("median NSE")
    below = 0.3 / figure.get_figheight()  # inches of the legend
    figure.get_layout_engine().set(rect=(0.0, below, 1.0, 1.0 - below))
    figure.legend(*panels[0, 0].get_legend_handles_labels(), loc="lower center", ncols=2)
    figure.suptitle(f"Who shares parameters ({scale})")
    return figure


def draw_maps(data):
    """Each parameter's map beside its spread."""
    names = [name for name in data.data_vars if f"{name}_spread" in data]
    figure = plt.figure(figsize=(9.5, 3.1 * len(names)))
    coast = coastline()
    for i, name in enumerate(names):
        for j, variable in enumerate((name, f"{name}_spread")):
            values = data[variable].astype(float).squeeze(drop=True)
            title = name if j == 0 else f"{name}: standard deviation over the networks"
            draw_map(map_axes(figure, len(names), 2, 2 * i + j + 1), values, title, values.attrs.get("units", ""),
                     cmap="viridis" if j == 0 else "magma_r", coast=coast)
    return figure


def plot_calibration(data, wanted, folder):
    problems = [p for p in dict.fromkeys(row["problem"] for row in data["parameter"]) if not wanted or p in wanted]
    for name in wanted:
        if name not in problems:
            say(f"skipped: there is no problem '{name}'")
    for problem in problems[:MOST_PROBLEMS]:
        save(draw_problem(data, problem), folder, f"calibration_{problem.replace('/', '_')}")
    if len(problems) > MOST_PROBLEMS:
        say(f"skipped: {len(problems) - MOST_PROBLEMS} problems; choose with --problems")
    for of_set in ("training", "validation"):
        rows = [row for row in data["score"] if row["set"] == of_set and row["n"] > 0]
        if rows:
            save(draw_scores(rows, of_set), folder, f"scores_{of_set}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("--output", type=Path, help="folder of the pictures")
    parser.add_argument("--problems", nargs="+", default=[], help="only these")
    parser.add_argument("--text", action="store_true", help="print tables in Markdown, draw nothing")
    arguments = parser.parse_args()
    if not arguments.run.is_dir():
        sys.exit(f"{arguments.run} is not a folder; give the output folder of a run of 'tilth calibrate'")
    files = {name: arguments.run / f"{name}.nc" for name in ("calibration", "scopes", "parameter_maps")}
    if not any(path.exists() for path in files.values()):
        sys.exit(f"{arguments.run}: neither calibration.nc nor scopes.nc is there; run 'tilth calibrate' first")
    found = {name: open_file(path) for name, path in files.items() if path.exists()}
    data = {name: tables.tables_of(found[name]) for name in ("calibration", "scopes") if found.get(name) is not None}
    if arguments.text:
        print(tables.markdown(data, arguments.problems))
        return
    folder = arguments.output or arguments.run / "pictures"
    if "calibration" in data:
        plot_calibration(data["calibration"], arguments.problems, folder)
    for scale in SCALES if "scopes" in data else ():
        if any(row["scale"] == scale and np.isfinite(row["nse"]) for row in data["scopes"]["median"]):
            save(draw_scopes(data["scopes"]["median"], scale), folder, f"scopes_{scale}")
    if found.get("parameter_maps") is not None:
        save(draw_maps(found["parameter_maps"]), folder, "parameter_maps")


if __name__ == "__main__":
    main()

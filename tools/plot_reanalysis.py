#!/usr/bin/env python3
"""Pictures of a run with real observations on a grid: series at the places observed, scores, maps of what was changed.

Usage: plot_reanalysis.py RUN_FOLDER [--output FOLDER] [--title TEXT]   (pictures go to RUN_FOLDER/pictures)
Series and scores are of forecasts: before the observations of a window are used. Observations of other places and streams than
the assimilated are independent.
"""

import argparse
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import plot_common as common
from plot_common import BLUE, RED, field, title_of, units_text
from reanalysis_scores import NINETY, both, table

MOST_PLACES = 3  # streams of more places are fields, of which one is drawn
MAPS = ("root_zone_soil_moisture", "leaf_area_index", "evapotranspiration")
PARTS = (("open loop", RED), ("analysis", BLUE))


def series_of(parts):
    """(stream, lon, lat) of the series to draw; fields by one place."""
    open_loop = parts[0]
    keys = sorted(set(zip(open_loop["stream"], open_loop["lon"], open_loop["lat"])))
    kept = []
    for stream in dict.fromkeys(key[0] for key in keys):
        mine = [key for key in keys if key[0] == stream]
        kept += mine if len(mine) <= MOST_PLACES else mine[len(mine) // 2:][:1]
    return kept


def draw_series(axes, parts, key, scores):
    """One series: observations, the two means and the 90 % intervals that members and observation error give."""
    mine = (parts[0]["stream"] == key[0]) & (parts[0]["lon"] == key[1]) & (parts[0]["lat"] == key[2])
    for (label, colour), part in zip(PARTS, parts):
        order = np.argsort(part["time"][mine])
        time, mean = part["time"][mine][order], part["prior_mean"][mine][order]
        half = NINETY * np.hypot(part["prior_sd"][mine], part["error_sd"][mine])[order]
        score = next(r for r in scores if r["part"] == label)
        text = f"{label}: RMSE {score['rmse']:.3g}, without bias {score['ubrmse']:.3g}, r {score['r']:.2f}"
        axes.plot(time, mean, color=colour, lw=1.2, label=text)
        axes.fill_between(time, mean - half, mean + half, color=colour, alpha=0.12, lw=0)
    axes.plot(parts[0]["time"][mine], parts[0]["value"][mine], ".", color="black", ms=2.5, label="observed")
    star = " (assimilated)" if scores[0]["assimilated"] else ""
    axes.set_title(f"{title_of(key[0])}{star}, {abs(key[1]):.3f}° {'W' if key[1] < 0 else 'E'}")
    axes.legend(fontsize=7, loc="upper left", ncols=3)
    axes.margins(x=0.01)


def plot_series(folder, parts, rows, title):
    """All series, one below the other."""
    keys = [k for k in series_of(parts) if scores_of(rows, k)]
    if not keys:
        return common.say("skipped: series: no stream has enough observations")
    figure, axes = plt.subplots(len(keys), 1, figsize=(10.5, 1.9 * len(keys) + 0.5), squeeze=False, sharex=True)
    for line, key in zip(axes[:, 0], keys):
        draw_series(line, parts, key, scores_of(rows, key))
    figure.suptitle(f"{title}: forecasts and observations, 90 % intervals with the errors of the observations")
    return common.save(figure, folder, "series")


def scores_of(rows, key):
    return [r for r in rows if r["stream"] == key[0] and np.isclose(r["lon"], key[1], atol=1e-3) and np.isclose(r["lat"], key[2], atol=1e-3)]


def plot_scores(folder, parts, rows, title):
    """Error of the analysis run over that of the open loop; coverage of both."""
    keys = [k for k in series_of(parts) if scores_of(rows, k)]
    if not keys:
        return common.say("skipped: scores: no stream has enough observations")
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 0.38 * len(keys) + 1.6), sharey=True)
    y = np.arange(len(keys))
    pairs = [scores_of(rows, k) for k in keys]
    for shift, name, colour in ((-0.26, "rmse", BLUE), (0.0, "ubrmse", common.GREEN), (0.26, "crps", common.ORANGE)):
        left.barh(y + shift, [b[name] / a[name] for a, b in pairs], height=0.24, color=colour,
                  label={"rmse": "RMSE", "ubrmse": "RMSE without bias", "crps": "CRPS"}[name])
    left.axvline(1.0, color="black", lw=0.8)
    left.set(xlabel="analysis / open loop (below 1: better)", yticks=y,
             yticklabels=[f"{k[0]}{'*' if p[0]['assimilated'] else ''} {k[1]:.2f}" for k, p in zip(keys, pairs)])
    left.invert_yaxis()
    for i, (label, colour) in enumerate(PARTS):
        right.plot([p[i]["coverage"] for p in pairs], y, "o", color=colour, label=label)
        right.plot([p[i]["ub_coverage"] for p in pairs], y, "D", color=colour, mfc="none", label=f"{label}, bias taken out")
    right.axvline(0.9, color="black", lw=0.8, ls="--")
    right.set(xlabel="share of observations in the 90 % interval", xlim=(0, 1.03))
    left.legend(fontsize=7, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    right.legend(fontsize=7, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
    figure.suptitle(f"{title} (* assimilated)")
    return common.save(figure, folder, "scores")


def draw_region(axes, values, title, units, colours, limits, places):
    drawn = axes.pcolormesh(values["lon"], values["lat"], values.transpose("lat", "lon"), shading="nearest", cmap=colours,
                            vmin=limits[0], vmax=limits[1])
    plt.colorbar(drawn, ax=axes, orientation="horizontal", shrink=0.8, label=units_text(units))
    if places is not None:
        axes.plot(*places, "k^", ms=5, mfc="none")
    axes.set_title(title)
    axes.set_aspect(1 / np.cos(np.deg2rad(float(values["lat"].mean()))))
    axes.grid(False)


def plot_maps(folder, run, parts, title):
    """Open loop, difference made by the observations and spread left, means over the run."""
    open_loop, analysis = (common.open_file(run / part / "products.nc") for part in ("open_loop", "analysis"))
    names = [n for n in MAPS if field(open_loop, n) is not None and field(analysis, n) is not None and "lat" in field(analysis, n).dims]
    if not names:
        return common.say("skipped: maps: no gridded products of both runs")
    points = sorted(set((k[1], k[2]) for k in series_of(parts) if (parts[0]["stream"] == k[0]).sum() > 50 and k[0] != "lai"))
    places = np.array(points).T if points else None
    figure, grid = plt.subplots(len(names), 3, figsize=(11.5, 2.9 * len(names) + 0.4), squeeze=False)
    for line, name in zip(grid, names):
        before, after = field(open_loop, name), field(analysis, name)
        units = before.attrs.get("units", "")
        change = (after - before).mean("time")
        most = float(np.nanmax(abs(change))) or 1.0
        draw_region(line[0], before.mean("time"), f"{title_of(name)}, open loop", units, "viridis", (None, None), places)
        draw_region(line[1], change, "Analysis minus open loop", units, "RdBu", (-most, most), places)
        sd = [field(part, name, "sd") for part in (open_loop, analysis)]
        draw_region(line[2], (sd[1].mean("time") / sd[0].mean("time")), "Spread, analysis / open loop", "1", "cividis", (0, 1), places)
    figure.suptitle(f"{title}: means over the run")
    return common.save(figure, folder, "maps")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the results")
    parser.add_argument("--output", type=Path, help="folder of the pictures (default: RUN/pictures)")
    parser.add_argument("--title", default=None)
    arguments = parser.parse_args()
    parts = both(arguments.run)
    if parts is None:
        sys.exit(f"plot_reanalysis.py: {arguments.run}: no feedback of both open_loop and analysis; give the folder of 'tilth assimilate'")
    folder = arguments.output or arguments.run / "pictures"
    title = arguments.title or arguments.run.name
    rows = table(arguments.run)
    plot_series(folder, parts, rows, title)
    plot_scores(folder, parts, rows, title)
    plot_maps(folder, arguments.run, parts, title)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Pictures of a run at tower sites: per site the series of GPP, LE and NEE before and after, and the scores.

Usage: plot_sites.py RUN_FOLDER [--output FOLDER]   (pictures go to RUN_FOLDER/pictures)
What the run did not write is left out, with a word about it.
"""

import argparse
import csv
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr

import plot_common as common
from plot_common import BLUE, RED, field, units_text

LATENT_HEAT_J_PER_KG = 2.45e6  # of vaporisation near 20 degC (FAO-56, eq. 3-1 to 3-3)
SECONDS_PER_DAY = 86400.0

# Panel -> names of the product and of the observation, best first.
PANELS = {
    "GPP": ("gross_primary_productivity", "gpp"),
    "LE": ("latent_heat_flux", "latent_heat", "le", "evapotranspiration"),
    "NEE": ("net_ecosystem_exchange", "nee"),
}
SCORES = [("nse", "Nash-Sutcliffe efficiency", (-1, 1)), ("rmse", "RMS error (units of the variable)", None),
          ("bias", "Bias, model minus observed (units of the variable)", None), ("r", "Correlation", (0, 1))]


def words(values):
    return [v.decode().strip() if isinstance(v, bytes) else str(v).strip() for v in np.atleast_1d(values)]


def station_names(data):
    """Names of the stations of a product file."""
    for name in ("station_name", "station", "station_id", "site", "name"):
        if name in data.variables and data[name].dtype.kind in "SUO":
            return words(data[name].values)
    return [f"station {i}" for i in range(data.sizes["station"])]


def series(data, station, names, suffix="mean"):
    """(series, units) of the first of `names` at a station; water is shown as latent heat."""
    for name in names:
        values = field(data, name, suffix)
        if values is not None and "station" in values.dims:
            values, units = values.isel(station=station), values.attrs.get("units", "")
            if name == "evapotranspiration":
                return values * LATENT_HEAT_J_PER_KG / SECONDS_PER_DAY, "W m-2"
            return values, units
    return None, ""


def matches(file, data, site, panel):
    """Does an observation file belong to this site and panel?"""
    kind = str(data["value"].attrs.get("standard_name", "")) + " " + file.stem if "value" in data else file.stem
    station = str(data.attrs.get("station", data.attrs.get("site_code", "")))
    about_panel = any(name in kind.lower() for name in (panel.lower(), *PANELS[panel]))
    return about_panel and (site in file.stem or site == station)


def at_station(data, mean_of):
    """Rows of an observation file at the station's place, as a series in time."""
    near = (abs(data["lat"] - float(mean_of["lat"])) < 0.01) & (abs(data["lon"] - float(mean_of["lon"])) < 0.01)
    rows = data.isel(obs=np.flatnonzero(near.values))
    return rows["time"].values, rows["value"].values


def observed(files, site, panel, place):
    """(time, value) of what was observed at a site: from a file of the site or from rows at its place."""
    for file, data in files.items():
        if "value" in data and "obs" in data["value"].dims and any(n in file.stem.lower() for n in (panel.lower(), *PANELS[panel])):
            time, value = at_station(data, place)
            if len(time):
                return time, value
        for name in (panel, f"{panel}_NT_VUT_REF", *PANELS[panel]):
            if name in data and "time" in data[name].dims and matches(file, data, site, panel):
                return data["time"].values, np.squeeze(data[name].values)
    return None


def plot_site(folder, number, site, prior, posterior, files):
    """GPP, LE and NEE of one site: observed, prior and posterior with their spread."""
    figure, grid = plt.subplots(len(PANELS), 1, figsize=(11, 7), sharex=True)
    drawn = False
    for axes, (panel, names) in zip(grid, PANELS.items()):
        units = ""
        for data, colour, label in ((prior, RED, "prior"), (posterior, BLUE, "posterior")):
            mean, found = series(data, number, names) if data is not None else (None, "")
            if mean is None:
                continue
            drawn, units = True, found
            axes.plot(mean["time"], mean, color=colour, lw=0.9, label=label)
            sd, _ = series(data, number, names, "sd")
            if sd is not None:
                axes.fill_between(mean["time"].values, mean - 1.645 * sd, mean + 1.645 * sd, color=colour, alpha=0.15, lw=0)
        reference = posterior if posterior is not None else prior
        points = observed(files, site, panel, reference.isel(station=number))
        if points is not None:
            axes.plot(*points, ".", color="black", ms=2.5, label="observed")
        axes.set_ylabel(f"{panel}\n({units_text(units)})")
    if not drawn:
        plt.close(figure)
        return common.say(f"skipped: {site}: none of GPP, LE, NEE in the products")
    grid[0].legend(ncol=3, loc="upper right")
    figure.suptitle(f"{site}: mean and 90 % interval")
    return common.save(figure, folder, f"site_{site.replace(' ', '_')}")


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
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    variables = list(dict.fromkeys(r["variable"] for r in rows))
    if not variables:
        return common.say(f"skipped: {path} has no row")
    scores = [s for s in SCORES if f"{s[0]}_prior" in rows[0]]
    figure, grid = plt.subplots(len(variables), len(scores), squeeze=False,
                                figsize=(3.6 * len(scores) + 1, len(variables) * (0.28 * len({r["site"] for r in rows}) + 1.2)))
    for line, variable in zip(grid, variables):
        mine = [r for r in rows if r["variable"] == variable]
        y = np.arange(len(mine))
        used = "assimilated" if any(r.get("assimilated", "").lower() in ("1", "true", "yes") for r in mine) else "not assimilated"
        for axes, (score, title, limits) in zip(line, scores):
            axes.barh(y - 0.2, [number(r[f"{score}_prior"]) for r in mine], 0.38, color=RED, label="prior")
            axes.barh(y + 0.2, [number(r[f"{score}_posterior"]) for r in mine], 0.38, color=BLUE, label="posterior")
            axes.set_yticks(y, [r["site"] for r in mine] if axes is line[0] else [])
            axes.set_title(f"{variable} ({used})" if axes is line[0] else "")
            axes.set_xlabel(title)
            axes.axvline(0.0, color="black", lw=0.6)
            axes.invert_yaxis()
            if limits:
                axes.set_xlim(limits)
    grid[0][0].legend(loc="best", fontsize=8)
    figure.suptitle("Scores on the withheld part of the records")
    return common.save(figure, folder, "site_scores")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="folder of the results")
    parser.add_argument("--output", type=Path, help="folder of the pictures (default: RUN/pictures)")
    arguments = parser.parse_args()
    run = arguments.run
    if not run.is_dir():
        sys.exit(f"plot_sites.py: {run} is not a folder; give the output folder of a run at sites")
    folder = arguments.output or run / "pictures"
    prior, posterior = (common.open_file(run / part / "products.nc") for part in ("prior", "posterior"))
    files = {f: d for f in sorted((run / "observations").glob("*.nc")) if isinstance(d := common.open_file(f), xr.Dataset)}
    plot_scores(folder, run)
    reference = posterior if posterior is not None else prior
    if reference is None or "station" not in reference.dims:
        return common.say("skipped: series of the sites: no products with stations")
    for i, site in enumerate(station_names(reference)):
        plot_site(folder, i, site, prior, posterior, files)
    return None


if __name__ == "__main__":
    main()

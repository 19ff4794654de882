#!/usr/bin/env python3
"""Runs a model tier at flux towers, uncalibrated, and compares with observed fluxes and with linear regressions.

Usage: tools/evaluate_towers [--model hourly] [--sites A B] [--output FOLDER] [--reuse] [--compare]
Writes FOLDER/scores.csv, scores.md and pictures; with --compare instead the yearly sums of steps of 1800 and 3600 s, of daily
and finer weather, and of both tiers: FOLDER/compare.md. The protocol: docs/towers.md.
"""

import argparse
import copy
import csv
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import xarray as xr
import yaml

import tower_scores
import tower_sites as towers

COLUMNS = ["site", "weather", "flux", "every", "n", "r", "rmse", "bias", "nme", "observed", "regression_r", "regression_nme",
           "regression_nme_in_sample", "left_out"]


def experiment_of(site, options, folder):
    """The experiment of one site over its own record of weather."""
    e = copy.deepcopy(towers.experiment())
    e["experiment"]["output"] = str(folder)
    weather = e["forcing"]["sites"]
    if site in towers.STEP_SITES:
        about = towers.STEP_SITES[site]
        e["grid"]["sites"] = [{"name": site, **about["place"]}]
        if options.get("days_only"):
            weather["files"] = str(towers.daily_means(site, Path(folder)))
        else:
            weather["files"] = str(towers.whole_years(site, Path(folder)))
            weather["time_shift"] = f"{int(about['shift_h'] * 60)} minutes"
            weather["steps_per_day"] = 86400 // options.get("step_s", about["step_s"])
    else:
        e["grid"]["sites"] = [towers.daily_sites()[site]]
    time = towers.opened(towers.weather_file(site))["time"].values.astype("datetime64[D]")
    first = time[0]
    end = time[-1] + 1
    if options.get("years"):
        end = min(end, first + int(365.25 * options["years"]))
    e["time"]["start"], e["time"]["end"] = str(first), str(end)
    if time[-1] - time[0] < np.timedelta64(3 * 365, "D"):
        e["spinup"]["cycle_years"] = 1
    model = copy.deepcopy(options.get("settings") or {})
    if options["model"] == "hourly" and "step_s" in options:
        model["step"] = f"{options['step_s']} s"
    elif options["model"] == "hourly" and site in towers.STEP_SITES:
        model["step"] = f"{towers.STEP_SITES[site]['step_s']} s"
    e["model"] = {options["model"]: model}
    e["output"]["steps"] = bool(options.get("steps"))
    return e


def run(site, options, folder):
    """Runs one site unless its products are there and may be used again; the folder, or what went wrong."""
    folder = Path(folder)
    done = folder / "open_loop" / "products.nc"
    if options["reuse"] and done.exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "experiment.yaml"
    file.write_text(yaml.safe_dump(experiment_of(site, options, folder), sort_keys=False))
    job = subprocess.run([options["tilth"], "forecast", str(file), "--quiet"], capture_output=True, text=True)
    if job.returncode != 0:
        print(f"{site}: {(job.stderr.strip().splitlines() or ['no message'])[-1]}", file=sys.stderr)
        return None
    return folder


def run_all(sites, options, output):
    with ThreadPoolExecutor(options["jobs"]) as pool:
        folders = list(pool.map(lambda site: run(site, options, Path(output) / site), sites))
    return {site: folder for site, folder in zip(sites, folders) if folder}


def daily_output(folder):
    """Daily means of the first member by date."""
    data = xr.open_dataset(folder / "open_loop" / "products.nc").load().isel(station=0)
    data = data.assign_coords(time=data["time"].values.astype("datetime64[D]").astype("datetime64[ns]"))
    return data[[v for v in data if v.endswith("_mean")]].rename(
        {v: v[:-5] for v in data if v.endswith("_mean")})


def step_output(folder, site):
    """Steps by their begin in local standard time."""
    data = xr.open_dataset(folder / "open_loop" / "steps.nc").load().isel(station=0)
    begin = data["time_bnds"].values[:, 0] if "time_bnds" in data else data["time"].values
    shift = np.timedelta64(int(towers.STEP_SITES[site]["shift_h"] * 3600), "s")
    return data.drop_vars([v for v in data if "bnds" in v]).assign_coords(time=begin - shift)


def series(site, folder, flux):
    """Model, observed, weather and times of a flux where all are known; None without."""
    name, step_name, _ = towers.FLUXES[flux]
    every = "step" if site in towers.STEP_SITES else "day"
    if every == "step" and (folder / "open_loop" / "steps.nc").exists():
        observed, model = towers.step_flux(site, flux), step_output(folder, site)
        name = step_name
    elif every == "day":
        observed, model = towers.daily_flux(site, flux), daily_output(folder)
        if observed is None and flux == "GPP":
            return weekly(site, model[name])
    else:
        return None
    if observed is None or name not in model:
        return None
    both = xr.merge([towers.drivers(site), model[name].rename("model"), observed.rename("observed")], join="inner",
                    compat="override").dropna("time")
    return {"every": every, "data": both} if both.sizes["time"] >= tower_scores.FEWEST else None


def weekly(site, model):
    observed = towers.weekly_gpp(site)
    if observed is None:
        return None
    own = towers.drivers(site)["SWdown"].notnull()
    model = model.where(own.reindex(time=model["time"], fill_value=False))
    rows = [(t, float(o), float(model.sel(time=slice(t, t + np.timedelta64(6, "D"))).mean(skipna=False)))
            for t, o in zip(observed["time"].values, observed.values)
            if t >= model["time"].values[0] and t + np.timedelta64(6, "D") <= model["time"].values[-1]]
    rows = [r for r in rows if np.isfinite(r[1]) and np.isfinite(r[2])]
    if len(rows) < tower_scores.FEWEST:
        return None
    time, o, m = (np.array(c) for c in zip(*rows))
    return {"every": "week", "data": xr.Dataset({"model": ("time", m), "observed": ("time", o)}, {"time": time})}


def row_of(site, flux, found):
    data = found["data"]
    row = {"site": site, "weather": towers.kind_of(site), "flux": flux, "every": found["every"],
           **tower_scores.scores(data["model"], data["observed"])}
    best = None
    if found["every"] != "week":
        best = tower_scores.benchmark(flux, data, data["time"].values, data["observed"].values.astype(float))
    row["regression_r"] = best["out"]["r"] if best and best["out"] else np.nan
    row["regression_nme"] = best["out"]["nme"] if best and best["out"] else np.nan
    row["regression_nme_in_sample"] = best["in"]["nme"] if best else np.nan
    row["left_out"] = best["left_out"] if best else ""
    return row


def number(x, digits):
    return "" if not isinstance(x, (int, float, np.floating)) or not np.isfinite(x) else f"{x:.{digits}f}"


def markdown(rows):
    """Tables by flux with medians: of the sites with complete weather, and of all."""
    lines = []
    for flux in towers.FLUXES:
        own = [r for r in rows if r["flux"] == flux]
        if not own:
            continue
        digits = 1 if flux in ("LE", "H", "Rn") else 2
        lines += [f"### {flux} ({towers.FLUXES[flux][2]})", "",
                  "| Site | weather | of each | n | observed | r | RMSE | bias | NME | regression r | regression NME |",
                  "|---|---|---|---|---|---|---|---|---|---|---|"]
        for r in own:
            lines.append(f"| {r['site']} | {r['weather']} | {r['every']} | {r['n']} | {number(r['observed'], digits)} | "
                         f"{number(r['r'], 2)} | {number(r['rmse'], digits)} | {number(r['bias'], digits)} | "
                         f"{number(r['nme'], 2)} | {number(r['regression_r'], 2)} | {number(r['regression_nme'], 2)} |")
        for label, part in (("complete weather", [r for r in own if towers.INCOMPLETE not in r["weather"]]), ("all", own)):
            values = {k: tower_scores.median(part, flux, k) for k in
                      ("observed", "r", "rmse", "bias", "nme", "regression_r", "regression_nme")}
            lines.append(f"| **median, {label}** | | | {len(part)} sites | {number(values['observed'], digits)} | "
                         f"{number(values['r'], 2)} | {number(values['rmse'], digits)} | {number(values['bias'], digits)} | "
                         f"{number(values['nme'], 2)} | {number(values['regression_r'], 2)} | "
                         f"{number(values['regression_nme'], 2)} |")
        lines.append("")
    return "\n".join(lines)


def evaluate(options, sites, output):
    folders = run_all(sites, options, output)
    rows, kept = [], {}
    for site, folder in folders.items():
        for flux in towers.FLUXES:
            found = series(site, folder, flux)
            if found:
                rows.append(row_of(site, flux, found))
                kept[site, flux] = found
    with open(output / "scores.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({k: number(r[k], 4) if isinstance(r[k], (float, np.floating)) else r[k] for k in COLUMNS} for r in rows)
    text = markdown(rows)
    (output / "scores.md").write_text(text)
    print(text)
    return kept, rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    every = [*towers.daily_sites(), *(s for s in towers.STEP_SITES)]
    parser.add_argument("--model", default="hourly", help="model tier")
    parser.add_argument("--sites", nargs="*", default=None, help=f"of {' '.join(every)}")
    parser.add_argument("--output", type=Path, default=Path("runs/towers"))
    parser.add_argument("--tilth", default="build/tilth")
    parser.add_argument("--jobs", type=int, default=2, help="sites at a time")
    parser.add_argument("--reuse", action="store_true", help="read the output of an earlier run where it is there")
    parser.add_argument("--compare", action="store_true", help="yearly sums of steps, weather and tiers instead of scores")
    parser.add_argument("--settings", type=yaml.safe_load, default=None, help="options of the model, e.g. '{snow_layers: 3}'")
    parser.add_argument("--years", type=int, default=None, help="the first years of each record only")
    parser.add_argument("--no-pictures", action="store_true")
    a = parser.parse_args()
    options = {"model": a.model, "tilth": a.tilth, "jobs": a.jobs, "reuse": a.reuse, "settings": a.settings, "years": a.years,
               "steps": a.model == "hourly"}
    a.output.mkdir(parents=True, exist_ok=True)
    if a.compare:
        import compare_towers
        compare_towers.compare(options, a.sites, a.output, run_all)
        return
    kept, rows = evaluate(options, a.sites or every, a.output)
    if not a.no_pictures:
        import plot_towers
        plot_towers.draw(kept, rows, a.output / "pictures")


if __name__ == "__main__":
    main()

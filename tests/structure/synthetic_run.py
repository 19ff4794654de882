"""Writes small run folders in the layout of docs/user-guide.md, with made-up numbers, for tests of the plotting tools."""

import json

import numpy as np
import xarray as xr

PRODUCTS = {
    "surface_soil_moisture": "m3 m-3", "root_zone_soil_moisture": "m3 m-3", "leaf_area_index": "1",
    "gross_primary_productivity": "g m-2 day-1", "evapotranspiration": "kg m-2 day-1",
    "net_ecosystem_exchange": "g m-2 day-1", "carbon_vegetation": "kg m-2", "carbon_soil": "kg m-2",
    "snow_water_equivalent": "kg m-2",
}
FACTORS = {"sd": 0.2, "q05": 0.7, "q95": 1.3, "increment": 0.1}
PFTS = ["ENF", "DBF", "C3G"]


def write(data, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    data.to_netcdf(path, format="NETCDF3_64BIT")


def products(random, dims, shape, coordinates, ensemble, land=None):
    """Nature (plain names) or an ensemble (mean and standard deviation) of every product."""
    out = {}
    for name, units in PRODUCTS.items():
        values = random.gamma(2.0, 0.1, shape)
        if land is not None:
            values[:, ~land] = np.nan
        for variable in [f"{name}_{s}" for s in ("mean", "sd", "q05", "q95", "increment")] if ensemble else [name]:
            out[variable] = (dims, (values * FACTORS.get(variable.rsplit("_")[-1], 1.0)).astype("f4"), {"units": units})
    return xr.Dataset(out, coordinates)


def write_parameters(folder, random, time, sd):
    """One row per window, parameter and plant functional type; one parameter is global."""
    keys = [(t, name, pft) for t in time for name, pfts in (("lue_max", PFTS), ("sif_scale", ["BAR"])) for pft in pfts]
    table = {"time": ("row", np.array([k[0] for k in keys])), "parameter": ("row", np.array([k[1] for k in keys], "S16")),
             "pft": ("row", np.array([k[2] for k in keys], "S3")), "mean": ("row", 1.0 + random.random(len(keys))),
             "sd": ("row", np.full(len(keys), sd))}
    write(xr.Dataset(table), folder / "parameters.nc")


def write_feedback(folder, random, start, streams, lon, lat):
    """Two files of observations of two streams."""
    rows = len(lon)
    for part, name in ((slice(0, rows // 2), "20180101"), (slice(rows // 2, rows), "20180109")):
        n = rows // 2 if part.start == 0 else rows - rows // 2
        table = {c: ("obs", random.normal(size=n)) for c in ("value", "prior_mean", "posterior_mean")}
        table |= {c: ("obs", np.full(n, 0.4)) for c in ("error_sd", "prior_sd", "posterior_sd")}
        table["type"] = ("obs", random.integers(0, 2, n).astype("i4"), {"flag_meanings": streams})
        table["qc"] = ("obs", np.where(random.random(n) < 0.2, 128, 0).astype("i4"))
        table["time"] = ("obs", start + np.arange(n) * np.timedelta64(1, "D"))
        table["lon"], table["lat"] = ("obs", lon[part]), ("obs", lat[part])
        write(xr.Dataset(table), folder / "feedback" / f"{name}.nc")


def write_diagnostics(folder, random, time, streams):
    names = ("used", "rejected", "rms_prior", "spread_prior", "error_sd", "rms_posterior", "chi2")
    rows = len(time) * len(streams)
    table = {n: ("row", 1.0 + random.random(rows)) for n in names}
    table["time"] = ("row", np.repeat(time, len(streams)))
    table["stream"] = ("row", np.array(streams * len(time), "S8"))
    write(xr.Dataset(table), folder / "diagnostics.nc")


def write_osse(run, windows=6):
    """A global twin experiment on a coarse raster."""
    random = np.random.default_rng(1)
    time = np.datetime64("2018-01-05", "ns") + np.arange(windows) * np.timedelta64(8, "D")
    coordinates = {"time": time, "lat": np.arange(-54.0, 80.0, 12.0), "lon": np.arange(-174.0, 180.0, 12.0)}
    shape = tuple(len(v) for v in coordinates.values())
    land = random.random(shape[1:]) < 0.5
    for part in ("nature", "open_loop", "analysis"):
        data = products(random, ("time", "lat", "lon"), shape, coordinates, part != "nature", land)
        write(data, run / part / "products.nc")
    write_parameters(run / "analysis", random, time, 0.2)
    write_parameters(run / "nature", random, time[-1:], np.nan)
    write_feedback(run / "analysis", random, time[0], "smap ndvi", random.uniform(-180, 180, 200), random.uniform(-50, 70, 200))
    write_diagnostics(run / "analysis", random, time, ["smap", "ndvi"])
    variables = [{"name": n, "units": u, "observed": n == "leaf_area_index", "open_loop_rmse": 0.2, "analysis_rmse": 0.1,
                  "open_loop_spread": 0.2, "analysis_spread": 0.1, "spread_over_rmse": 1.0, "coverage90": 0.88}
                 for n, u in PRODUCTS.items()]
    variables[0]["spread_over_rmse"] = None
    (run / "verification.json").write_text(json.dumps({"variables": variables, "parameters": []}))


def write_sites(run, days=60):
    """A calibration at two towers."""
    random = np.random.default_rng(2)
    time = np.datetime64("2018-01-01", "ns") + np.arange(days) * np.timedelta64(1, "D")
    coordinates = {"time": time, "lat": ("station", [47.1, 61.8]), "lon": ("station", [11.3, 24.3]),
                   "station_name": ("station", ["AT-Neu", "FI-Hyy"])}
    for part in ("open_loop", "analysis"):
        write(products(random, ("time", "station"), (days, 2), coordinates, True), run / part / "products.nc")
    for part in ("open_loop", "analysis"):
        write_feedback(run / part, random, time[0], "gpp fapar", np.repeat([11.3, 24.3], days), np.repeat([47.1, 61.8], days))
    scores = ("nse", "rmse", "bias", "r")
    lines = ["site,variable,assimilated,n," + ",".join(f"{s}_prior,{s}_posterior" for s in scores)]
    for site in ("AT-Neu", "FI-Hyy"):
        for variable, used in (("gpp", 1), ("nee", 0), ("le", 1)):
            lines.append(f"{site},{variable},{used},20,0.2,0.6,2,1,0.5,,0.6,0.8")
    (run / "site_scores.csv").write_text("\n".join(lines) + "\n")


def write_sensitivity(run, method):
    """Indices of three metrics of a site, one of them refused."""
    random = np.random.default_rng(3)
    measures = {"sobol": ("total", "first"), "morris": ("mu_star",), "one_at_a_time": ()}[method]
    index, curve, metric = [], [], []
    for name in ("gpp.rmse", "gpp.peak", "nee.mean"):
        metric.append({"group": "beech", "name": name, "units": "g m-2 d-1", "q2": 0.9, "status": "good" if name[0] == "g" else "refused"})
        for parameter in ("kphio", "g1", "lai_max", "tau_w", "xi"):
            row = {"group": "beech", "metric": name, "parameter": parameter, "sigma": random.random()}
            for measure in measures:
                value = random.random()
                row |= {measure: value, f"{measure}_low": 0.8 * value, f"{measure}_high": None if parameter == "xi" else 1.3 * value}
            index.append(row)
            curve += [{"group": "beech", "metric": name, "parameter": parameter, "unit": u, "result": u * random.random()} for u in (0, 0.5, 1)]
    (run / "sensitivity.json").write_text(
        json.dumps({"method": method, "on_emulator": method == "sobol", "index": index, "curve": curve, "metric": metric}))


def write_tables(path, tables):
    """Long tables in one file as the program writes them: variables table_column over the dimension table."""
    variables = {f"{name}_{key}": (name, [row[key] for row in rows]) for name, rows in tables.items() for key in rows[0]}
    write(xr.Dataset(variables), path)


def score(problem, of_set, scale, source, nse):
    return {"problem": problem, "site": problem, "stream": "gpp", "set": of_set, "scale": scale, "source": source, "n": 30.0, "nse": nse, "r": 0.9}


def write_calibration(run):
    """Two problems of three parameters with draws, scope medians, and a map of one parameter."""
    random = np.random.default_rng(5)
    names, problems = ["p0", "p1", "p2"], ["beech", "steppe"]
    parameter = {"units": "mol", "prior": 1.0, "prior_sd": 0.2, "value": 1.2, "sd": 0.1, "low": 1.0, "high": 1.4, "at_bound": 0.0, "z": 0.5,
                 "z_sd": 0.3, "z_low": -0.1, "z_high": 1.1, "z_truth": 0.4, "interval": "chain"}
    cost = {"stream": "gpp", "used": 90.0, "missing": 3.0, "withheld": 30.0, "weight": 1.0}
    write_tables(run / "calibration.nc", {
        "parameter": [{"problem": p, "name": n, **parameter} for p in problems for n in names],
        "cost": [{"problem": p, "source": s, "chi2": chi2, "cost": 0.5 * chi2, **cost}
                 for p in problems for s, chi2 in (("prior", 210.0), ("posterior", 95.5))],
        "search": [{"problem": p, "evaluation": i, "value": np.nan if i == 3 else 50 + 60 / i} for p in problems for i in range(1, 40)],
        "sample": [{"problem": p, "member": i, "parameter": n, "z": random.normal()} for p in problems for i in range(20) for n in names],
        "direction": [{"problem": p, "number": i, "eigenvalue": 10.0 ** (1 - i), "parameter": n, "part": random.uniform(-1, 1)}
                      for p in problems for i in range(3) for n in names],
        "score": [score(p, t, s, source, nse + (0.1 if p == "beech" else -0.1)) for p in problems for t in ("training", "validation")
                  for s in ("day", "month") for source, nse in (("prior", 0.2), ("posterior", 0.6))],
        "failed": [{"run": 4.0, "site": "beech", "kind": "J", "parameter": n, "z": 2.9} for n in names],
    })
    write_tables(run / "scopes.nc", {"median": [
        {"scope": scope, "sites": sites, "stream": stream, "years": years, "scale": "day", "nse": 0.55, "r": 0.8, "bias": 0.1, "rmse": 1.0, "count": 4.0}
        for scope in ("prior", "global") for sites in ("training", "held_out") for stream in ("gpp", "le") for years in ("training", "validation")]})
    coordinates = {"lat": np.arange(40.0, 56.0, 2.0), "lon": np.arange(-6.0, 12.0, 2.0)}
    field = random.gamma(2.0, 1.0, (8, 9))
    field[0, :3] = np.nan
    write(xr.Dataset({"p0": (("lat", "lon"), field, {"units": "mol m-2"}), "p0_spread": (("lat", "lon"), 0.1 * field, {"units": "mol m-2"})},
                     coords=coordinates), run / "parameter_maps.nc")

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
PFTS = ["evergreen_needleleaf", "deciduous_broadleaf", "c3_grass"]


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
        for variable in (f"{name}_mean", f"{name}_sd") if ensemble else (name,):
            out[variable] = (dims, (values * (0.2 if variable.endswith("_sd") else 1.0)).astype("f4"), {"units": units})
    return xr.Dataset(out, coordinates)


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
    kinds = ("time", "pft")
    parameters = {}
    for name, units in (("lue_max", "1"), ("root_depth", "m")):
        parameters[f"{name}_mean"] = (kinds, 1.0 + random.random((windows, 3)), {"units": units})
        parameters[f"{name}_sd"] = (kinds, np.full((windows, 3), 0.2), {"units": units})
    write(xr.Dataset(parameters, {"time": time, "pft": PFTS}), run / "analysis" / "parameters.nc")
    rows = 200
    table = {n: ("obs", random.normal(size=rows)) for n in ("value", "prior_mean", "posterior_mean")}
    table["type"] = ("obs", random.integers(0, 2, rows).astype("i4"), {"flag_meanings": "smap ndvi"})
    table["flag"] = ("obs", (random.random(rows) < 0.2).astype("i4"))
    table["lat"], table["lon"] = ("obs", random.uniform(-50, 70, rows)), ("obs", random.uniform(-180, 180, rows))
    write(xr.Dataset(table), run / "analysis" / "feedback" / "cycle_000001.nc")
    variables = [{"name": n, "units": u, "observed": n == "leaf_area_index", "open_loop_rmse": 0.2, "analysis_rmse": 0.1,
                  "open_loop_spread": 0.2, "analysis_spread": 0.1, "spread_over_rmse": 1.0, "coverage90": 0.88}
                 for n, u in PRODUCTS.items()]
    entries = [{"name": "lue_max", "scope": "pft", "pft": p, "units": "1", "truth": 1.4} for p in PFTS]
    (run / "verification.json").write_text(json.dumps({"variables": variables, "parameters": entries}))


def write_sites(run, days=60):
    """A calibration at two towers."""
    random = np.random.default_rng(2)
    time = np.datetime64("2018-01-01", "ns") + np.arange(days) * np.timedelta64(1, "D")
    coordinates = {"time": time, "lat": ("station", [47.1, 61.8]), "lon": ("station", [11.3, 24.3]),
                   "station_name": ("station", ["AT-Neu", "FI-Hyy"])}
    for part in ("prior", "posterior"):
        write(products(random, ("time", "station"), (days, 2), coordinates, True), run / part / "products.nc")
    table = {"value": ("obs", random.random(2 * days), {"units": "g m-2 day-1"}), "time": ("obs", np.tile(time, 2)),
             "lat": ("obs", np.repeat([47.1, 61.8], days)), "lon": ("obs", np.repeat([11.3, 24.3], days))}
    write(xr.Dataset(table), run / "observations" / "gpp.nc")
    scores = ("nse", "rmse", "bias", "r")
    lines = ["site,variable,assimilated,n," + ",".join(f"{s}_prior,{s}_posterior" for s in scores)]
    for site in ("AT-Neu", "FI-Hyy"):
        for variable, used in (("GPP", "yes"), ("NEE", "no"), ("LE", "yes")):
            lines.append(f"{site},{variable},{used},20,0.2,0.6,2,1,0.5,,0.6,0.8")
    (run / "site_scores.csv").write_text("\n".join(lines) + "\n")

"""Towers whose weather and fluxes are compared: places, kinds of weather, and what was observed when and how well."""

import os
from pathlib import Path

import numpy as np
import xarray as xr
import yaml

EXPERIMENT = Path("jobs/experiments/towers.yaml")
DATA = Path(os.environ.get("TILTH_SHARED", "../shared")) / "data"

INCOMPLETE = "no longwave"
NO_LONGWAVE = ("CA-Cbo", "CH-Aws", "CH-Fru", "ES-LM2", "FI-Let", "IT-Lav", "IT-Noe", "IT-Ro2", "US-NR1", "US-SRM",
               "AU-ASM", "CH-Lae-h")  # AU-ASM: no wind either

# Sites with weather of hours or half-hours: cover from the vegetation class, texture assumed. `shift_h`: added to local
# standard time to give UTC.
STEP_SITES = {
    "US-Wi7": {"file": "US-Wi7_2005_PLUMBERformat_Met.nc", "flux": "US-Wi7_2005_PLUMBERformat_Flux.nc", "shift_h": 6,
               "step_s": 1800, "place": {"lat": 46.65, "lon": -91.07, "elevation_m": 335, "cover": ["SHR 0.6", "GR3 0.3"],
                                         "sand_percent": 80, "clay_percent": 5, "canopy_height_m": 1, "wind_height_m": 3}},
    "AU-ASM": {"file": "AU-ASM_halfhourly.nc", "flux": "AU-ASM_halfhourly.nc", "shift_h": -9.5, "step_s": 1800,
               "place": {"lat": -22.283, "lon": 133.249, "elevation_m": 606, "cover": ["EBM 0.3", "GR4 0.3"],
                         "sand_percent": 75, "clay_percent": 10, "canopy_height_m": 6.5, "wind_height_m": 11.6}},
    "NL-Loo": {"file": "NL-Loo_met_halfhourly_1997.nc", "shift_h": -1, "step_s": 1800,
               "place": {"lat": 52.166, "lon": 5.744, "elevation_m": 33, "cover": ["ENT 0.936", "GR3 0.035", "DBS 0.029"],
                         "sand_percent": 96, "clay_percent": 2, "canopy_height_m": 15.5, "wind_height_m": 26}},
    "US-Bo1": {"file": "US-Bo1_met_halfhourly_1998.nc", "shift_h": 0, "step_s": 1800,
               "place": {"lat": 40.006, "lon": -88.290, "elevation_m": 217, "cover": ["CR4 0.5", "CR3 0.5"],
                         "sand_percent": 10, "clay_percent": 30, "wind_height_m": 10}},
    "CH-Lae-h": {"file": "CH-Lae_met_hourly.nc", "shift_h": -1, "step_s": 3600,
                 "place": {"lat": 47.478, "lon": 8.365, "elevation_m": 645, "cover": ["DBS 0.7", "ENT 0.3"],
                           "sand_percent": 25, "clay_percent": 35, "canopy_height_m": 25, "wind_height_m": 47}},
}

UNITS = {"SWdown": "W m-2", "LWdown": "W m-2", "Precip": "kg m-2 s-1", "Rainf": "kg m-2 s-1", "Snowf": "kg m-2 s-1",
         "Tair": "K", "Wind": "m s-1", "Psurf": "Pa", "CO2air": "1e-6"}
# Flux -> names in products and in series of steps, units, factor on umol m-2 s-1.
FLUXES = {"LE": ("latent_heat_flux", "latent_heat_flux", "W m-2"), "H": ("sensible_heat_flux", "sensible_heat_flux", "W m-2"),
          "GPP": ("gross_primary_productivity", "gpp", "g m-2 day-1"),
          "NEE": ("net_ecosystem_exchange", "nee", "g m-2 day-1"), "Rn": ("net_radiation", "net_radiation", "W m-2")}
OBSERVED = {"LE": "Qle", "H": "Qh", "GPP": "GPP", "NEE": "NEE", "Rn": "Rnet"}
CARBON_G_PER_UMOL_DAY = 1.03775  # g m-2 d-1 per umol m-2 s-1
LARGEST = {"GPP": (-5.0, 25.0), "NEE": (-15.0, 15.0)}  # known spikes in daily values (data/README.md)
LEAST_MEASURED = 0.8  # share of a day measured or well filled, where the file tells


def experiment():
    return yaml.safe_load(EXPERIMENT.read_text())


def daily_sites():
    return {site["name"]: site for site in experiment()["grid"]["sites"]}


def kind_of(site):
    """What a row of the table stands for."""
    kind = "daily"
    if site in STEP_SITES:
        kind = "hourly" if STEP_SITES[site]["step_s"] == 3600 else "half-hourly"
    return f"{kind}, {INCOMPLETE}" if site in NO_LONGWAVE else kind


def opened(path):
    """Variables along time, without places."""
    with xr.open_dataset(path) as data:
        data = data.load().squeeze(drop=True)
    return data[[v for v in data.data_vars if data[v].dims == ("time",) and data[v].dtype.kind == "f"]]


def weather_file(site):
    if site in STEP_SITES:
        return DATA / "subdaily" / STEP_SITES[site]["file"]
    return next(iter(sorted((DATA / "sites").glob(f"{site}_met*_daily.nc"))))


def whole_years(site, folder):
    """Weather of a site of steps with three days before and after, copied from its first and last day: shifted to UTC a
    record of one year lacks a day, which no other year could fill."""
    with xr.open_dataset(weather_file(site)) as data:
        data = data.load()
    step = np.timedelta64(STEP_SITES[site]["step_s"], "s")
    per_day, days = 86400 // STEP_SITES[site]["step_s"], 3
    first, last = data.isel(time=slice(0, per_day)), data.isel(time=slice(-per_day, None))
    parts = [first.assign_coords(time=data["time"].values[0] - step * per_day * k + step * np.arange(per_day))
             for k in range(days, 0, -1)]
    parts += [data] + [last.assign_coords(time=data["time"].values[-1] + step * (1 + per_day * k + np.arange(per_day)))
                       for k in range(days)]
    series = [v for v in data.data_vars if "time" in data[v].dims]
    out = xr.merge([xr.concat([p[series] for p in parts], "time"), data.drop_vars([*series, "time"])])
    return written(out, folder / "weather.nc")


def daily_means(site, folder):
    """That weather as means of UTC days with the extremes of temperature, and vapour pressure for whatever humidity."""
    with xr.open_dataset(whole_years(site, folder)) as data:
        data = data.load()
    moved = data.assign_coords(time=data["time"].values + np.timedelta64(int(STEP_SITES[site]["shift_h"] * 3600), "s"))
    flat = moved.squeeze(drop=True)
    moved = flat[[v for v in ("SWdown", "LWdown", "Precip", "Rainf", "Snowf", "Tair", "Wind", "Psurf", "CO2air") if v in flat]]
    for v in moved:
        moved[v].attrs["units"] = UNITS[v]
    saturation = 610.94 * np.exp(17.625 * (moved["Tair"] - 273.15) / (moved["Tair"] - 30.11))
    moved["ea"] = (relative_humidity(flat) * saturation).assign_attrs(units="Pa")
    days = moved.resample(time="1D")
    out = days.mean(keep_attrs=True)
    out["Tmin"] = days.min()["Tair"].assign_attrs(units="K")
    out["Tmax"] = days.max()["Tair"].assign_attrs(units="K")
    whole = moved["Tair"].resample(time="1D").count() == 86400 // STEP_SITES[site]["step_s"]
    return written(out.sel(time=whole.values), folder / "weather_days.nc")


def written(data, path):
    """Writes a record of weather anew."""
    for v in data.variables:
        data[v].encoding = {}
    data["time"].attrs = {"standard_name": "time"}
    path.unlink(missing_ok=True)
    since = f"seconds since {str(data['time'].values[0])[:10]}"
    data.to_netcdf(path, format="NETCDF3_64BIT", encoding={"time": {"units": since, "dtype": "f8"}})
    return path


def relative_humidity(w):
    """Relative humidity (1) from what the record holds."""
    if "RH" in w:
        return np.clip(w["RH"] / 100.0, 0.0, 1.0)
    t = (w["Tair_day"] if "VPD_day" in w and "Tair_day" in w else w["Tair"]) - 273.15
    saturation = 610.94 * np.exp(17.625 * t / (t + 243.04))
    if "VPD_day" in w or "VPD" in w:
        deficit = w["VPD_day"] if "VPD_day" in w else w["VPD"]
        deficit = deficit * (100.0 if deficit.attrs.get("units") == "hPa" else 1.0)
        return np.clip(1.0 - deficit / saturation, 0.0, 1.0)
    if "Qair" in w:
        pressure = w["Psurf"] if "Psurf" in w else 1.0e5
        return np.clip(w["Qair"] * pressure / (0.622 + 0.378 * w["Qair"]) / saturation, 0.0, 1.0)
    return np.clip(w["ea"] / saturation, 0.0, 1.0)


def drivers(site):
    """Shortwave, temperature and humidity of a site as observed, on the file's times (local standard time)."""
    w = opened(weather_file(site))
    out = xr.Dataset({"SWdown": w["SWdown"], "Tair": w["Tair"], "RH": relative_humidity(w)})
    if site in STEP_SITES and "met_qc" in w:
        out = out.where(w["met_qc"] == 0)
    return out.where(w["Precip"].notnull()) if "Precip" in w else out


def daily_flux(site, name):
    """Daily values by the rules of the data: the first file that has a day counts."""
    series = []
    for kind in ("flux", "flux_fdk", "gpp_swc"):
        path = DATA / "sites" / f"{site}_{kind}_daily.nc"
        if not path.exists():
            continue
        data = opened(path)
        if OBSERVED[name] not in data:
            continue
        values = data[OBSERVED[name]]
        quality = next((q for q in (f"{OBSERVED[name]}_qc", "NEE_qc") if q in data), None)  # US-UMB has that of NEE only
        series.append(values.where(data[quality] >= LEAST_MEASURED) if quality else values)
    if name == "Rn":
        weather = opened(weather_file(site))
        series = [weather["Rnet"]] if "Rnet" in weather else []
    if not series:
        return None
    out = series[0]
    for more in series[1:]:
        out = out.combine_first(more)
    low, high = LARGEST.get(name, (-np.inf, np.inf))
    return out.where((out >= low) & (out <= high))


def step_flux(site, name):
    """Measured half-hours, not filled ones."""
    if "flux" not in STEP_SITES[site]:
        return None
    data = opened(DATA / "subdaily" / STEP_SITES[site]["flux"])
    key = OBSERVED[name]
    if key not in data:
        return None
    quality = {"GPP": "NEE_qc"}.get(name, f"{key}_qc")
    values = data[key].where(data[quality] == 0) if quality in data else data[key]
    if name in ("GPP", "NEE") and "umol" in values.attrs.get("units", ""):
        values = values * CARBON_G_PER_UMOL_DAY
    return values


def weekly_gpp(site):
    """Weekly means from half-hours of the tower, where no daily values are: begin of week, value."""
    path = DATA / "satellite" / f"{site}_fpar_gpp_weekly.nc"
    if not path.exists():
        return None
    data = opened(path)
    return data["GPP"].where(data["ndays"] >= 5)

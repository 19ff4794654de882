#!/usr/bin/env python3
"""What weather and observed FPAR can say of daily GPP at a tower: a regression in the form of a light use model.

Usage: light_use_ceiling.py DATA_FOLDER SITE...      (needs scipy; docs/calibration/towers.md)
Ten numbers per site: efficiency, acclimation, cold, dry air, saturation, clouds, a bucket of water. Fitted to the first two thirds of
a record, scored on the last: Nash-Sutcliffe efficiency of days in both.
"""

import glob
import sys
import warnings
from pathlib import Path

import netCDF4
import numpy as np
from scipy.optimize import least_squares

START, DAY = np.datetime64("2004-01-01"), np.timedelta64(1, "D")
WITHHELD = 0.333
STARTS = ([0.5, 5, 3, 2, 0.2, 5, 1.5, 0.01, 0.3, 0.3], [0.8, 2, 5, 1, 0.05, 4, 2.0, 0.03, 0.3, 0.1])
SCALE = [0.3, 3, 2, 0.5, 0.2, 0.5, 0.5, 0.02, 0.3, 0.2]


def read(path, *names):
    with netCDF4.Dataset(path) as data:
        first = np.datetime64(data["time"].units.split("since ")[1][:10])
        time = first + np.floor(data["time"][:]).astype(int) * DAY
        values = [np.ma.filled(data[name][:].astype(float), np.nan) for name in names]
        return (time, *[np.where(v < -9000, np.nan, v) for v in values], float(data["latitude"][...]))


def filled(x):
    known = np.flatnonzero(np.isfinite(x))
    return np.interp(np.arange(len(x)), known, x[known])


def top_of_atmosphere(time, lat):
    day = (time - time.astype("datetime64[Y]")).astype(int)
    declination, phi = -0.4091 * np.cos(2 * np.pi * (day + 10) / 365), np.radians(lat)
    hour = np.arccos(np.clip(-np.tan(phi) * np.tan(declination), -1, 1))
    return 1361 / np.pi * (hour * np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.sin(hour))


def site_data(folder, site):
    """Weather, FPAR and GPP of the days of a site's weather from 2004 on."""
    met = glob.glob(f"{folder}/sites/{site}_met*_daily.nc")[0]
    with netCDF4.Dataset(met) as file:
        daytime = "Tair_day" in file.variables
    names = ("Tair_day", "VPD_day") if daytime else ("Tair", "VPD")
    time, air, shortwave, rain, warm, dry, lat = read(met, "Tair", "SWdown", "Precip", *names)
    week, fpar, _ = read(f"{folder}/satellite/{site}_fpar_gpp_weekly.nc", "FPAR")
    known = np.isfinite(fpar)
    flux = f"{folder}/sites/{site}_flux_fdk_daily.nc"
    when, gpp, quality, _ = read(flux if Path(flux).exists() else f"{folder}/sites/{site}_gpp_swc_daily.nc", "GPP", "GPP_qc")
    gpp[~((quality >= 0.8) & (gpp >= -5) & (gpp <= 25)) | (when < START)] = np.nan
    place = ((when - time[0]) / DAY).astype(int)
    inside = (place >= 0) & (place < len(time))
    observed = np.full(len(time), np.nan)
    observed[place[inside]] = gpp[inside]
    sun = np.maximum(top_of_atmosphere(time, lat), 5)
    return {"time": time, "air": filled(air) - 273.15, "day_air": filled(warm) - 273.15 + (0 if daytime else 2),
            "vpd": filled(dry) * (1e-3 if daytime else 1.5e-3), "shortwave": filled(shortwave), "rain": np.nan_to_num(rain) * 86400,
            "fpar": np.interp(time.astype(float), week[known].astype(float) + 3.5, fpar[known]), "gpp": observed,
            "cloud": np.clip(1 - filled(shortwave) / sun / 0.8, 0, 1)}


def memory(x, days):
    out, level = np.empty_like(x), x[:30].mean()
    for i, value in enumerate(x):
        level += (value - level) / days
        out[i] = level
    return out


def bucket(data, capacity):
    """Filling of a store that loses potential evaporation in proportion to it (after Jensen & Haise 1963)."""
    demand = 0.7 * (data["air"] + 18) / 30 * np.maximum(0, data["shortwave"] * 0.0864 / 2.45) * np.clip(data["fpar"] + 0.2, 0, 1)
    out, water = np.empty_like(demand), capacity
    for i, (rain, loss) in enumerate(zip(data["rain"], demand)):
        water = max(0.0, min(capacity, water + rain - loss * water / capacity))
        out[i] = water / capacity
    return out


def gpp(p, data):
    efficiency, cold, spread, days, dry, store, steep, saturation, clouds, half = p
    light = data["shortwave"] * 0.0864 * 2.04 * data["fpar"]
    warmth = 1 / (1 + np.exp(-(memory(data["day_air"], max(1, np.exp(days))) - cold) / abs(spread)))
    water = 1 / (1 + np.exp(-(bucket(data, np.exp(store)) - half) * np.exp(steep)))
    response = (1 + clouds * (data["cloud"] - 0.4)) / (1 + abs(saturation) * light)
    return efficiency * light * warmth * np.exp(-abs(dry) * data["vpd"]) * response * water


def nse(model, observed):
    return 1 - ((model - observed) ** 2).sum() / ((observed - observed.mean()) ** 2).sum()


def ceiling(folder, site):
    data = site_data(folder, site)
    observed, known = data["gpp"], np.isfinite(data["gpp"])
    days = data["time"][known]
    late = known & (data["time"] >= days[-1] - WITHHELD * (days[-1] - days[0]).astype(int) * DAY)
    early = known & ~late
    fits = [least_squares(lambda p: (gpp(p, data) - observed)[early], start, x_scale=SCALE, max_nfev=100) for start in STARTS]
    model = gpp(min(fits, key=lambda fit: fit.cost).x, data)
    return nse(model[early], observed[early]), nse(model[late], observed[late])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    warnings.simplefilter("ignore")
    rows = []
    for site in sys.argv[2:]:
        rows.append(ceiling(sys.argv[1], site))
        print(f"{site} {rows[-1][0]:.2f} {rows[-1][1]:.2f}", flush=True)
    print("median %.2f %.2f" % tuple(np.median(rows, axis=0)))


if __name__ == "__main__":
    main()

"""A small good experiment at one tower with made-up weather and observations, as files that a test may then spoil."""

import numpy as np
import yaml
from netCDF4 import Dataset

DAYS = 400  # of weather, from 2018-01-01
SITE = {"name": "XX-One", "lon": 11.3, "lat": 47.1}

EXPERIMENT = {
    "experiment": {"name": "one-site", "seed": 7, "output": "out"},
    "time": {"start": "2018-01-01", "end": "2018-01-17", "window": "8 days"},
    "grid": {"sites": [{**SITE, "elevation_m": 970.0, "cover": ["GR3 0.9"]}]},
    "model": "daily",
    "forcing": {"sites": {"files": "{site}_met.nc"}},
    "spinup": {"warmup": "2 days"},
    "ensemble": {"size": 4},
    "observations": [{"name": "lai", "operator": "lai", "files": ["lai.nc"], "variable": "value"}],
    "analysis": {"method": "letkf"},
}

# Variable -> units, mean, yearly amplitude.
WEATHER = {
    "Tair": ("K", 281.0, 10.0), "SWdown": ("W m-2", 160.0, 100.0), "LWdown": ("W m-2", 300.0, 40.0),
    "VPD": ("Pa", 400.0, 250.0), "Psurf": ("Pa", 90000.0, 300.0), "Precip": ("kg m-2 s-1", 2.5e-5, 5e-6),
    "Wind": ("m s-1", 2.0, 0.3), "CO2air": ("1e-6", 405.0, 2.0),
}


def add_time(file, dimension, values):
    file.createDimension(dimension, len(values))
    time = file.createVariable("time", "f8", (dimension,))
    time.setncatts({"units": "days since 2018-01-01 00:00:00", "standard_name": "time", "calendar": "standard"})
    time[:] = values


def write_weather(path):
    """A CF time series at a station with a yearly cycle."""
    with Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.setncatts({"Conventions": "CF-1.8", "site_code": SITE["name"]})
        add_time(file, "time", np.arange(DAYS, dtype=float))
        for name, value, units in (("latitude", SITE["lat"], "degrees_north"), ("longitude", SITE["lon"], "degrees_east"),
                                   ("elevation", 970.0, "m")):
            place = file.createVariable(name, "f8", ())
            place.units = units
            place[...] = value
        season = -np.cos(2.0 * np.pi * (np.arange(DAYS) - 15.0) / 365.0)
        for name, (units, mean, amplitude) in WEATHER.items():
            values = file.createVariable(name, "f4", ("time",), fill_value=-9999.0)
            values.units = units
            values[:] = mean + amplitude * season


def write_observations(path):
    """A CF point file: leaf area every four days."""
    with Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.setncatts({"Conventions": "CF-1.10", "featureType": "point"})
        add_time(file, "obs", np.array([1.5, 5.5, 9.5, 13.5]))
        for name, values, units in (("lat", SITE["lat"], "degrees_north"), ("lon", SITE["lon"], "degrees_east"),
                                    ("value", [0.6, 0.7, 0.8, 0.9], "1"), ("error_sd", 0.3, "1")):
            variable = file.createVariable(name, "f8", ("obs",))
            variable.units = units
            variable[:] = values


def write_experiment(folder, experiment):
    (folder / "experiment.yaml").write_text(yaml.safe_dump(experiment, sort_keys=False))


def write(folder):
    """All files of the good experiment."""
    write_weather(folder / f"{SITE['name']}_met.nc")
    write_observations(folder / "lai.nc")
    write_experiment(folder, EXPERIMENT)


def spoil(path, variable, values=None, where=slice(None), units=None):
    """Overwrites values or the units of one variable of a file; units '' removes the attribute."""
    with Dataset(path, "a") as file:
        file.set_auto_mask(False)
        if values is not None:
            file[variable][where] = values
        if units:
            file[variable].units = units
        elif units == "":
            file[variable].delncattr("units")

#!/usr/bin/env python3
"""Grid file and leaf area observations of Walnut Gulch from the VIC parameters of Bohn & Vivoni (2019).

Usage: walnut_gulch_inputs.py PARAMETERS.nc OUTPUT_FOLDER [--year 2008]
Writes OUTPUT_FOLDER/surface.nc, a grid file, and OUTPUT_FOLDER/lai.nc, point observations: for each cell and month the mean of
the MODIS climatology of leaf area per ground area, weighted by the shares of the classes.
"""

import argparse
import sys
from pathlib import Path

import netCDF4
import numpy as np

# IGBP class -> our type and the share of its ground that is covered. Cover: CalLMIP phase 1 protocol v2, table 1, at the two
# towers that stand in these classes (US-Whs, open shrubland; US-Wkg, grassland). The rest is bare.
COVER = {"Open shrublands": ("SHR", 0.51), "Grasslands": ("GR4", 0.40)}
NAMES = ["SHR", "GR4", "BAR"]
# Loam and sandy loam of Cosby et al. (1984): saturated conductivity (mm day-1), sand and clay (percent).
LOAM, SANDY_LOAM = (409.0, 43.0, 18.0), (711.0, 58.0, 10.0)
LAI_ERROR = 0.1  # m2 m-2, at least; MOD15 is no better than that over sparse cover, nor is a climatology
LAI_RELATIVE_ERROR = 0.3  # one year from the mean of many
FILL = -9999.0


def texture(conductivity):
    """Sand and clay (percent) between loam and sandy loam by the logarithm of saturated conductivity."""
    share = np.log(conductivity / LOAM[0]) / np.log(SANDY_LOAM[0] / LOAM[0])
    share = np.clip(share, 0.0, 1.0)
    return tuple(LOAM[k] + share * (SANDY_LOAM[k] - LOAM[k]) for k in (1, 2))


def cover_of(names, shares):
    """Fractions (type, lat, lon) of our types; classes that are not in COVER are dropped and the rest scaled up."""
    known = sum(shares[names.index(name)] for name in COVER)
    out = np.zeros((len(NAMES),) + known.shape)
    for name, (pft, covered) in COVER.items():
        share = shares[names.index(name)] / known
        out[NAMES.index(pft)] += covered * share
        out[NAMES.index("BAR")] += (1.0 - covered) * share
    return out


def variable(file, name, dimensions, values, **attributes):
    v = file.createVariable(name, "f8", dimensions, fill_value=FILL)
    v.setncatts(attributes)
    v[:] = values


def new_file(path, title, source):
    file = netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET")
    file.setncatts({"Conventions": "CF-1.10", "title": title, "source": source.name,
                    "references": "Bohn & Vivoni (2019), doi:10.5281/zenodo.2612560"})
    return file


def write_surface(path, source, lat, lon, elevation, cover, sand, clay):
    with new_file(path, "Land surface of Walnut Gulch (Arizona)", source) as file:
        for name, size in (("lat", lat.size), ("lon", lon.size), ("pft", len(NAMES)), ("strlen", 3)):
            file.createDimension(name, size)
        variable(file, "lat", ("lat",), lat, units="degrees_north", standard_name="latitude")
        variable(file, "lon", ("lon",), lon, units="degrees_east", standard_name="longitude")
        names = file.createVariable("pft_name", "S1", ("pft", "strlen"))
        names[:] = np.array([list(name) for name in NAMES], dtype="S1")
        cells = ("lat", "lon")
        variable(file, "land_fraction", cells, np.ones_like(elevation), units="1")
        variable(file, "elevation", cells, elevation, units="m", standard_name="surface_altitude")
        variable(file, "pft_fraction", ("pft",) + cells, cover, units="1")
        variable(file, "sand", cells, sand, units="percent", long_name="from saturated conductivity")
        variable(file, "clay", cells, clay, units="percent", long_name="from saturated conductivity")


def write_leaf_area(path, source, lat, lon, monthly, year):
    """`monthly`: (month, lat, lon). One observation in the middle of each month and cell."""
    rows = [(np.datetime64(f"{year}-{month + 1:02d}-15", "s").astype(float), lat[j], lon[i], monthly[month, j, i])
            for month in range(12) for j in range(lat.size) for i in range(lon.size)]
    time, y, x, value = np.array(rows).T
    with new_file(path, "Leaf area index of Walnut Gulch, MODIS climatology by month", source) as file:
        file.createDimension("obs", value.size)
        variable(file, "time", ("obs",), time, units="seconds since 1970-01-01 00:00:00", calendar="standard",
                 standard_name="time")
        variable(file, "lat", ("obs",), y, units="degrees_north", standard_name="latitude")
        variable(file, "lon", ("obs",), x, units="degrees_east", standard_name="longitude")
        variable(file, "value", ("obs",), value, units="m2 m-2", standard_name="leaf_area_index")
        variable(file, "error_sd", ("obs",), np.maximum(LAI_ERROR, LAI_RELATIVE_ERROR * value), units="m2 m-2")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parameters", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--year", type=int, default=2008)
    options = parser.parse_args()
    if not options.parameters.exists():
        sys.exit(f"{options.parameters}: no such file; expected walnutgulch_params_modis.nc")
    with netCDF4.Dataset(options.parameters) as file:
        lat, lon = (np.asarray(file[name][:]) for name in ("lat", "lon"))
        names = [str(n).strip() for n in netCDF4.chartostring(file["veg_descr"][:])]
        shares = np.ma.filled(file["Cv"][:].astype(float), 0.0)
        leaf_area = np.ma.filled(file["LAI"][:].astype(float), 0.0)  # per ground of the class
        elevation = np.asarray(file["elev"][:], dtype=float)
        sand, clay = texture(np.asarray(file["Ksat"][0], dtype=float))
    options.output.mkdir(parents=True, exist_ok=True)
    source = options.parameters
    write_surface(options.output / "surface.nc", source, lat, lon, elevation, cover_of(names, shares), sand, clay)
    monthly = (shares[:, None] * leaf_area).sum(axis=0) / shares.sum(axis=0)
    write_leaf_area(options.output / "lai.nc", source, lat, lon, monthly, options.year)


if __name__ == "__main__":
    main()

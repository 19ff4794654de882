#!/usr/bin/env python3
"""Writes src/core/grid/topography_data.inc: land fraction, elevation and distance from the sea on a 2-degree raster.

Source: the half-degree topography and land-sea mask built into CDO (`cdo topo`, `cdo mask`; elevations from ETOPO, NOAA
National Geophysical Data Center). Lakes are not land; the sea is the ocean with the Mediterranean and the Black Sea.
Needs cdo, python3-netcdf4 and python3-scipy (Debian). Usage: make_topography.py [OUTPUT]
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import netCDF4
import numpy as np
from scipy import ndimage, spatial

CELL_DEG = 2.0
SOUTH = -60.0  # Antarctica is left out
FINE_DEG = 0.5
BLOCK = int(CELL_DEG / FINE_DEG)
EARTH_RADIUS_KM = 6371.0
LINE = 500  # characters


def half_degree(operator, folder):
    """A field built into CDO, rows from the south, columns from 180 W."""
    path = Path(folder) / f"{operator}.nc"
    subprocess.run(["cdo", "-s", "-f", "nc", operator, str(path)], check=True)
    with netCDF4.Dataset(path) as data:
        assert data["lon"][0] == -179.75 and data["lat"][0] == -89.75 and data[operator].shape == (360, 720)
        return np.asarray(data[operator][:], dtype=float)


def sea_mask(land, elevation):
    """Water joined with the world ocean, and other deep basins of more than 200 cells: neither lakes nor the Caspian Sea."""
    twice = np.concatenate([~land, ~land], axis=1)  # so that basins join over the date line
    labels, count = ndimage.label(twice, structure=np.ones((3, 3)))
    depth = np.concatenate([elevation, elevation], axis=1)
    numbers = np.arange(1, count + 1)
    cells = ndimage.sum_labels(np.ones_like(labels), labels, numbers)
    mean = ndimage.mean(depth, labels, numbers)
    sea = np.isin(labels, numbers[(cells > 200) & (mean < -100.0)])
    return sea[:, :720] | sea[:, 720:]


def distance_km(lon, lat, sea):
    """Great-circle distance of every half-degree cell from the nearest sea cell."""
    lon, lat = np.radians(lon), np.radians(lat)
    places = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    chord, _ = spatial.cKDTree(places[sea]).query(places.reshape(-1, 3))
    return (2 * EARTH_RADIUS_KM * np.arcsin(chord / 2)).reshape(lon.shape)


def blocks(field):
    """(row, column, cells of the block) of a half-degree field."""
    ny, nx = field.shape[0] // BLOCK, field.shape[1] // BLOCK
    return field.reshape(ny, BLOCK, nx, BLOCK).transpose(0, 2, 1, 3).reshape(ny, nx, BLOCK * BLOCK)


def table(folder):
    """Land fraction (%), and for cells with land elevation (m), its standard deviation (m), distance from the sea (km)."""
    elevation, land = half_degree("topo", folder), half_degree("mask", folder) > 0.5
    lat, lon = np.meshgrid(-89.75 + FINE_DEG * np.arange(360), -179.75 + FINE_DEG * np.arange(720), indexing="ij")
    sea = sea_mask(land, elevation)
    distance = distance_km(lon, lat, sea)
    coastal = ndimage.binary_dilation(sea, structure=np.ones((3, 3)))
    elevation = np.where(coastal, np.maximum(elevation, 0.0), elevation)  # a coastal mean may include the sea floor
    area = blocks(np.cos(np.radians(lat)))
    weight = area * blocks(land)
    total = weight.sum(-1)
    safe = np.where(total > 0, total, 1.0)

    def mean(values):
        return (weight * values).sum(-1) / safe

    height = blocks(elevation)
    sd = np.sqrt(mean((height - mean(height)[..., None]) ** 2))
    fraction = np.rint(100 * total / area.sum(-1))
    first = int((SOUTH + 90.0) / CELL_DEG)
    keep = fraction[first:] > 0
    columns = [np.rint(x[first:][keep]).astype(int) for x in (mean(height), sd, mean(blocks(distance)))]
    return fraction[first:].astype(int).ravel(), *columns


def literal(kind, name, numbers):
    """A C++ array with long lines: the table is data, not text to read."""
    lines, line = [], ""
    for number in numbers:
        if len(line) > LINE:
            lines.append(line)
            line = ""
        line += f"{number},"
    lines.append(line)
    return f"constexpr {kind} {name}[] = {{\n" + "\n".join(lines) + "\n};\n"


def main():
    default = Path(__file__).parents[1] / "src/core/grid/topography_data.inc"
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    with tempfile.TemporaryDirectory() as folder:
        fraction, elevation, sd, distance = table(folder)
    text = "// Written by tools/make_topography.py from the topography and mask built into CDO (elevations: ETOPO, NOAA).\n"
    text += "// Cells of 2 degrees, rows from 60 S to 90 N, columns from 180 W; the last three arrays: cells with land only.\n"
    text += literal("std::uint8_t", "land_percent", fraction)
    text += literal("std::int16_t", "land_elevation_m", elevation)
    text += literal("std::int16_t", "land_elevation_sd_m", sd)
    text += literal("std::int16_t", "land_distance_km", distance)
    output.write_text(text)
    print(f"{output}: {len(elevation)} cells with land, {len(text)} bytes")


if __name__ == "__main__":
    main()

"""Places and times of a run: the land cells of a raster or its stations, and how much of both the page can hold."""

import numpy as np

DAY = np.timedelta64(86400, "s")


class Places:
    """Land cells or stations, in a fixed order, possibly means over blocks of cells."""

    def __init__(self, data, block=1):
        self.raster = "lat" in data.dims and "lon" in data.dims
        self.block = block if self.raster else 1
        if self.raster:
            self.lats, self.lons = (block_mean(data[n].values[None, :].astype(float), 1, self.block)[0] for n in ("lat", "lon"))
            raw_area = data["cell_area"].values.astype(float) if "cell_area" in data else cosine(data)
            # Where any product has values; the land mask is the same for all times.
            self.land = np.zeros((data.sizes["lat"], data.sizes["lon"]), bool)
            for name, variable in data.data_vars.items():
                if variable.dims == ("time", "lat", "lon") and variable.sizes["time"]:
                    self.land |= np.isfinite(variable.values[[0, -1]]).any(0)
            self.weights = np.where(self.land & np.isfinite(raw_area), raw_area, 0.0)
            area = self.blocks(self.weights[None], sum_only=True)[0]
            self.cells = np.flatnonzero(area > 0)
            self.area = area.ravel()[self.cells]
            self.lat, self.lon = self.lats[self.cells // len(self.lons)], self.lons[self.cells % len(self.lons)]
            self.names = []
        else:
            self.lat, self.lon = (np.atleast_1d(data[n].values).astype(float) for n in ("lat", "lon"))
            self.area, self.cells = np.ones(len(self.lat)), np.arange(len(self.lat))
            names = data["station_name"].values if "station_name" in data.variables else []
            self.names = [n.decode().strip() if isinstance(n, bytes) else str(n).strip() for n in names]

    def blocks(self, values, sum_only=False):
        """Sums over blocks of the two last dimensions, of values times weights unless they are weights."""
        out = values
        for axis in (-2, -1):
            out = block_sum(out, axis, self.block)
        return out

    def take(self, variable):
        """(time, place) of a product: land cells only, area-weighted over blocks."""
        values = variable.values.astype(float)
        if not self.raster:
            return values.reshape(values.shape[0], -1)
        if self.block == 1:
            return values.reshape(values.shape[0], -1)[:, self.cells]
        known = np.isfinite(values)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = self.blocks(np.where(known, values * self.weights, 0.0)) / self.blocks(known * self.weights)
        return mean.reshape(values.shape[0], -1)[:, self.cells]

    def nearest(self, lon, lat):
        """Index of the place an observation belongs to: the cell it lies in, the nearest station; -1 for none."""
        if not self.raster:
            distance = np.hypot((lon[:, None] - self.lon + 180) % 360 - 180, lat[:, None] - self.lat)
            nearest = distance.argmin(1) if len(self.lon) else np.full(len(lon), -1)
            return np.where(distance.min(1) < 0.5, nearest, -1) if len(self.lon) else nearest
        row = nearest_of(self.lats, lat)
        shifted = self.lons[0] + (lon - self.lons[0] + step(self.lons) / 2) % 360 - step(self.lons) / 2
        column = nearest_of(self.lons, shifted)
        lookup = np.full(len(self.lats) * len(self.lons), -1)
        lookup[self.cells] = np.arange(len(self.cells))
        return lookup[row * len(self.lons) + column]

    def describe(self):
        rounded = lambda values: [round(float(v), 4) for v in values]  # noqa: E731
        about = {"raster": self.raster, "area": [float(f"{a:.4g}") for a in self.area / max(self.area.max(initial=0), 1e-30)],
                 "lat": rounded(self.lat), "lon": rounded(self.lon), "names": self.names}
        if self.raster:
            about |= {"lats": rounded(self.lats), "lons": rounded(self.lons), "cells": self.cells.tolist()}
        return about


def cosine(data):
    return np.broadcast_to(np.cos(np.deg2rad(data["lat"].values))[:, None], (data.sizes["lat"], data.sizes["lon"])).astype(float)


def step(axis):
    return float(abs(axis[1] - axis[0])) if len(axis) > 1 else 360.0


def nearest_of(axis, values):
    return np.abs(values[:, None] - axis).argmin(1) if len(axis) else np.zeros(len(values), int)


def block_sum(values, axis, size):
    if size == 1:
        return values
    return np.add.reduceat(values, np.arange(0, values.shape[axis], size), axis=axis)


def block_mean(values, axis, size):
    return block_sum(values, axis, size) / block_sum(np.ones_like(values), axis, size)


class Times:
    """Records of the products, possibly means over several of them."""

    def __init__(self, data, group=1):
        self.group = group
        end = data["time"].values.astype("datetime64[s]")
        if "time_bnds" in data and data["time_bnds"].ndim == 2:
            bounds = data["time_bnds"].values
            # Bounds without units of their own have those of `time`.
            if bounds.dtype.kind == "f":
                bounds = bounds.astype("int64").astype("datetime64[s]")
            begin, end = bounds[:, 0].astype("datetime64[s]"), bounds[:, 1].astype("datetime64[s]")
        else:
            width = end[1] - end[0] if len(end) > 1 else DAY
            begin = end - width
        self.begin, self.end = begin[::group], end[group - 1::group]
        if len(self.end) < len(self.begin):
            self.end = np.append(self.end, end[-1])

    def thin(self, values, square=False):
        """Means (or root mean squares) over groups of records of values(time, place)."""
        if self.group == 1 or len(values) == 0:
            return values
        known = np.isfinite(values)
        filled = np.where(known, values**2 if square else values, 0.0)
        starts = np.arange(0, len(values), self.group)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.add.reduceat(filled, starts, axis=0) / np.add.reduceat(known, starts, axis=0, dtype=float)
        return np.sqrt(mean) if square else mean

    def index(self, times):
        """Record in which each time falls, begin < time <= end; -1 for none."""
        times = times.astype("datetime64[s]")
        at = np.searchsorted(self.end, times)
        inside = (at < len(self.end)) & (times >= self.begin[np.minimum(at, len(self.end) - 1)]) if len(self.end) else times != times
        return np.where(inside, at, -1)

    def describe(self):
        milliseconds = lambda t: [int(v) for v in t.astype("datetime64[ms]").astype("int64")]  # noqa: E731
        return {"begin": milliseconds(self.begin), "end": milliseconds(self.end), "group": self.group}

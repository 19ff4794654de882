#!/usr/bin/env python3
"""`tilth analyse` equals plain numpy filters, and writes the same bytes on 1, 3 and more ranks than there are points.

Usage: analyse.py TILTH; MPIEXEC in the environment starts several ranks.
"""

import sys
import tempfile
from pathlib import Path

try:
    import numpy as np

    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "truth"))
    from problem import Runner, observed
except ImportError as missing:
    print(f"skipped: {missing}; tools/install provides it")
    sys.exit(77)

RADIUS_KM, N, POINTS, LAYERS, OBS = 6371.0, 7, 11, 2, 17
RNG = np.random.default_rng(5)
# Round-off of numbers up to 4. It is largest, 4e-13, with perturbed observations: they take the square root of a taper, and next
# to the end of the support the sums of equation 4.10, as the program has them, leave the smallest, 3e-4, a relative 4e-12.
TOLERANCE = 1e-12


def distance_km(lon_a, lat_a, lon_b, lat_b):
    """Haversine."""
    lon_a, lat_a, lon_b, lat_b = (np.radians(v) for v in (lon_a, lat_a, lon_b, lat_b))
    h = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return 2.0 * RADIUS_KM * np.arcsin(np.sqrt(h))


def gaspari_cohn(d, c):
    """Gaspari and Cohn (1999), equation 4.10; the outer piece by its factors, which do not cancel near the end of the support."""
    r = np.asarray(d / c)
    near = 1 - 5 / 3 * r**2 + 5 / 8 * r**3 + r**4 / 2 - r**5 / 4
    with np.errstate(divide="ignore"):
        far = (2 - r) ** 4 * (r**2 + 2 * r - 1 / 2) / (12 * r)
    return np.where(r <= 1, near, np.where(r < 2, far, 0.0))


def transform(obs, taper):
    """Hunt et al. (2007): members become mean + anomalies @ this matrix."""
    hx, y, weight = obs["hx"][1], obs["value"][1], taper / obs["error_sd"][1] ** 2
    Y, d = hx - hx.mean(1)[:, None], y - hx.mean(1)
    value, vector = np.linalg.eigh((N - 1) * np.eye(N) + (Y.T * weight) @ Y)
    mean = vector @ ((vector.T @ (Y.T @ (weight * d))) / value)
    return mean[:, None] + np.sqrt(N - 1) * (vector / np.sqrt(value)) @ vector.T


def perturbed(obs, taper):
    """Perturbed observations (Burgers et al. 1998); those of a tapered observation have its larger error."""
    hx, y, sd = obs["hx"][1], obs["value"][1], obs["error_sd"][1]
    e = obs["perturbation"][1] - obs["perturbation"][1].mean(1)[:, None]
    Z = (np.sqrt(taper) / sd)[:, None] * (hx - hx.mean(1)[:, None])
    departure = (np.sqrt(taper) / sd * (y - hx.mean(1)))[:, None] + (e / sd[:, None]) * (taper > 0.0)[:, None] - Z
    return np.eye(N) + np.linalg.solve((N - 1) * np.eye(N) + Z.T @ Z, Z.T @ departure)


def moved(x, matrix):
    mean = x.mean(-1, keepdims=True)
    return mean + (x - mean) @ matrix


def problem_arrays():
    lon, lat = RNG.uniform(-30.0, 30.0, POINTS), RNG.uniform(-20.0, 60.0, POINTS)
    soil = RNG.normal(0.3, 0.05, (LAYERS, POINTS, N))
    snow = np.exp(RNG.normal(0.0, 0.5, (POINTS, N)))
    near = RNG.integers(0, POINTS, OBS)
    hx = soil[0][near] + 0.02 * RNG.normal(size=(OBS, N))
    members = {"lon": (("point",), lon), "lat": (("point",), lat), "level": (("level",), [0.05, 0.5]),
               "soil": (("level", "point", "member"), soil), "snow": (("member", "point"), snow.T),
               "rate": (("member",), RNG.normal(1.0, 0.2, N)), "station": (("point",), np.arange(POINTS))}
    obs = {**observed(0.3 + 0.05 * RNG.normal(size=OBS), RNG.uniform(0.01, 0.05, OBS) ** 2, hx),
           "lon": (("obs",), lon[near] + 0.5), "lat": (("obs",), lat[near]), "type": (("obs",), np.where(near % 2, "odd", "even")),
           "id": (("obs",), RNG.permutation(1000)[:OBS]),
           "perturbation": (("obs", "member"), 0.03 * RNG.normal(size=(OBS, N)))}
    return members, obs


def expected_locally(members, obs, half_width, update):
    """A half width per type; snow in the logarithm; the shared rate sees all observations in full."""
    lon, lat, soil, snow = (members[k][1] for k in ("lon", "lat", "soil", "snow"))
    width = np.array([half_width[t] for t in obs["type"][1]])
    out_soil, out_snow = soil.copy(), snow.copy()
    for p in range(POINTS):
        taper = gaspari_cohn(distance_km(lon[p], lat[p], obs["lon"][1], obs["lat"][1]), width)
        if taper.max() == 0.0:
            continue
        matrix = update(obs, taper)
        out_soil[:, p] = moved(soil[:, p], matrix)
        out_snow[:, p] = np.exp(moved(np.log(snow[:, p]), matrix))
    return {"soil": out_soil, "snow": out_snow, "rate": moved(members["rate"][1], update(obs, np.ones(OBS)))}


def largest_difference(got, expected):
    return max(np.abs(got[k] - v).max() for k, v in expected.items())


def main():
    members, obs = problem_arrays()
    half_width = {"even": 700.0, "odd": 1500.0}
    local = {"observations": {"types": {k: {"half_width": v} for k, v in half_width.items()}},
             "variables": {"snow": {"transform": "log", "lower": 0.0}}, "analysis": {"method": "letkf"}}
    stochastic = {**local, "analysis": {"method": "enkf"}}
    together = {"analysis": {"method": "letkf", "localisation": {"taper": "none"}}}
    matrix = transform(obs, np.ones(OBS))
    wholly = {k: moved(members[k][1], matrix) for k in ("soil", "rate")}
    wholly["snow"] = moved(members["snow"][1].T, matrix).T
    bad = 0
    files = {}
    for ranks in (1, 3, 13):
        with tempfile.TemporaryDirectory() as folder:
            run = Runner(sys.argv[1], folder, ranks)
            for name, options, expected in (
                    ("local", local, expected_locally(members, obs, half_width, transform)),
                    ("stochastic", stochastic, expected_locally(members, obs, half_width, perturbed)),
                    ("global", together, wholly)):
                got = run(name, members, obs, options)
                difference = largest_difference(got, expected)
                same = files.setdefault(name, content := Path(folder, f"{name}_analysis.nc").read_bytes()) == content
                kept = all(np.array_equal(got[k], members[k][1]) for k in ("lon", "lat", "level", "station"))
                means = np.abs(got["soil_mean"] - got["soil"].mean(-1)).max()
                good = difference < TOLERANCE and means < 1e-14 and same and kept
                bad += not good
                print(f"{'ok    ' if good else 'FAILED'} {name}, {ranks} ranks: differs from numpy by {difference:.1e}, "
                      f"bytes {'equal' if same else 'DIFFER'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.argv[1] = str(Path(sys.argv[1]).resolve())
    sys.exit(main())

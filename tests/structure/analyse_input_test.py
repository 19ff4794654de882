#!/usr/bin/env python3
"""Every bad problem of `tilth analyse` ends with exit status 2, a message that names the thing, and nothing written.

Usage: analyse_input_test.py TILTH [part of a case's name ...]; MPIEXEC in the environment starts several ranks.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cases import REMOVE, changed, chosen, report

try:
    import numpy as np
    import yaml
    from netCDF4 import Dataset
except ImportError as missing:
    print(f"skipped: {missing}; tools/install provides it")
    sys.exit(77)

POINTS, MEMBERS, OBS = 6, 5, 3
RNG = np.random.default_rng(4)

ENSEMBLE = {"lon": (("point",), np.linspace(0.0, 20.0, POINTS)), "lat": (("point",), np.full(POINTS, 45.0)),
            "soil": (("point", "member"), RNG.normal(0.3, 0.05, (POINTS, MEMBERS)))}
OBSERVATIONS = {"value": (("obs",), np.full(OBS, 0.25)), "error_sd": (("obs",), np.full(OBS, 0.04)),
                "lon": (("obs",), ENSEMBLE["lon"][1][:OBS]), "lat": (("obs",), np.full(OBS, 45.0)),
                "id": (("obs",), np.array([7, 3, 11])), "hx": (("obs", "member"), ENSEMBLE["soil"][1][:OBS].copy())}
PROBLEM = {"ensemble": {"file": "ensemble.nc"}, "observations": {"file": "observations.nc", "half_width": 500},
           "analysis": {"method": "letkf"}, "output": {"file": "out/analysis.nc"}}


def spoiled(values, where, value):
    out = np.array(values)
    out[where] = value
    return out


@dataclass
class Case:
    """One thing that is wrong, and words that the message must hold. Arrays: (dimensions, values), or REMOVE."""

    name: str
    says: list
    ensemble: dict = field(default_factory=dict)
    observations: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    expected: int = 2
    ranks: int = 1


SOIL, HX = ENSEMBLE["soil"][1], OBSERVATIONS["hx"][1]
NONE = {"analysis.localisation": {"taper": "none"}}


def covariance(R):
    return {"error_sd": REMOVE, "error_covariance": (("obs", "obs_2"), R)}


CASES = [
    Case("members of hx", ["observations.nc", "hx", "4", "5"], observations={"hx": (("obs", "member"), HX[:, :4])}),
    Case("rows of hx", ["observations.nc", "hx", "(row, member)"], observations={"hx": (("row", "member"), HX[:2])}),
    Case("hx missing", ["observations.nc", "'hx'", "forward"], observations={"hx": REMOVE}),
    Case("NaN in hx", ["observations.nc", "hx", "observation 1", "member 2"],
         observations={"hx": (("obs", "member"), spoiled(HX, (1, 2), np.nan))}),
    Case("zero spread of hx", ["observations.nc", "hx", "no spread", "observation 3", "zero_spread"],
         observations={"hx": (("obs", "member"), spoiled(HX, 1, 0.3))}),
    Case("NaN in the ensemble", ["ensemble.nc", "soil", "point 4", "member 0"],
         {"soil": (("point", "member"), spoiled(SOIL, (4, 0), np.nan))}),
    Case("zero spread of a variable", ["ensemble.nc", "soil", "no spread"], {"soil": (("point", "member"), np.full_like(SOIL, 0.3))}),
    Case("one member", ["ensemble.nc", "member", "1", "at least 2"], {"soil": (("point", "member"), SOIL[:, :1])}),
    Case("no dimension of members", ["ensemble.nc", "'member'", "member_dimension"], {"soil": (("point", "realization"), SOIL)}),
    Case("unknown variable", ["ensemble.nc", "sioil", "did you mean 'soil'"], options={"ensemble.variables": ["sioil"]}),
    Case("unknown variable with bounds", ["variables", "sioil", "did you mean 'soil'"],
         options={"variables": {"sioil": {"lower": 0.0}}}),
    Case("value out of bounds", ["ensemble.nc", "soil", "bounds"], options={"variables": {"soil": {"lower": 1.0}}}),
    Case("error not positive", ["observations.nc", "error_sd", "-0.04", "observation 2"],
         observations={"error_sd": (("obs",), [0.04, 0.04, -0.04])}),
    Case("no error", ["observations.nc", "error_sd", "error_covariance"], observations={"error_sd": REMOVE}),
    Case("id twice", ["observations.nc", "id", "7", "twice"], observations={"id": (("obs",), np.array([7, 3, 7]))}, ranks=2),
    Case("R not positive definite", ["observations.nc", "error_covariance", "not positive definite", "observation 1"],
         observations=covariance([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), options=NONE),
    Case("R not symmetric", ["observations.nc", "error_covariance", "not symmetric"],
         observations=covariance([[1.0, 0.2, 0.0], [0.1, 1.0, 0.0], [0.0, 0.0, 1.0]]), options=NONE),
    Case("R connects places", ["observations.nc", "error_covariance", "different places", "taper"],
         observations=covariance(np.eye(OBS) + 0.1)),
    Case("no places", ["observations.nc", "lon", "taper"], observations={"lon": REMOVE}),
    Case("localisation without geometry", ["geometry", "taper"],
         options={"ensemble.geometry": "none", "analysis.localisation": {"taper": "gaspari_cohn"}}),
    Case("latitude beyond the pole", ["observations.nc", "lat", "97"], observations={"lat": (("obs",), [45.0, 97.0, 45.0])}),
    Case("unknown type", ["observations.types", "smap"], options={"observations.types": {"smap": {"half_width": 10}}}),
    Case("mistyped key", ["observations", "half_widht", "half_width"], options={"observations.half_widht": 5}),
    Case("mistyped method", ["analysis.method", "letfk", "letkf"], options={"analysis.method": "letfk"}),
    Case("weights of a local analysis", ["output.weights", "localisation"], options={"output.weights": True}),
    Case("rank histogram without its filter", ["observations.types.all", "bnrh", "ensrf"],
         options={"observations.types": {"all": {"distribution": "bnrh", "lower": -1.0}}}),
    Case("several passes without a command", ["es_mda", "observations.forward"], options={"analysis.method": "es_mda"}),
    Case("ensemble file missing", ["nowhere.nc"], options={"ensemble.file": "nowhere.nc"}),
    Case("output is an input", ["output.file", "ensemble.nc"], options={"output.file": "ensemble.nc"}),
    Case("command that fails", ["observations.forward.command", "status"], options={"observations.forward": {"command": "false"}},
         expected=3),
    Case("the good problem", [], expected=0),
    Case("zero spread allowed", [], observations={"hx": (("obs", "member"), spoiled(HX, 1, 0.3))},
         options={"observations.zero_spread": "keep"}, expected=0),
]


def write(path, arrays):
    with Dataset(path, "w", format="NETCDF3_64BIT_DATA") as file:
        for name, item in arrays.items():
            if item is REMOVE:
                continue
            dimensions, values = item[0], np.asarray(item[1])
            for dimension, length in zip(dimensions, values.shape):
                if dimension not in file.dimensions:
                    file.createDimension(dimension, length)
            file.createVariable(name, "i8" if values.dtype.kind == "i" else "f8", dimensions)[:] = values


def run(program, folder, case):
    """Exit status, everything printed, files that are new."""
    write(folder / "ensemble.nc", {**ENSEMBLE, **case.ensemble})
    write(folder / "observations.nc", {**OBSERVATIONS, **case.observations})
    (folder / "problem.yaml").write_text(yaml.safe_dump(changed(PROBLEM, case.options)))
    before = {p for p in folder.rglob("*") if p.is_file()}
    launch = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(case.ranks)] if case.ranks > 1 else []
    done = subprocess.run([*launch, program, "analyse", "problem.yaml"], cwd=folder, capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr, [p.name for p in folder.rglob("*") if p.is_file() and p not in before]


def faults(program, case):
    with tempfile.TemporaryDirectory() as folder:
        try:
            status, text, written = run(program, Path(folder), case)
        except subprocess.TimeoutExpired:
            return ["does not end within 120 s"]
    found = [] if status == case.expected else [f"exit status {status}, expected {case.expected}"]
    found += [f"the message does not say '{word}'" for word in case.says if word not in text]
    if case.expected and written:
        found.append(f"wrote {written}")
    if not case.expected and written != ["analysis.nc"]:
        found.append(f"wrote {written} instead of analysis.nc")
    return found + ([f"printed:\n{text[-800:]}"] if found else [])


def main():
    program = str(Path(sys.argv[1]).resolve())
    return report(chosen(CASES, sys.argv[2:]), lambda case: faults(program, case))


if __name__ == "__main__":
    sys.exit(main())

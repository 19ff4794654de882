"""Writes problem files of `tilth analyse` from arrays, runs it, reads the analysis back."""

import os
import subprocess
from pathlib import Path

import numpy as np
import yaml
from netCDF4 import Dataset

FORMAT = "NETCDF3_64BIT_DATA"  # CDF-5


def write_arrays(path, arrays):
    """A file of {name: (dimensions, values)}; a dimension's length is that of the first array that has it."""
    with Dataset(path, "w", format=FORMAT) as file:
        for name, (dimensions, values) in arrays.items():
            values = np.asarray(values)
            if values.dtype.kind == "U":
                width = max(len(v) for v in values)
                values = np.array([list(v.ljust(width)) for v in values], dtype="S1")
                dimensions = (*dimensions, "characters")
            for dimension, length in zip(dimensions, values.shape):
                if dimension not in file.dimensions:
                    file.createDimension(dimension, length)
            kind = {"S": "S1", "i": "i8"}.get(values.dtype.kind, "f8")
            file.createVariable(name, kind, dimensions)[:] = values


def read_arrays(path):
    with Dataset(path) as file:
        file.set_auto_mask(False)
        return {name: np.array(variable[...]) for name, variable in file.variables.items()}


def table(ensemble, name="state"):
    """Members of a variable over points."""
    return {name: (("point", "member"), ensemble)}


def observed(y, variance, hx):
    """Observations with independent errors."""
    return {"value": (("obs",), y), "error_sd": (("obs",), np.sqrt(variance)), "hx": (("obs", "member"), hx)}


def correlated(y, covariance, hx):
    return {"value": (("obs",), y), "error_covariance": (("obs", "obs_2"), covariance), "hx": (("obs", "member"), hx)}


def method(name, **sections):
    """A problem without places; `sections` are merged into it."""
    out = {"ensemble": {"geometry": "none"}, "analysis": {"method": name}}
    for section, values in sections.items():
        out.setdefault(section, {}).update(values)
    return out


def exact_ensemble(mean, covariance):
    """n + 1 members whose sample mean and covariance are the given ones."""
    n = len(mean)
    basis = np.linalg.qr(np.column_stack([np.ones(n + 1), np.eye(n + 1)[:, :n]]))[0][:, 1:]
    return np.asarray(mean)[:, None] + np.sqrt(n) * np.linalg.cholesky(covariance) @ basis.T


def mirrored(E, hx, mean_hx):
    """Twice the members, at mean + anomaly and mean - anomaly, with anomalies of hx about `mean_hx`: the sample statistics
    are those of N members whose predictions are taken about the prediction of their mean."""
    N = E.shape[1]
    scale = np.sqrt((2 * N - 1) / (2 * (N - 1)))
    both = lambda centre, anomaly: np.hstack([centre[:, None] + scale * anomaly, centre[:, None] - scale * anomaly])
    return both(E.mean(1), E - E.mean(1)[:, None]), both(mean_hx, hx - mean_hx[:, None])


class Runner:
    """Runs problems in one folder, each by its name."""

    def __init__(self, program, folder, ranks=1):
        self.program, self.folder, self.ranks = program, Path(folder), ranks

    def __call__(self, name, members, observations, options=None):
        """`members`, `observations`: arrays as for `write_arrays`; `options`: sections of the problem file, merged into
        {ensemble, observations, output}. Returns the arrays of the analysis."""
        write_arrays(self.folder / f"{name}_ensemble.nc", members)
        write_arrays(self.folder / f"{name}_observations.nc", observations)
        problem = {"ensemble": {"file": f"{name}_ensemble.nc"}, "observations": {"file": f"{name}_observations.nc"},
                   "output": {"file": f"{name}_analysis.nc"}}
        for section, values in (options or {}).items():
            if isinstance(values, dict):
                problem.setdefault(section, {}).update(values)
            else:
                problem[section] = values
        (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(problem, sort_keys=False))
        launch = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(self.ranks)] if self.ranks > 1 else []
        done = subprocess.run([*launch, self.program, "analyse", f"{name}.yaml", "--quiet"], cwd=self.folder,
                              capture_output=True, text=True, timeout=600)
        if done.returncode != 0:
            raise RuntimeError(f"{name}: exit status {done.returncode}: {(done.stdout + done.stderr).strip()[-800:]}")
        return read_arrays(self.folder / f"{name}_analysis.nc")

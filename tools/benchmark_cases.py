"""What tools/run_benchmarks.py compares with, and the input files of the experiments with an exact answer."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Callable

import netCDF4
import numpy as np

# Time-mean scores and tolerances: docs/benchmarks.md names the sources.
TWINS = {
    "l96_etkf_n20": {"x.rmse_a": (0.196, 0.016)},
    "l96_enkf_n40": {"x.rmse_a": (0.217, 0.017)},
    "l96_denkf_n40": {"x.rmse_a": (0.179, 0.015)},
    "l96_letkf_n7": {"x.rmse_a": (0.221, 0.018)},
    "l96_ienks_n25": {"x.rmse_a": (0.477, 0.057)},
    "l96_etkf_n28_rtps": {"x.rmse_a": (0.18433, 0.0129), "x.rmse_f": (0.20148, 0.0141), "x.spread_a": (0.20929, 0.0147)},
    "l96_etkf_n28_rtpp": {"x.rmse_a": (0.18777, 0.0131), "x.rmse_f": (0.20537, 0.0144), "x.spread_a": (0.19332, 0.0135)},
    "l96_letkf_n10": {"x.rmse_a": (0.21194, 0.0148), "x.rmse_f": (0.23191, 0.0162), "x.spread_a": (0.25853, 0.0181)},
    "l96_letkf_n10_rtps": {"x.rmse_a": (0.22219, 0.0156), "x.rmse_f": (0.2438, 0.0171), "x.spread_a": (0.2835, 0.0198)},
    "l96_letkf_n10_rtpp": {"x.rmse_a": (0.21714, 0.0152), "x.rmse_f": (0.23801, 0.0167), "x.spread_a": (0.22535, 0.0158)},
    "l96_letkf_n10_half": {"x.rmse_a": (0.32829, 0.023), "x.rmse_f": (0.3596, 0.0252), "x.spread_a": (0.39983, 0.028)},
    "l96_ensrf_n10": {"x.rmse_a": (0.21757, 0.0152), "x.rmse_f": (0.23851, 0.0167), "x.spread_a": (0.27224, 0.0191)},
    "l96_enkf_schur_n20": {"x.rmse_a": (0.23376, 0.0164), "x.rmse_f": (0.25603, 0.0179), "x.spread_a": (0.26891, 0.0188)},
    "l96_etkf_n30_forcing": {"x.rmse_a": (0.19644, 0.0138), "x.rmse_f": (0.21515, 0.0151), "x.spread_a": (0.23545, 0.0165),
                             "F.mean": (8.00542, 0.08)},
    "l96_letkf_n10_adaptive": {"x.rmse_a": (0.26686, 0.0187), "x.rmse_f": (0.293, 0.0205), "x.spread_a": (0.33181, 0.0232)},
    "l63_etkf_n10": {"x.rmse_a": (0.63, 0.09)},
    "l63_ienks_n10": {"x.rmse_a": (0.31, 0.05)},
}

START = date(2000, 1, 1)


def truth(shared, name):
    return json.loads((shared / "truth" / f"{name}.json").read_text())


def write_observations(path, values, levels):
    """values[day, level], observed in the course of the days from START on at the only column of grid.replicas: 1."""
    values = np.asarray(values, float)
    days, count = values.shape
    seconds = np.repeat(np.arange(days), count) * 86400.0
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.createDimension("obs", days * count)
        file.createDimension("bnds", 2)

        def put(name, data, units, dims=("obs",)):
            variable = file.createVariable(name, "f8", dims)
            variable.units = units
            variable[:] = data
            return variable

        clock = f"seconds since {START} 00:00:00"
        put("time", seconds + 86400.0, clock).bounds = "time_bnds"
        put("time_bnds", np.stack([seconds, seconds + 86400.0], 1), clock, ("obs", "bnds"))
        put("lat", np.zeros(days * count), "degrees_north")
        put("lon", np.full(days * count, -180.0), "degrees_east")
        put("value", values.ravel(), "1")
        if levels is not None:
            put("level", np.tile(np.asarray(levels, float), days), "1")


def write_members(path, members):
    """members[layer, member] of the variable x at one column."""
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        for name, size in (("point", 1), ("member", members.shape[1]), ("layer", members.shape[0])):
            file.createDimension(name, size)
        file.createVariable("x", "f8", ("point", "member", "layer"))[:] = members.T[None]


def exact_members(mean, covariance, size):
    """An ensemble with exactly this sample mean and covariance (second-order exact sampling, Pham 2001)."""
    n = len(mean)
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    rng = np.random.default_rng(1)
    basis = np.linalg.qr(np.column_stack([np.ones(size), rng.standard_normal((size, n))]))[0][:, 1:]
    return mean[:, None] + np.sqrt(size - 1.0) * root @ basis.T


def analysis(output, day, size):
    """Members x[layer, member] after the analysis of a day (restart files hold row after row of a tile)."""
    end = START + timedelta(days=day + 1)
    with netCDF4.Dataset(output / "analysis" / "restart" / f"restart_{end}.nc") as file:
        return np.asarray(file["state"][0]).reshape(-1, size)


def lorenz96(x, dt=0.05, forcing=8.0):
    """One step of the classical Runge-Kutta scheme."""
    def rate(x):
        return (np.roll(x, -1) - np.roll(x, 2)) * np.roll(x, 1) - x + forcing
    k1 = rate(x)
    k2 = rate(x + 0.5 * dt * k1)
    k3 = rate(x + 0.5 * dt * k2)
    k4 = rate(x + dt * k3)
    return x + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def prepare_ar1(shared, data):
    write_observations(data / "ar1.nc", np.reshape(truth(shared, "24_state_parameter_kf_limit")["inputs"]["y"], (-1, 1)), None)


def result_ar1(output, shared):
    with netCDF4.Dataset(output / "analysis" / "products.nc") as file:
        value = {name: np.asarray(file[long]).reshape(-1) for name, long in
                 (("x_mean", "x_mean"), ("x_sd", "x_sd"), ("u_mean", "parameter_u_mean"), ("u_sd", "parameter_u_sd"))}
    return {"u_mean_10": float(value["u_mean"][9]), "u_sd_10": float(value["u_sd"][9]),
            **{f"{name}_end": float(value[name][-1]) for name in value}}


def prepare_advection(shared, data):
    write_observations(data / "advection.nc", truth(shared, "29_linear_advection_kf")["inputs"]["y"], (0, 10, 20, 30))
    apart = np.abs(np.subtract.outer(np.arange(40), np.arange(40)))
    apart = np.minimum(apart, 40 - apart)
    write_members(data / "advection_members.nc",
                  exact_members(np.zeros(40), np.exp(-apart**2 / 32.0) + 1e-4 * np.eye(40), 64))


def result_advection(output, shared):
    members = [analysis(output, day, 64) for day in range(8)]
    end = np.asarray(truth(shared, "29_linear_advection_kf")["inputs"]["x_true_end"])
    return {"xa": [x.mean(1).tolist() for x in members], "trace": [float(x.var(1, ddof=1).sum()) for x in members],
            "rmse_end": float(np.sqrt(np.mean((members[-1].mean(1) - end) ** 2)))}


def prepare_cycle(shared, data):
    inputs = truth(shared, "17_l96_cycle")["inputs"]
    write_observations(data / "l96.nc", inputs["y"], range(40))
    write_members(data / "l96_members.nc", np.asarray(inputs["E0"]))


def result_etkf(output, shared):
    state = np.asarray(truth(shared, "17_l96_cycle")["inputs"]["x_true0"])
    rmse = []
    for day in range(12):
        state = lorenz96(state)
        rmse.append(float(np.sqrt(np.mean((analysis(output, day, 20)[:40].mean(1) - state) ** 2))))
    return {"etkf_E": analysis(output, 11, 20)[:40].tolist(), "etkf_rmse": rmse}


def result_letkf(output, shared):
    return {"letkf_E": analysis(output, 11, 20)[:40].tolist()}


@dataclass(frozen=True)
class Exact:
    """An experiment whose answer is known: which reference case it is, what it reads, what it says."""
    truth: str
    inputs: Callable
    result: Callable


EXACT = {
    "ar1_parameter": Exact("24_state_parameter_kf_limit", prepare_ar1, result_ar1),
    "advection": Exact("29_linear_advection_kf", prepare_advection, result_advection),
    "l96_cycle_etkf": Exact("17_l96_cycle", prepare_cycle, result_etkf),
    "l96_cycle_letkf": Exact("17_l96_cycle", prepare_cycle, result_letkf),
}


def prepare(name, shared, data):
    """Writes the input files of an experiment."""
    data.mkdir(parents=True, exist_ok=True)
    EXACT[name].inputs(shared, data)

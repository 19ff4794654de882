"""Truth cases that rerun a forward map between passes: an external command, as anyone's model would be."""

import sys
from pathlib import Path

import numpy as np

from problem import exact_ensemble, method, mirrored, observed, read_arrays, table

# Reads the members, keeps them by pass, applies h, writes the predictions.
SCRIPT = """import sys
from pathlib import Path
import numpy as np
from netCDF4 import Dataset
with Dataset(sys.argv[1]) as file:
    E, mean = np.array(file["state"][:]), np.array(file["state_mean"][:])
np.save(f"{name}_pass{{len(list(Path('.').glob('{name}_pass*.npy')))}}.npy", E)
c = np.load("{name}.npz")
{function}
with Dataset(sys.argv[2], "w", format="NETCDF3_64BIT_DATA") as file:
    hx = h(E)
    file.createDimension("obs", hx.shape[0])
    file.createDimension("member", hx.shape[1])
    file.createVariable("hx", "f8", ("obs", "member"))[:] = hx
    file.createVariable("hx_mean", "f8", ("obs",))[:] = h(mean[:, None])[:, 0]
"""
LINE = {"line": {"period": 1.0}}


def forward(run, name, function, **constants):
    """The section observations of a map h(E) with constants in c."""
    np.savez(run.folder / f"{name}.npz", **constants)
    Path(run.folder / f"{name}.py").write_text(SCRIPT.format(name=name, function=function))
    return {"forward": {"command": f"{sys.executable} {name}.py {{ensemble}} {{predictions}}"}}


def without_hx(y, variance):
    return {k: v for k, v in observed(y, variance, np.zeros((len(y), 2))).items() if k != "hx"}


def mda(run, i):
    """07: multiple data assimilation of a linear map, deterministic and stochastic."""
    alphas, obs = [float(a) for a in i["alphas"]], without_hx(i["y"], i["R_diag"])
    root = run("root", table(i["E"]), obs, method({"es_mda": {"alphas": alphas, "update": "letkf"}},
                                                  observations=forward(run, "G", "h = lambda E: c['G'] @ E", G=i["G"])))["state"]
    perturbed = {**obs, "perturbation": (("pass", "obs", "member"), np.sqrt(i["R_diag"])[None, :, None] * i["Z"])}
    last = run("stochastic", table(i["E"]), perturbed,
               method({"es_mda": {"alphas": alphas, "update": "enkf"}},
                      observations={**forward(run, "Gs", "h = lambda E: c['G'] @ E", G=i["G"]), "perturbations": "raw"}))["state"]
    steps = [np.load(run.folder / f"Gs_pass{k}.npy") for k in range(1, len(alphas))]
    return {"kf_mean": root.mean(1), "kf_cov": np.cov(root), "sqrt_Ea": root, "stoch_E": np.array([*steps, last])}


def smoother_map(run, i):
    """08: the minimiser of a nonlinear cost, by Gauss-Newton with an ensemble close together."""
    function = "def h(z):\n    b = c['B'] @ z\n    return b + 0.3 * b**2 + 0.1 * np.sin(3.0 * z[:1])"
    E, n = i["E"], len(i["y"])
    options = {"ienks": {"form": "bundle", "epsilon": 1e-4, "tolerance": 1e-9, "max_passes": 40}}
    out = run("map", table(E), without_hx(i["y"], np.full(n, i["r"])),
              method(options, observations=forward(run, "h", function, B=i["B"]), output={"weights": True}))
    w, X = out["w_mean"], (E - E.mean(1)[:, None]) / np.sqrt(E.shape[1] - 1)

    def cost(weights):
        z = E.mean(1) + X @ weights
        b = i["B"] @ z
        return weights @ weights / 2 + np.sum((i["y"] - b - 0.3 * b**2 - 0.1 * np.sin(3.0 * z[0])) ** 2) / (2 * i["r"])

    return {"w": w, "x": out["state_mean"], "Jmin": cost(w), "cov": np.cov(out["state"])}


def scalar(run, i):
    """28: a cubic observation of one value."""
    obs, name = without_hx([i["y"]], [i["r"]]), "cubic"
    options = {"ienks": {"form": "bundle", "epsilon": 1e-5, "tolerance": 1e-10, "max_passes": 60}}
    mode = run("mode", table(exact_ensemble([i["m0"]], [[i["s0"] ** 2]])), obs,
               method(options, observations=forward(run, name, "h = lambda E: E**3")))
    E = np.random.default_rng(2).normal(i["m0"], i["s0"], (1, 5000))
    place = {"x": (("point",), [0.0])}, {"x": (("obs",), [0.0])}
    mda = run("mda8", {**table(E), **place[0]}, {**obs, **place[1]},
              {"ensemble": {"geometry": LINE}, "observations": forward(run, "cubic8", "h = lambda E: E**3"),
               "analysis": {"method": {"es_mda": {"steps": 8, "update": "enkf"}}, "localisation": {"taper": "boxcar"}}})
    return {"map": mode["state_mean"], "sd_gauss_newton": mode["state"].std(ddof=1), "esmda8_mean": mda["state_mean"],
            "esmda8_sd": mda["state"].std(ddof=1)}


CARBON = """
def h(p):
    def slope(x, F):
        return np.array([F * x[0] * x[1] / ((x[0] + p[0]) * (x[1] + p[1])) + 0.01 - p[2] * x[0], p[2] * x[0] - p[3] * x[1]])
    x, out = np.repeat(c["x0"][:, None], p.shape[1], 1), []
    for t in range(len(c["F"])):
        out.append(x)
        F = c["F"][t]
        a = slope(x, F); b = slope(x + a / 2, F); d = slope(x + b / 2, F); e = slope(x + d, F)
        x = x + (a + 2 * b + 2 * d + e) / 6
    return np.concatenate(out)
"""


def carbon(run, i):
    """19: four parameters of a two-pool model from its trajectory, 4DEnVar about the run of the mean parameters."""
    observations = {**forward(run, "carbon", CARBON, x0=i["x0"], F=i["F"])}
    observations["forward"].update(keep=True, folder="runs")
    observations["zero_spread"] = "keep"  # all members start from the same pools
    run("carbon", table(i["E"]), without_hx(i["y"], i["R_diag"]),
        method({"4denvar_ensemble": {"about": "h_of_mean"}}, observations=observations))
    predicted = read_arrays(run.folder / "runs" / "predictions.nc")
    # The mean of these members is not xa (their anomalies are about h(mean)); that of the mirrored ensemble is.
    members, hx = mirrored(i["E"], predicted["hx"], predicted["hx_mean"])
    a = run("mirrored", table(members), observed(i["y"], i["R_diag"], hx),
            method("letkf", observations={"zero_spread": "keep"}))
    space = {"c": {"x0": i["x0"], "F": i["F"]}, "np": np}
    exec(CARBON, space)
    true, analysis = (space["h"](np.asarray(p)[:, None])[:, 0].reshape(-1, 2).T for p in (i["p_true"], a["state_mean"]))
    prior = predicted["hx_mean"].reshape(-1, 2).T

    def rmse(trajectory):
        return np.sqrt(((trajectory - true) ** 2).mean(1))

    return {"traj_true": true, "hb": predicted["hx_mean"], "xa": a["state_mean"], "Pa": np.cov(a["state"]),
            "rmse_prior": rmse(prior), "rmse_analysis": rmse(analysis)}

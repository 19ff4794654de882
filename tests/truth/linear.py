"""Truth cases of one update: what `tilth analyse` writes, as the keys that the case's checker expects."""

import numpy as np

GLOBAL = {"ensemble": {"geometry": "none"}}


def table(ensemble, name="state"):
    return {name: (("point", "member"), ensemble)}


def observed(y, variance, hx, **more):
    return {"value": (("obs",), y), "error_sd": (("obs",), np.sqrt(variance)), "hx": (("obs", "member"), hx), **more}


def correlated(y, covariance, hx, **more):
    return {"value": (("obs",), y), "error_covariance": (("obs", "obs_2"), covariance), "hx": (("obs", "member"), hx), **more}


def method(name, **sections):
    """Sections of a global problem; `sections` are merged into them."""
    return {**GLOBAL, "analysis": {"method": name, "localisation": {"taper": "none"}}, **sections}


def exact_ensemble(mean, covariance):
    """n + 1 members whose sample mean and covariance are the given ones."""
    n = len(mean)
    basis = np.linalg.qr(np.column_stack([np.ones(n + 1), np.eye(n + 1)[:, :n]]))[0][:, 1:]
    return np.asarray(mean)[:, None] + np.sqrt(n) * np.linalg.cholesky(covariance) @ basis.T


def case_01_kf(run, i):
    E = exact_ensemble(i["xb"], i["P"])
    out = run("kf", table(E), correlated(i["y"], i["R"], i["H"] @ E),
              method("letkf", output={"diagnostics": True}))
    return {"xa": out["state_mean"], "Pa": np.cov(out["state"]), "K": out["state_gain"], "S": out["innovation_covariance"],
            "loglik": out["log_likelihood"], "chi2": out["chi2"]}


def case_02(run, i):
    E, hx, y, r = i["E"], i["H"] @ i["E"], i["y"], i["R_diag"]
    obs = observed(y, r, hx)
    with_D = {**obs, "perturbation": (("obs", "member"), i["D"])}
    reverse = {**obs, "id": (("obs",), np.arange(len(y))[::-1])}

    def analysis(name, what=None, observations=obs, **sections):
        return run(name, table(E), observations, method(what or name, **sections))["state"]

    def relaxed(key, factor):
        options = method("letkf")
        options["analysis"]["inflation"] = {key: factor}
        return run(f"{key}{factor}", table(E), obs, options)["state"]

    etkf = run("etkf", table(E), obs, method("letkf", output={"weights": True}))
    inflated = method("letkf")
    inflated["analysis"]["inflation"] = {"multiplicative": 1.1}
    out = {"prior_mean": E.mean(1), "prior_cov": np.cov(E), "etkf_Ea": etkf["state"], "w_mean": etkf["w_mean"], "T": etkf["T"],
           "kf_mean": etkf["state_mean"], "kf_cov": np.cov(etkf["state"]),
           "estkf_is_etkf": np.abs(analysis("estkf") - etkf["state"]).max(),
           "ensrf_Ea": analysis("ensrf"), "ensrf_rev_Ea": analysis("ensrf_rev", "ensrf", reverse), "denkf_Ea": analysis("denkf"),
           "enkf_Ea_centred": analysis("enkf_centred", "enkf", with_D),
           "enkf_Ea_raw": analysis("enkf_raw", "enkf", with_D, observations_options={"perturbations": "raw"})
           if False else run("enkf_raw", table(E), with_D, method("enkf", observations={"perturbations": "raw"}))["state"],
           "etkf_rho_Ea": analysis("rho", {"letkf": {"inflation": i["rho"]}}),
           "etkf_fullR_Ea": run("fullR", table(E), correlated(y, i["R_full"], hx), method("letkf"))["state"],
           "inflated_prior_1p1": E.mean(1)[:, None] + 1.1 * (E - E.mean(1)[:, None])}
    for key in ("rtps", "rtpp"):
        for factor in (0.5, 0.9):
            out[f"{key}_{factor}"] = relaxed(key, factor)
    return out

"""Truth cases of one update with given predictions, as the keys that each case's checker expects."""

import numpy as np

from problem import correlated, exact_ensemble, method, mirrored, observed, table

LINE = {"ensemble": {"geometry": {"line": {"period": 40}}}}


def kalman(run, i):
    """01: the exact filter, from an ensemble whose sample mean and covariance are the prior's."""
    E = exact_ensemble(i["xb"], i["P"])
    out = run("kf", table(E), correlated(i["y"], i["R"], i["H"] @ E), method("letkf", output={"diagnostics": True}))
    return {"xa": out["state_mean"], "Pa": np.cov(out["state"]), "K": out["state_gain"], "S": out["innovation_covariance"],
            "loglik": out["log_likelihood"], "chi2": out["chi2"]}


def updates(run, i):
    """02: every method on one small problem."""
    E, hx, y, r = i["E"], i["H"] @ i["E"], i["y"], i["R_diag"]
    given = observed(y, r, hx)
    perturbed = {**given, "perturbation": (("obs", "member"), i["D"])}
    reverse = {**given, "id": (("obs",), np.arange(len(y))[::-1])}
    worthless = observed(y, np.full(len(y), 1e30), hx)

    def members(name, what, obs=given, **sections):
        return run(name, table(E), obs, method(what, **sections))["state"]

    etkf = run("etkf", table(E), given, method("letkf", output={"weights": True}))
    prior = members("prior", "letkf", worthless)
    out = {"prior_mean": prior.mean(1), "prior_cov": np.cov(prior), "kf_mean": etkf["state_mean"],
           "kf_cov": np.cov(etkf["state"]), "etkf_Ea": etkf["state"], "w_mean": etkf["w_mean"], "T": etkf["T"],
           "ensrf_Ea": members("ensrf", "ensrf"), "ensrf_rev_Ea": members("ensrf_reverse", "ensrf", reverse),
           "denkf_Ea": members("denkf", "denkf"), "enkf_Ea_centred": members("enkf", "enkf", perturbed),
           "enkf_Ea_raw": members("enkf_raw", "enkf", perturbed, observations={"perturbations": "raw"}),
           "etkf_rho_Ea": members("rho", {"letkf": {"inflation": i["rho"]}}),
           "etkf_fullR_Ea": members("full_R", "letkf", correlated(y, i["R_full"], hx)),
           "inflated_prior_1p1": members("inflated", {"letkf": {"inflation": 1.21}}, worthless)}
    for key in ("rtps", "rtpp"):
        for factor in (0.5, 0.9):
            out[f"{key}_{factor}"] = members(f"{key}{factor}", "letkf", analysis={"inflation": {key: factor}})
    for name in ("estkf",):  # the same members as the ETKF
        assert np.allclose(members(name, name), etkf["state"], rtol=0, atol=1e-9), name
    return out


def localised(run, i):
    """04: a periodic line."""
    E, at = i["E"], i["obs_index"].astype(int)
    members = {**table(E), "x": (("point",), np.arange(i["n"], dtype=float))}
    obs = {**observed(i["y"], i["R_diag"], E[at]), "x": (("obs",), at.astype(float))}

    def analysis(name, what, line=members, observations=obs):
        return run(name, line, observations, {**LINE, "observations": {"half_width": float(i["c"])}, "analysis": {"method": what}})

    # The posterior covariance of the localised Kalman filter is linear in K: (I - K H) P with P = GC o cov(E). Its diagonal
    # needs the gain of every pair of points, which an analysis does not give; the mean does not.
    return {"letkf_Ea": analysis("letkf", "letkf")["state"],
            "letkf_rho_Ea": analysis("letkf_rho", {"letkf": {"inflation": float(i["rho"])}})["state"],
            "ensrf_loc_Ea": analysis("ensrf", "ensrf")["state"],
            "kf_loc_mean": analysis("schur", "enkf_schur")["state_mean"]}


def smoother(run, i):
    """06: strong-constraint linear 4DEnVar; state at the start and the end, observations at their own times."""
    E, nt, M = i["E"], int(i["nt"]), i["M"]
    hx, y, blocks, X = [], [], [], E
    for t in range(1, nt + 1):
        X = M @ X
        hx.append(i[f"H{t}"] @ X)
        y.append(i[f"y{t}"])
        blocks.append(i[f"R{t}"])
    n = sum(len(b) for b in blocks)
    R, at = np.zeros((n, n)), 0
    for block in blocks:
        R[at:at + len(block), at:at + len(block)] = block
        at += len(block)
    out = run("smoother", {**table(E), **table(X, "end")}, correlated(np.concatenate(y), R, np.vstack(hx)),
              method(i["method"], output={"weights": True, "diagnostics": True}))
    return {"w": out["w_mean"], "xa0": out["state_mean"], "Pa0": np.cov(out["state"]), "Ea0": out["state"],
            "xa_end": out["end_mean"], "Pa_end": np.cov(out["end"]), "Jmin": out["chi2"] / 2.0}


def nonlinear_h(run, i):
    """06b: predictions are given; anomalies about their mean, or about the prediction of the mean."""
    obs, E = {**observed(i["y"], i["R_diag"], i["HE"]), "hx_mean": (("obs",), i["hb"])}, i["E"]
    out = {}
    for about in ("mean_of_h", "h_of_mean"):
        for root in ("symmetric", "cholesky"):
            out[f"{about}.Ea_{root}"] = run(f"{about}_{root}", table(E), obs,
                                            method({"4denvar_ensemble": {"about": about, "root": root}}))["state"]
    a = run("weights", table(E), obs, method("4denvar_ensemble", output={"weights": True}))
    out.update({"mean_of_h.w": a["w_mean"], "mean_of_h.xa": a["state_mean"], "mean_of_h.Pa": np.cov(a["state"])})
    # About h(mean) the mean of the members is not xa, so xa and Pa come from the mirrored ensemble.
    members, hx = mirrored(E, i["HE"], i["hb"])
    a = run("mirrored", table(members), observed(i["y"], i["R_diag"], hx), method("letkf"))
    out.update({"h_of_mean.xa": a["state_mean"], "h_of_mean.Pa": np.cov(a["state"])})
    return out


def localised_smoother(run, i):
    """06c: a trajectory of states on a periodic line, moved at all times by the observations of all times."""
    E, at, y = i["Etraj"], i["obs_index"].astype(int), i["y"]
    nt, n = E.shape[0] - 1, E.shape[1]
    members = {"state": (("time", "point", "member"), E), "x": (("point",), np.arange(n, dtype=float))}
    hx = np.vstack([E[t + 1][at[t]] for t in range(nt)])
    obs = {**observed(y.ravel(), np.full(y.size, i["r"]), hx), "x": (("obs",), at.ravel().astype(float))}
    out = run("trajectory", members, obs, {"ensemble": {"geometry": {"line": {"period": float(n)}}},
                                           "observations": {"half_width": float(i["c"])}, "analysis": {"method": i["method"]}})
    return {"xa": out["state_mean"]}


def joint(run, i):
    """20: states with parameters that all points share."""
    obs = observed(i["y"], i["R_diag"], i["H"] @ i["Ex"])
    members = {**table(i["Ex"]), "theta": (("parameter", "member"), i["Etheta"])}
    out = run("joint", members, obs, method("letkf"))
    floor = run("floor", members, obs, method("letkf", analysis={"parameter_floor": 0.9}))
    return {"Ex_a": out["state"], "Etheta_a": out["theta"], "param_floor": floor["theta"]}


def large_ensemble(run, i):
    """27: 20000 members of the perturbed-observation filter; observations with correlated errors at one place."""
    k, N = i["case_01"], int(i["N"])
    E = np.random.default_rng(1).multivariate_normal(k["xb"], k["P"], N).T
    one_place = {"x": (("obs",), np.zeros(len(k["y"])))}
    out = run("large", {**table(E), "x": (("point",), np.zeros(len(E)))},
              {**correlated(k["y"], k["R"], k["H"] @ E), **one_place},
              {**LINE, "analysis": {"method": "enkf", "localisation": {"taper": "boxcar"}}})
    return {**{f"mean_{j}": m for j, m in enumerate(out["state_mean"])},
            **{f"var_{j}": v for j, v in enumerate(out["state"].var(1, ddof=1))}}

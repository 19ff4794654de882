"""Truth cases of bounded variables: rank histograms in the serial filter."""

import numpy as np

from problem import method, observed, table


def bounds(case):
    """distribution and bounds, as the file gives them."""
    out = {"distribution": "bnrh"}
    if case["has_lower"]:
        out["lower"] = float(case["lower"])
    if case["has_upper"]:
        out["upper"] = float(case["upper"])
    return out


def rank_histogram(run, i):
    """12: one observation, its own variable and two others."""
    out = {}
    for name, case in i.items():
        ens = np.asarray(case["ens"])[None, :]
        members = table(ens, "observed")
        variables = {"observed": bounds(case)}
        if "state_normal" in case:
            members.update(table(np.asarray(case["state_normal"])[None, :], "normal"))
            members.update(table(np.asarray(case["state_positive"])[None, :], "positive"))
            variables["positive"] = {"distribution": "bnrh", "lower": 0.0}
        a = run(name, members, observed([case["y"]], [case["r"]], ens),
                method("ensrf", variables=variables, observations={"types": {"all": bounds(case)}}))
        out[f"{name}.posterior"] = a["observed"][0]
        if "normal" in a:
            out[f"{name}.state_normal_post"], out[f"{name}.state_positive_post"] = a["normal"][0], a["positive"][0]
        out[f"{name}.increments"] = a["observed"][0] - ens[0]
    return out


def bayes_limit(run, i):
    """25: 5000 members of a gamma prior."""
    E = np.random.default_rng(3).gamma(i["k"], 1.0, (1, int(i["N"])))
    positive = {"distribution": "bnrh", "lower": 0.0}
    a = run("gamma", table(E), observed([i["y"]], [i["r"]], E),
            method("ensrf", variables={"state": positive}, observations={"types": {"all": positive}}))["state"]
    return {"truncated_like.mean": a.mean(), "truncated_like.sd": a.std(ddof=1), "truncated_like.prob_below_0p2": (a < 0.2).mean(),
            "fraction_negative": (a < 0.0).mean()}

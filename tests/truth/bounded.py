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
        plain = run(f"{name}_plain", table(ens, "observed"), observed([case["y"]], [case["r"]], ens),
                    method({"ensrf": {"likelihood": "gaussian"}}, variables={"observed": bounds(case)},
                           observations={"types": {"all": bounds(case)}}))
        out[f"{name}.posterior"], out[f"{name}.posterior_plain_like"] = a["observed"][0], plain["observed"][0]
        if "normal" in a:
            out[f"{name}.state_normal_post"], out[f"{name}.state_positive_post"] = a["normal"][0], a["positive"][0]
        out[f"{name}.increments"] = a["observed"][0] - ens[0]
    return out


def bayes_limit(run, i):
    """25: 5000 members of a gamma prior."""
    E = np.random.default_rng(3).gamma(i["k"], 1.0, (1, int(i["N"])))
    positive = {"distribution": "bnrh", "lower": 0.0}
    out, negative = {}, 0.0
    for likelihood, key in (("truncated", "truncated_like"), ("gaussian", "plain_like")):
        a = run(likelihood, table(E), observed([i["y"]], [i["r"]], E),
                method({"ensrf": {"likelihood": likelihood}}, variables={"state": positive},
                       observations={"types": {"all": positive}}))["state"]
        out.update({f"{key}.mean": a.mean(), f"{key}.sd": a.std(ddof=1), f"{key}.prob_below_0p2": (a < 0.2).mean()})
        negative = max(negative, (a < 0.0).mean())
    return {**out, "fraction_negative": negative}

"""Adds the tables of verification.nc, scorecard.nc and impact.nc, and a set of experiments, to a made-up run."""

import json
import shutil

import numpy as np
import xarray as xr

CONFIGURATION = """
experiment: {name: made-up}
time: {start: 2018-01-01, end: 2018-02-18, window: 8 days}
model: {daily: {}}
observations: [{name: smap, operator: {surface_soil_moisture: {}}}, {name: ndvi, operator: {ndvi: {}}}]
analysis: {method: {letkf: {}}}
verification: {regions: {sahel: {west: -20, east: 40, south: 5, north: 20}}}
experiments: {control: all, no_smap: {without: [smap]}}
"""


def write_tables(path, tables, attributes=None):
    """Columns `<table>_<column>` along a dimension of their own, words as characters, as the program writes them."""
    variables = {}
    for table, rows in tables.items():
        for column in rows[0]:
            values = [r[column] for r in rows]
            variables[f"{table}_{column}"] = (table, np.array(values, "S32") if isinstance(values[0], str) else np.array(values, float),
                                                {"units": "days"} if column == "lead_days" else {})
    path.parent.mkdir(parents=True, exist_ok=True)
    xr.Dataset(variables, attrs=attributes or {}).to_netcdf(path, format="NETCDF3_64BIT")


def score_rows(random, sources, variables):
    rows = []
    for source in sources:
        for variable, units in variables.items():
            for region, pft, season, lead in [("global", "all", "all", np.nan), ("sahel", "all", "all", np.nan), ("global", "ENT", "all", np.nan),
                                              ("global", "all", "JJA", np.nan)]:
                for score in ("rmse", "bias", "spread_skill", "coverage90", "crps", "r"):
                    value = 0.5 + random.random()
                    rows.append({"source": source, "reference": "nature", "variable": variable, "kind": "variable", "units": units, "observed": 1.0,
                                 "region": region, "pft": pft, "season": season, "lead_days": lead, "score": score, "value": value, "low": value - 0.1,
                                 "high": value + 0.1, "n": 500.0})
    return rows


def observation_rows(random):
    """Withheld observations, everywhere and at towers; a stream that one experiment leaves out."""
    rows = []
    for reference, sources in [("withheld", ("open_loop", "control", "no_smap")), ("tower:US-Var", ("open_loop", "control", "no_smap")),
                               ("tower:FI-Hyy", ("open_loop", "control", "no_smap")), ("denied", ("open_loop", "no_smap"))]:
        for source in sources:
            for score in ("rmse", "nse", "spread_skill"):
                value = 0.5 + random.random()
                rows.append({"source": source, "reference": reference, "variable": "smap", "kind": "stream", "units": "m3 m-3", "observed": 1.0, "region": "global", "pft": "all",
                             "season": "all", "lead_days": np.nan, "score": score, "value": value, "low": value - 0.1, "high": value + 0.1, "n": 50.0})
    return rows


def forecast_rows(variables):
    """Errors that grow to 0.6 of the open loop's, which is 2: rmse 0.8, 1.2; skill 1 - 0.4^2, 1 - 0.6^2."""
    about = {"reference": "nature", "kind": "variable", "observed": 1.0, "region": "global", "pft": "all", "season": "all"}
    return [{"source": "forecast:control", **about, "variable": v, "units": u, "lead_days": lead, "score": score, "value": value, "low": value - 0.1, "high": value + 0.1, "n": 500.0}
            for v, u in variables.items() for lead, share in ((8.0, 0.4), (16.0, 0.6)) for score, value in (("rmse", 2 * share), ("skill_open_loop", 1 - share**2))]


def event_rows(sources):
    reliability = [{"source": s, "reference": "nature", "variable": "leaf_area_index", "region": "global", "event": "below_p20",
                    "forecast_probability": p, "observed_frequency": p**1.2, "n": 100.0} for s in sources for p in (0.05, 0.3, 0.6, 0.9)]
    roc = [{"source": s, "reference": "nature", "variable": "leaf_area_index", "region": "global", "event": "below_p20", "threshold": t,
            "hit_rate": 1 - t**2, "false_alarm_rate": (1 - t) ** 2} for s in sources for t in (0.1, 0.4, 0.7)]
    ranks = [{"source": s, "reference": "nature", "variable": "leaf_area_index", "region": "global", "bin": float(b), "bins": 11.0, "count": 50.0 + b}
             for s in sources for b in range(11)]
    return {"reliability": reliability, "roc": roc, "rank_histogram": ranks}


def make_set(run, variables):
    """Turns a made-up run with an analysis into a set of two experiments with every table."""
    random = np.random.default_rng(3)
    for name in ("control", "no_smap"):
        shutil.copytree(run / "analysis", run / "experiments" / name)
    shutil.rmtree(run / "analysis")
    (run / "run.json").write_text(json.dumps({"version": "0.1.0", "status": "finished", "command": "osse", "configuration": CONFIGURATION, "members": 10,
                                              "columns": 200, "windows": 6, "wall_s": 12.0, "warnings": ["</script> in a warning"],
                                              "phases": [{"phase": "analysis", "calls": 1, "max_s": 9.0, "mean_s": 8.0, "cpu_s": 8.0, "share": 0.7, "imbalance": 1.1}]}))
    sources = ["open_loop", "control", "no_smap"]
    write_tables(run / "verification.nc", {"score": score_rows(random, sources, variables) + observation_rows(random) + forecast_rows(variables)} | event_rows(sources[1:]))
    cells = [{"experiment": "no_smap", "reference": "nature", "variable": v, "observed": float(v == "leaf_area_index"), "region": r, "score": s, "value": 1.1, "control": 1.0,
              "change": c, "low": c - 0.1, "high": c + 0.1, "significant": float(abs(c) > 0.1)}
             for v in variables for r in ("global", "sahel") for s in ("rmse", "crps") for c in [random.normal() * 0.2]]
    cells += [c | {"reference": "withheld", "variable": "smap"} for c in cells[:4]]
    write_tables(run / "scorecard.nc", {"cell": cells})
    impact = [{"experiment": "control", "stream": s, "region": r, "pft": p, "n": 100.0, "dfs": 20.0, "efso": e, "efso_share_beneficial": 0.55,
               "denial": e * 1.2 if r == "global" else np.nan} for s, e in (("smap", 3.0), ("ndvi", 1.5)) for r in ("global", "sahel") for p in ("all", "ENT")]
    write_tables(run / "impact.nc", {"impact": impact}, {"norm": "dry mass, kg m-2", "lead": "8 days", "rank_correlation": "1.0"})

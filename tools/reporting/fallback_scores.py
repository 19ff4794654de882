"""Scores from what every run has, in the form of verification.nc, for runs made before or without `tilth verify`."""

import csv

import numpy as np

import plot_common as common
from tables import table_of

COLUMNS = ("source", "reference", "variable", "kind", "units", "observed", "region", "pft", "season", "lead_days", "score", "value", "low", "high", "n")
SEASONS = {"all": range(1, 13), "DJF": (12, 1, 2), "MAM": (3, 4, 5), "JJA": (6, 7, 8), "SON": (9, 10, 11)}
SITE_SCORES = ("nse", "rmse", "bias", "r")
SOURCES = {"prior": "open_loop", "posterior": "analysis"}


def row(**values):
    return {"pft": "all", "season": "all", "lead_days": None, "low": None, "high": None, "kind": "variable", "observed": 0} | values


def from_products(nature, parts, regions, observed):
    """RMSE, bias, spread, coverage by region and season of every product against the nature run; area-weighted."""
    rows = []
    if nature is None or "lat" not in nature.variables:
        return rows
    months = nature["time"].dt.month.values
    if "lat" in nature.dims:
        lat, lon = np.meshgrid(nature["lat"].values, nature["lon"].values, indexing="ij")
        area = nature["cell_area"].values if "cell_area" in nature else np.cos(np.deg2rad(lat))
    else:
        lat, lon = nature["lat"].values, nature["lon"].values
        area = np.ones(lat.shape)
    lon = (lon + 180) % 360 - 180
    area = np.nan_to_num(area)
    masks = {n: area * ((lat >= s) & (lat <= t) & (lon >= w) & (lon <= e)) for n, (w, e, s, t) in regions.items()}
    masks = {n: w for n, w in masks.items() if n == "global" or (0 < w.sum() < masks["global"].sum())}  # only what differs
    for name in common.product_names(nature):
        truth = nature[name].values.astype(float)
        for part, data in parts.items():
            if data is None or f"{name}_mean" not in data or data[f"{name}_mean"].shape != truth.shape:
                continue
            fields = {s: data[f"{name}_{s}"].values.astype(float) for s in ("mean", "sd", "q05", "q95") if f"{name}_{s}" in data}
            about = {"source": part, "reference": "nature", "variable": name, "units": nature[name].attrs.get("units", ""),
                     "observed": int(name in observed), "kind": "parameter" if name.startswith("parameter_") else "variable"}
            for region, weights in masks.items():
                for season, which in SEASONS.items():
                    chosen = np.isin(months, which)
                    if chosen.any() and (region == "global" or season == "all"):
                        values = scores({k: v[chosen] for k, v in fields.items()}, truth[chosen], weights)
                        rows += [row(**about, region=region, season=season, score=s, value=v, n=n) for s, v, n in values]
    return rows


def scores(fields, truth, weights):
    """(score, value, number of values) of one region and season."""
    weight = np.broadcast_to(weights, truth.shape) * (np.isfinite(truth) & np.isfinite(fields["mean"]))
    total, n = weight.sum(), int((weight > 0).sum())
    if not total > 0:
        return []
    mean = lambda values: float(np.nansum(np.where(weight > 0, values, 0) * weight) / total)  # noqa: E731
    error = fields["mean"] - truth
    bias, square = mean(error), mean(error**2)
    out = [("rmse", square**0.5, n), ("bias", bias, n), ("ubrmse", max(square - bias**2, 0) ** 0.5, n)]
    if "sd" in fields:
        spread = mean(fields["sd"] ** 2) ** 0.5
        out += [("spread", spread, n)] + ([("spread_skill", spread / square**0.5, n)] if square > 0 else [])
    if "q05" in fields and "q95" in fields:
        out.append(("coverage90", mean((truth >= fields["q05"]) & (truth <= fields["q95"])), n))
    return out


def from_sites(run, units):
    """Rows of site_scores.csv: observations withheld at sites; a site is a region."""
    path = run.path / "site_scores.csv"
    if not path.exists():
        return []
    rows = []
    for line in csv.DictReader(path.open()):
        for which, source in SOURCES.items():
            for score in SITE_SCORES:
                text = line.get(f"{score}_{which}") or ""
                try:
                    value = float(text)
                except ValueError:
                    continue
                if np.isfinite(value):
                    rows.append(row(source=source, reference="withheld", variable=line["variable"], kind="stream", units=units.get(line["variable"], "1"), score=score,
                                    observed=int(line.get("assimilated") or 0), region=line["site"], value=value, n=int(line.get("n") or 0)))
    return rows + medians(rows)


def medians(rows):
    """The region "median of sites" of every stream and score."""
    keys = dict.fromkeys((r["source"], r["variable"], r["score"], r["observed"], r["units"]) for r in rows)
    out = []
    for source, variable, score, observed, units in keys:
        values = [r["value"] for r in rows if (r["source"], r["variable"], r["score"], r["observed"]) == (source, variable, score, observed)]
        out.append(row(source=source, reference="withheld", variable=variable, kind="stream", units=units, score=score, observed=observed,
                       region="median of sites", value=float(np.median(values)), n=len(values)))
    return out


def table(rows):
    return table_of(rows, COLUMNS) if rows else None

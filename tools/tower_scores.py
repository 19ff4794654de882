"""Scores of a model at towers and of regressions on the same data (Best et al. 2015; Abramowitz et al. 2024)."""

import numpy as np

# Flux -> drivers of the linear benchmark.
BENCHMARKS = {"H": ("SWdown",), "LE": ("SWdown", "Tair", "RH")}
FEWEST = 20  # pairs below which a score says nothing


def scores(model, observed):
    """n, r, RMSE, bias and NME = sum|m - o| / sum|o - mean o|."""
    m, o = np.asarray(model, float), np.asarray(observed, float)
    spread = np.abs(o - o.mean()).sum()
    r = np.corrcoef(m, o)[0, 1] if m.std() > 0 and o.std() > 0 else np.nan
    return {"n": len(o), "r": r, "rmse": np.sqrt(((m - o) ** 2).mean()), "bias": (m - o).mean(),
            "nme": np.abs(m - o).sum() / spread, "observed": o.mean()}


def groups_of(time):
    """What is left out at a time: years, or the months of a record shorter than two years."""
    years = time.astype("datetime64[Y]").astype(int)
    if len(np.unique(years)) > 2 or (np.unique(years, return_counts=True)[1] > 60).sum() > 1:
        return years, "year"
    return time.astype("datetime64[M]").astype(int), "month"


def regression(drivers, observed, fitted):
    """Least squares on the rows `fitted`, for all rows."""
    x = np.column_stack([np.ones(len(observed)), *drivers])
    coefficients, *_ = np.linalg.lstsq(x[fitted], observed[fitted], rcond=None)
    return x @ coefficients


def benchmark(flux, weather, time, observed):
    """Scores of the regression, each group predicted by a fit on the others, and of one fit on all; None for others."""
    if flux not in BENCHMARKS:
        return None
    drivers = [np.asarray(weather[name], float) for name in BENCHMARKS[flux]]
    groups, left_out = groups_of(time)
    out = np.full(len(observed), np.nan)
    for group in np.unique(groups):
        inside = groups == group
        if (~inside).sum() < FEWEST:
            continue
        out[inside] = regression(drivers, observed, ~inside)[inside]
    known = np.isfinite(out)
    everything = np.ones(len(observed), bool)
    return {"out": scores(out[known], observed[known]) if known.sum() >= FEWEST else None,
            "in": scores(regression(drivers, observed, everything), observed), "left_out": left_out}


def median(rows, flux, key):
    values = [row[key] for row in rows if row["flux"] == flux and np.isfinite(row[key])]
    return float(np.median(values)) if values else np.nan

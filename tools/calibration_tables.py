"""The long tables of calibration.nc and scopes.nc as rows, and in Markdown."""

from collections import defaultdict

import numpy as np

CALIBRATION = ("parameter", "cost", "search", "optimum", "sample", "direction", "score", "failed")


def text_of(values):
    if values.dtype.kind in "SUO":
        return [v.decode().strip() if isinstance(v, bytes) else str(v).strip() for v in values]
    return values.tolist()


def tables_of(data):
    """Every table `name` of variables name_column over its own dimension, as a list of rows; absent ones are empty."""
    columns = defaultdict(dict)
    for variable in data.data_vars:
        dimensions = data[variable].dims
        if len(dimensions) == 1 and variable.startswith(f"{dimensions[0]}_"):
            columns[dimensions[0]][variable[len(dimensions[0]) + 1:]] = text_of(data[variable].values)
    out = defaultdict(list)
    out.update({name: [dict(zip(table, row)) for row in zip(*table.values())] for name, table in columns.items()})
    for name in CALIBRATION:
        out[name]  # noqa: B018  there, if empty
    return out


def number(value):
    if isinstance(value, str):
        return value
    return "-" if not np.isfinite(value) else f"{value:.0f}" if value == round(value) and abs(value) < 1e6 else f"{value:.3g}"


def table(rows, columns):
    """Markdown of some columns: (heading, key) pairs."""
    lines = ["| " + " | ".join(heading for heading, _ in columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(number(row[key]) for _, key in columns) + " |" for row in rows]
    return "\n".join(lines)


def medians(score):
    """Median NSE over sites, prior and posterior, per set, stream and scale."""
    groups = defaultdict(lambda: {"prior": [], "posterior": []})
    for row in score:
        if np.isfinite(row["nse"]):
            groups[(row["set"], row["stream"], row["scale"])][row["source"]].append(row["nse"])
    return [{"set": s, "stream": t, "scale": c, "sites": len(g["posterior"]),
             **{k: np.median(v) if v else np.nan for k, v in g.items()}} for (s, t, c), g in groups.items()]


def markdown(data, problems=()):
    """All that people want to see of the tables."""
    parts = []
    if "calibration" in data:
        of = data["calibration"]
        for problem in dict.fromkeys(row["problem"] for row in of["parameter"]):
            if problems and problem not in problems:
                continue
            mine = {name: [row for row in of[name] if row["problem"] == problem] for name in ("parameter", "cost")}
            parts += [f"## {problem}", table(mine["parameter"], [
                ("Parameter", "name"), ("default", "prior"), ("value", "value"), ("sd", "sd"), ("low", "low"), ("high", "high"), ("units", "units"),
                ("z", "z"), ("z sd", "z_sd"), ("at bound", "at_bound")])]
            parts.append(table(mine["cost"], [("Stream", "stream"), ("parameters", "source"), ("used", "used"), ("missing", "missing"),
                                              ("withheld", "withheld"), ("weight", "weight"), ("chi2", "chi2"), ("J", "cost")]))
        parts += ["## Scores (median NSE over sites)", table(medians(of["score"]), [
            ("Observations", "set"), ("stream", "stream"), ("scale", "scale"), ("sites", "sites"), ("prior", "prior"), ("posterior", "posterior")])]
        if of["failed"]:
            parts.append(f"{len({(row['site'], row['run']) for row in of['failed']})} runs failed.")
    if "scopes" in data:
        parts += ["## Scopes", table(data["scopes"]["median"], [
            ("Scope", "scope"), ("sites", "sites"), ("stream", "stream"), ("years", "years"), ("scale", "scale"), ("NSE", "nse"), ("r", "r"),
            ("bias", "bias"), ("RMSE", "rmse"), ("count", "count")])]
    return "\n\n".join(parts)

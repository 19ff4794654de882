"""Tables of a run: columns of verification.nc, scorecard.nc and impact.nc, series of diagnostics and parameters."""

import numpy as np
import xarray as xr

import plot_common as common

GLOBAL = ("", "BAR", "global")


def plain(values):
    """A list that JSON can hold: words, numbers rounded to six figures, None for what is missing."""
    values = np.asarray(values)
    if values.dtype.kind in "SUO":
        return common.words(values)
    return [float(f"{v:.6g}") if np.isfinite(v) else None for v in values.astype(float)]


def open_plain(path):
    """A table as it is: a column in days is a number here, not a span of time."""
    try:
        with xr.open_dataset(path, decode_times=False) as data:
            return data.load()
    except (OSError, ValueError) as error:
        if path.exists():
            common.say(f"skipped: {path} is unreadable ({error})")
        return None


def read_table(path, table):
    """Column -> list of the table whose variables are called `<table>_<column>`; None when it is not there."""
    data = open_plain(path)
    prefix = f"{table}_"
    if data is None:
        return None
    columns = {n[len(prefix):]: data[n] for n in data.variables if n.startswith(prefix) and data[n].ndim == 1}
    # Another table's name may begin with this one's: keep the columns along the dimension that most of them share.
    sizes = [c.dims[0] for c in columns.values()]
    if not sizes:
        return None
    dimension = table if table in sizes else max(set(sizes), key=sizes.count)
    out = {n: plain(c.values) for n, c in columns.items() if c.dims[0] == dimension}
    attributes = {k: str(v) for k, v in data.attrs.items() if k != "Conventions"}
    return {"columns": out, "rows": len(next(iter(out.values()))), "attributes": attributes}


def table_of(rows, names):
    """The same form from a list of rows."""
    return {"columns": {n: [r.get(n) for r in rows] for n in names}, "rows": len(rows), "attributes": {}}


def rows_of(table):
    """Rows as dictionaries."""
    if not table:
        return []
    names = list(table["columns"])
    return [dict(zip(names, values)) for values in zip(*table["columns"].values())]


def milliseconds(times):
    return [int(t) for t in np.asarray(times, "datetime64[ms]").astype("int64")]


def diagnostics(folder):
    """Stream -> column -> list over windows, of diagnostics.nc."""
    data = common.open_file(folder / "diagnostics.nc") if (folder / "diagnostics.nc").exists() else None
    if data is None or "stream" not in data:
        return {}
    stream = np.array(common.words(data["stream"]))
    out = {}
    for name in dict.fromkeys(stream):
        rows = np.flatnonzero(stream == name)
        columns = {n: plain(data[n].values[rows]) for n in data.variables if n not in ("stream", "time") and data[n].dtype.kind in "fi"}
        out[name] = columns | {"time": milliseconds(data["time"].values[rows])}
    return out


def parameters(folder):
    """List of series (parameter, pft, units, time, mean, sd, q05, q95) of parameters.nc."""
    data = common.open_file(folder / "parameters.nc") if (folder / "parameters.nc").exists() else None
    if data is None or not {"time", "parameter", "mean"} <= set(data.variables):
        return []
    words = {n: np.array(common.words(data[n])) if n in data else np.full(data["mean"].size, "") for n in ("parameter", "pft", "units")}
    keys = np.char.add(np.char.add(words["parameter"], "\t"), words["pft"])
    out = []
    for key in dict.fromkeys(keys):
        rows = np.flatnonzero(keys == key)
        series = {n: plain(data[n].values[rows]) for n in ("mean", "sd", "q05", "q95") if n in data}
        name, pft = key.split("\t")
        out.append(series | {"name": name, "pft": pft, "units": str(words["units"][rows[0]]),
                             "time": milliseconds(data["time"].values[rows])})
    return without_bare_ground(out)


def without_bare_ground(series):
    """A global parameter stands under the first type, bare ground, where one of plants has no meaning."""
    count = {}
    for s in series:
        count[s["name"]] = count.get(s["name"], 0) + 1
    return [s | {"pft": "" if count[s["name"]] == 1 and s["pft"] in GLOBAL else s["pft"]} for s in series
            if s["pft"] not in GLOBAL or count[s["name"]] == 1]

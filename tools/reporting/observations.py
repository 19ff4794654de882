"""Observations of a part of a run: gridded per window and stream, and the shapes of their departures."""

import numpy as np

import plot_common as common

WITHHELD = 256
QUANTITIES = {"value": 16, "error_sd": 8, "prior_mean": 16, "prior_sd": 8, "posterior_mean": 16, "posterior_sd": 8}  # -> bits
EDGE, BINS, MOST_RANKS = 5.0, 50, 60


def read(folder):
    """Columns of all feedback files of a part, with `stream` and `withheld`; None when there is none."""
    tables = []
    for path in sorted((folder / "feedback").glob("*.nc")) if (folder / "feedback").is_dir() else []:
        data = common.open_file(path)
        if data is not None and "type" in data and data["type"].size:
            tables.append(columns_of(data))
    if not tables:
        return None
    out = {n: np.concatenate([t[n] for t in tables]) for n in tables[0] if n != "units"}
    return out | {"units": {k: v for t in tables for k, v in t["units"].items()}}


def columns_of(data):
    size = data["type"].size
    number = lambda n: data[n].values.astype(float) if n in data else np.full(size, np.nan)  # noqa: E731
    meanings = str(data["type"].attrs.get("flag_meanings", "")).split()
    kinds = data["type"].values
    names = np.array([meanings[k] if k < len(meanings) else str(k) for k in range(int(kinds.max()) + 1)])
    units = str(data["type"].attrs.get("stream_units", "")).split(";")
    masks = np.atleast_1d(data["qc"].attrs.get("flag_masks", [])) if "qc" in data else []
    flags = str(data["qc"].attrs.get("flag_meanings", "")).split() if "qc" in data else []
    withheld = dict(zip(flags, masks)).get("withheld", WITHHELD)
    qc = data["qc"].values.astype(int) if "qc" in data else np.zeros(size, int)
    columns = {n: number(n) for n in (*QUANTITIES, "lon", "lat", "prior_rank", "prior_crps")}
    return columns | {"time": data["time"].values.astype("datetime64[s]"), "stream": names[kinds], "used": qc == 0,
                      "withheld": qc == withheld, "units": dict(zip(meanings, units)) if len(units) == len(meanings) else {}}


def groups(table):
    """(name, rows) of every stream: those used, and those withheld under a name of their own."""
    for stream in dict.fromkeys(table["stream"]):
        mine = table["stream"] == stream
        for suffix, rows in (("", mine & table["used"]), (" (withheld)", mine & table["withheld"])):
            if rows.any():
                yield stream + suffix, stream, rows


def gridded(table, places, times):
    """Stream -> quantity -> (window, place): means of the observations used, their number, and those rejected."""
    shape = (len(times.end), len(places.cells))
    cell, record = places.nearest(table["lon"], table["lat"]), times.index(table["time"])
    inside = (cell >= 0) & (record >= 0)
    where = record * shape[1] + cell

    def sums(rows, values=None):
        weights = None if values is None else values[rows]
        return np.bincount(where[rows], weights, shape[0] * shape[1]).reshape(shape)

    out = {}
    for name, stream, rows in groups(table):
        rows = rows & inside
        count = sums(rows)
        fields = {"count": np.where(count > 0, count, np.nan)}
        for quantity in QUANTITIES:
            known = rows & np.isfinite(table[quantity])
            with np.errstate(invalid="ignore", divide="ignore"):
                fields[quantity] = sums(known, table[quantity]) / sums(known)
        if name == stream:
            rejected = sums((table["stream"] == stream) & ~table["used"] & ~table["withheld"] & inside)
            fields["rejected"] = np.where(rejected > 0, rejected, np.nan)
        out[name] = fields
    return out


def pack(prefix, fields, blobs):
    """Keys of the packed fields of one stream."""
    bits = QUANTITIES | {"count": 16, "rejected": 16}
    return {q: blobs.add(f"{prefix}.{q}", values, bits[q]) for q, values in fields.items() if np.isfinite(values).any()}


def rank_histogram(ranks, members):
    """Counts per rank, (members below + 1/2) / (N + 1), in groups of ranks when there are many; and how many ranks a bar has."""
    every = np.bincount(np.clip(np.floor(ranks * (members + 1)).astype(int), 0, members), minlength=members + 1)
    starts = np.arange(0, members + 1, -(-(members + 1) // MOST_RANKS))
    return np.add.reduceat(every, starts).tolist(), np.diff(np.append(starts, members + 1)).tolist()


def shapes(table, members):
    """Stream -> histograms of departures over their expected standard deviation, ranks, and a few numbers."""
    out = {}
    edges = np.linspace(-EDGE, EDGE, BINS + 1)
    for name, stream, rows in groups(table):
        expected = np.hypot(table["prior_sd"], table["error_sd"])[rows]
        about = {"edges": edges.tolist(), "n": int(rows.sum()), "stream": stream, "units": table["units"].get(stream, "")}
        for which in ("prior", "posterior"):
            departure = (table["value"] - table[f"{which}_mean"])[rows]
            with np.errstate(invalid="ignore", divide="ignore"):
                scaled = departure / expected
            scaled, known = scaled[np.isfinite(scaled)], departure[np.isfinite(departure)]
            about[which] = np.histogram(np.clip(scaled, -EDGE, EDGE), edges)[0].tolist()
            about[f"{which}_bias"] = float(known.mean()) if known.size else None
            about[f"{which}_rms"] = float(np.sqrt((known**2).mean())) if known.size else None
            about[f"{which}_chi2"] = float((scaled**2).mean()) if scaled.size and which == "prior" else None
        ranks = table["prior_rank"][rows]
        ranks = ranks[np.isfinite(ranks)]
        about["ranks"], about["rank_widths"] = rank_histogram(ranks, members) if ranks.size else (None, None)
        crps = table["prior_crps"][rows]
        about["crps"] = float(np.nanmean(crps)) if np.isfinite(crps).any() else None
        out[name] = about
    return out

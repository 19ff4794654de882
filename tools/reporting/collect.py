"""Everything the report shows of one run, as plain data; arrays go to the packed fields."""

import numpy as np

import diagnosis
import fallback_scores
import observations
import plot_common as common
import tables
from fields import Fields

TABLES = {"score": "verification.nc", "rank_histogram": "verification.nc", "reliability": "verification.nc", "roc": "verification.nc",
          "cell": "scorecard.nc", "impact": "impact.nc"}
# Products that an operator sees directly; others are compared through the operator only.
SEEN = {"surface_soil_moisture": "surface_soil_moisture", "gpp": "gross_primary_productivity", "nee": "net_ecosystem_exchange",
        "latent_heat_flux": "latent_heat_flux", "leaf_area_index": "leaf_area_index", "snow_water_equivalent": "snow_water_equivalent"}


# Units of what operators predict, where no file of observations tells them.
UNITS = {"ndvi": "1", "fapar": "1", "sif": "mW m-2 sr-1 nm-1", "surface_soil_moisture": "m3 m-3", "gpp": "g m-2 day-1", "nee": "g m-2 day-1",
         "latent_heat_flux": "W m-2", "sensible_heat_flux": "W m-2", "leaf_area_index": "1", "brightness_temperature": "K", "land_surface_temperature": "K",
         "snow_water_equivalent": "kg m-2", "biomass": "kg m-2", "state_value": "1"}
PROOF_MODELS = ("lorenz96", "lorenz63", "linear", "advection")


def quietly(path):
    return common.open_file(path) if path.exists() else None


def product_of(stream):
    """Product that shows what a stream's operator predicts."""
    operator = stream.get("operator")
    name = next(iter(operator), "") if isinstance(operator, dict) else str(operator or "")
    return SEEN.get(name, "")


def stream_units(run):
    """Stream -> units: of the simulated observations, else of what the operator predicts."""
    out = {}
    for name, options in run.streams().items():
        data = quietly(run.path / "observations" / f"{name}.nc")
        values = [v for n, v in (data.data_vars.items() if data is not None else ()) if n in ("value", options.get("variable"))]
        operator = options.get("operator")
        operator = next(iter(operator), "") if isinstance(operator, dict) else str(operator or "")
        out[name] = str(values[0].attrs["units"]) if values and "units" in values[0].attrs else UNITS.get(operator, "units of the stream")
    return out


def model_of(run):
    return next(iter(run.options.get("model") or {"": None}), "")


def facts(run):
    """What ran, as (word, value)."""
    record, options = run.record, run.options
    last = (record.get("runs") or [{}])[-1]
    time = options.get("time") or {}
    method = next(iter((options.get("analysis") or {}).get("method") or {"": None}), "")
    seconds = record.get("wall_s")
    out = [("Experiment", (options.get("experiment") or {}).get("name", "")), ("Command", record.get("command", "")),
           ("Status", record.get("status", "no run.json")), ("Model", model_of(run)), ("Method", method),
           ("Period", f"{time.get('start', '?')} to {time.get('end', '?')}, windows of {time.get('window', '?')}" if time else ""),
           ("Domain", f"{record['columns']} columns, {record.get('tiles', '?')} tiles" if "columns" in record else ""),
           ("Members", record.get("members", "")), ("Windows", record.get("windows", "")),
           ("Streams", ", ".join(run.streams())), ("Ranks", record.get("ranks", "")),
           ("Duration", f"{seconds / 60:.1f} min" if seconds and seconds > 90 else f"{seconds:.1f} s" if seconds else ""),
           ("Memory", f"{record['peak_memory_per_rank_MiB']:.0f} MiB per rank at most" if "peak_memory_per_rank_MiB" in record else ""),
           ("Started", last.get("started", "")), ("Version", f"{record.get('version', '')} ({(record.get('build') or {}).get('revision', '')})" if record else "")]
    return [(k, str(v)) for k, v in out if v not in ("", None)]


def headline(run, score):
    """Rows of the summary: open loop and analyses, error, ratio, spread over error, coverage; or scores of withheld observations."""
    chosen = {}
    for r in tables.rows_of(score):
        if r.get("region") in ("global", "all", "median of sites") and r.get("season") in ("all", None) and r.get("pft") in ("all", None, "") \
                and r.get("lead_days") in (None, 0) and r["value"] is not None and r["reference"] in ("nature", "withheld", "denied"):
            key = (r["reference"], r["variable"], r["source"])
            chosen.setdefault(key, {"units": r.get("units", ""), "observed": r.get("observed"), "kind": r.get("kind")})[r["score"]] = r["value"]
    rows = []
    for (reference, variable, source), values in chosen.items():
        if source in ("open_loop", "climatology", "forecast"):
            continue
        free = chosen.get((reference, variable, "open_loop"), {})
        rows.append({"variable": variable, "reference": reference, "source": source, "open_loop": free.get("rmse"), "open_loop_nse": free.get("nse")} | values)
    return rows


def parameters(run, ensembles):
    parts = {n: tables.parameters(f) for n, f in ensembles.items()}
    truth = {f"{s['name']}\t{s['pft']}": s["mean"][-1] for s in tables.parameters(run.nature())} if run.nature().is_dir() else {}
    return {"parts": {n: s for n, s in parts.items() if s}, "truth": truth}


def scores(run, nature, parts):
    found = {name: tables.read_table(run.path / file, name) for name, file in TABLES.items()}
    found["origin"] = "verification.nc"
    if not found["score"]:
        observed = {product_of(s) for s in run.streams().values()}
        rows = fallback_scores.from_products(nature, parts, run.regions(), observed) + fallback_scores.from_sites(run, stream_units(run))
        found["score"] = fallback_scores.table(rows)
        found["origin"] = "this report, from products.nc and site_scores.csv" if rows else ""
    return found


def stream_fields(run_id, table, part, index, fields, blobs):
    if table is None or fields.empty:
        return {}
    gridded = observations.gridded(table, fields.places, fields.times)
    return {name: observations.pack(f"{run_id}.o{n}.{index}", quantities, blobs) for n, (name, quantities) in enumerate(gridded.items())}


def region_members(run, fields):
    """Region -> indices of its places, only of those that hold any."""
    if fields.empty:
        return {}
    places, out = fields.places, {}
    lon = (places.lon + 180) % 360 - 180
    for name, (west, east, south, north) in run.regions().items():
        inside = (lon >= west) & (lon <= east) & (places.lat >= south) & (places.lat <= north)
        if inside.any():
            out[name] = np.flatnonzero(inside).tolist()
    return out


def collect(run, run_id, blobs, budget):
    """Plain data of one run; `blobs` receives its packed fields, at most about `budget` bytes of them."""
    ensembles = run.ensembles()
    nature = quietly(run.nature() / "products.nc")
    parts = {n: quietly(f / "products.nc") for n, f in ensembles.items()}
    fields = Fields(run_id, nature, parts, {n: quietly(f / "windows.nc") for n, f in ensembles.items()}, blobs, budget)
    found = scores(run, nature, parts)
    out = {"id": run_id, "label": run.label, "facts": facts(run), "geography": model_of(run) not in PROOF_MODELS, "ensembles": list(ensembles), "has_nature": nature is not None,
           "grid": fields.describe(), "regions": region_members(run, fields), "parameters": parameters(run, ensembles),
           "diagnostics": {n: d for n, f in ensembles.items() if (d := tables.diagnostics(f))}, "tables": found,
           "streams": {}, "shapes": {}, "record": record(run)}
    for index, (part, folder) in enumerate(ensembles.items()):
        table = observations.read(folder)
        if table is not None:
            out["streams"][part] = stream_fields(run_id, table, part, index, fields, blobs)
            out["shapes"][part] = observations.shapes(table, int(run.record.get("members") or 19))
    out["stream_units"] = stream_units(run)
    out["stream_products"] = {n: product_of(s) for n, s in run.streams().items()}
    out["headline"] = headline(run, found["score"])
    out["findings"] = findings(run, out)
    return out


def findings(run, data):
    found = list(diagnosis.record_findings(run.record, run.label))
    if not data["ensembles"] and not data["has_nature"]:
        found.append(diagnosis.finding(diagnosis.SEVERE, "The folder holds no results: neither products, diagnostics, parameters nor feedback.", "provenance", run.label))
    for part, streams in data["diagnostics"].items():
        if part != "open_loop":
            for stream, columns in streams.items():
                found += diagnosis.stream_findings(stream, columns, data["diagnostics"].get("open_loop", {}).get(stream), (run.label, part))
            found += diagnosis.increment_findings(streams, (run.label, part))
    found += diagnosis.score_findings(data["tables"]["score"], run.label)
    found += diagnosis.parameter_findings(data["parameters"], run.label)
    return ordered(found)


def ordered(found):
    """Most serious first; what holds for several experiments is said once."""
    merged = {}
    for f in found:
        known = merged.setdefault((f["severity"], f["text"]), f)
        if known is not f:
            known["part"] += f", {f['part']}"
    found = list(merged.values())
    order = [diagnosis.SEVERE, diagnosis.WARNING, diagnosis.NOTE]
    return sorted(found, key=lambda f: order.index(f["severity"]))


def record(run):
    """run.json without what the report shows elsewhere."""
    keys = ("program", "version", "status", "message", "command", "experiment", "build", "ranks", "columns", "tiles", "members", "windows",
            "configuration", "runs", "inputs", "parts", "seconds", "phases", "wall_s", "peak_memory_per_rank_MiB", "forcing_remarks", "warnings")
    return {k: run.record[k] for k in keys if k in run.record}

"""One file from data, packed fields, style and scripts; needs no network when it is opened."""

import html
import json
from pathlib import Path

import numpy as np

import plot_common as common
from pack import base64_gzip

HERE = Path(__file__).parent
SCRIPTS = ("core.js", "controls.js", "plots.js", "scales.js", "summary.js", "maps.js", "series.js", "parameters.js", "innovations.js", "ranks.js", "scores.js",
           "scorecard.js", "impact.js", "provenance.js", "start.js")
PLACES_OF_PLOTLY = ("/usr/share/python3-plotly/plotly.js",)  # Debian's python3-plotly


def plotly_source():
    """The plotting library: Debian's, else that of the Python package of the same name."""
    candidates = [Path(p) for p in PLACES_OF_PLOTLY]
    try:
        import plotly
        candidates.append(Path(plotly.__file__).parent / "package_data/plotly.min.js")
    except ImportError:
        pass
    for path in candidates:
        if path.exists():
            return path.read_bytes()
    raise FileNotFoundError("plotly.js was not found in " + " or ".join(map(str, candidates)) + "; tools/install provides it (python3-plotly)")


def coast_lines(boxes, tolerance=0.05):
    """Longitudes and latitudes of the coast within any of the boxes (west, east, south, north), None between lines."""
    lon, lat = [], []
    for shape in common.coastline():
        for polygon in getattr(shape, "geoms", [shape]):
            xy = polygon.exterior.simplify(tolerance).coords
            inside = [any(w - 12 <= x <= e + 12 and s - 12 <= y <= n + 12 for w, e, s, n in boxes) for x, y in xy]
            if sum(inside) < 2:
                continue
            last = None
            for (x, y), keep in zip(xy, inside):
                if last is not None and (not keep or abs(x - last) > 180):
                    lon.append(None), lat.append(None)
                if keep:
                    lon.append(round(x, 2)), lat.append(round(y, 2))
                last = x if keep else None
            lon.append(None), lat.append(None)
    return {"lon": lon, "lat": lat}


def boxes_of(runs):
    out = []
    for run in runs:
        places = run["grid"].get("places")
        if places and places["lon"]:
            out.append((min(places["lon"]), max(places["lon"]), min(places["lat"]), max(places["lat"])))
    return out


def script(kind, identity, text):
    """An element that carries text; base64 and our own scripts hold no closing tag."""
    return f'<script type="{kind}" id="{identity}">{text}</script>\n'


def summary_html(runs):
    """The words of the summary, readable without any script."""
    rows = []
    for run in runs:
        rows.append(f"<h3>{html.escape(run['label'])}</h3><ul class=\"findings\">")
        for f in run["findings"]:
            where = f" <span class=\"part\">{html.escape(f['part'])}</span>" if f["part"] and len(run["ensembles"]) > 2 else ""
            rows.append(f"<li class=\"{f['severity']}\"><strong>{f['severity']}</strong>{where} {html.escape(f['text'])} "
                        f"<a href=\"#{f['panel']}\">look at: {f['panel']}</a></li>")
        if not run["findings"]:
            rows.append("<li class=\"good\"><strong>good</strong> No rule found anything wrong in what this run wrote.</li>")
        rows.append("</ul>")
    return "\n".join(rows)


def tidy(value):
    """Plain values that JSON can hold; numbers that are not finite become None."""
    if isinstance(value, dict):
        return {str(k): tidy(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [tidy(v) for v in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def write(path, title, runs, blobs, plotly):
    """Writes the report and tells its size in bytes."""
    data = {"title": title, "runs": runs, "fields": blobs.describe, "coast": coast_lines(boxes_of(runs))}
    text = (HERE / "page.html").read_text()
    parts = {"TITLE": html.escape(title), "STYLE": (HERE / "style.css").read_text(), "SUMMARY": summary_html(runs),
             "DATA": script("text/plain", "data", base64_gzip(json.dumps(tidy(data), allow_nan=False, separators=(",", ":")).encode()))
             + script("application/json", "blobs", json.dumps(blobs.texts, separators=(",", ":"))),
             "PLOTLY": script("text/plain", "plotly", base64_gzip(plotly)),
             "SCRIPTS": "".join(f"<script>\n{(HERE / name).read_text()}</script>\n" for name in SCRIPTS)}
    for name, content in parts.items():
        text = text.replace(f"<!--{name}-->", content, 1)
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text)
    temporary.replace(path)
    return path.stat().st_size

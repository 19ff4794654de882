#!/usr/bin/env python3
"""Renews the tables of docs/calibration/{towers,scopes}.md from a run of jobs/experiments/calibrate_towers.yaml with scopes.

Usage: tower_calibration.py RUN_FOLDER [PAGE]    without PAGE the tables go to standard output.
A table stands in PAGE between `<!-- table STREAM -->` and `<!-- end -->`; `<!-- table scopes -->`: medians of all scopes.
"""

import re
import sys
from pathlib import Path

import numpy as np
import xarray as xr

import calibration_tables


def tables(folder):
    with xr.open_dataset(Path(folder) / "scopes.nc", decode_timedelta=False) as data:
        return calibration_tables.tables_of(data)


def scores(rows):
    """{(scope, stream, years, site): row} of the sites that trained: of days, of weeks for streams without days."""
    of = {}
    for scale in ("week", "day"):
        of.update({(r["scope"], r["stream"], r["years"], r["site"]): r for r in rows
                   if r["sites"] == "training" and r["scale"] == scale and (scale == "week" or r["n"] > 0)})
    return of


def arrow(before, after, digits=2):
    words = [("-" if not np.isfinite(v) else f"{v:.{digits}f}") for v in (before, after)]
    return " → ".join(words)


def table(of, stream, key="nse"):
    """Withheld years beside training years, prior → site, one row per site and the median."""
    sites = list(dict.fromkeys(site for scope, s, years, site in of if s == stream and scope == "site"))
    pairs = {years: [(of[("prior", stream, years, s)], of[("site", stream, years, s)]) for s in sites
                     if ("prior", stream, years, s) in of] for years in ("validation", "training")}
    digits = 3 if stream.startswith("soil") or stream == "fpar" else 2
    heading = {"nse": "NSE", "r": "r"}[key]
    lines = [f"| Site | n | {heading} | training {heading} | RMSE | bias |", "|---|---|---|---|---|---|"]
    kept = []
    for site, (a, b), (c, d) in zip(sites, pairs["validation"], pairs["training"]):
        if not np.isfinite(b[key]):
            continue
        kept.append((a, b, c, d))
        lines.append(f"| {site} | {b['n']:.0f} | {arrow(a[key], b[key])} | {arrow(c[key], d[key])} | "
                     f"{arrow(a['rmse'], b['rmse'], digits)} | {arrow(a['bias'], b['bias'], digits)} |")
    middle = lambda i, k: np.nanmedian([row[i][k] for row in kept])  # noqa: E731
    lines.append(f"| **median** | {sum(row[1]['n'] for row in kept):.0f} | {arrow(middle(0, key), middle(1, key))} | "
                 f"{arrow(middle(2, key), middle(3, key))} | {arrow(middle(0, 'rmse'), middle(1, 'rmse'), digits)} | "
                 f"{arrow(middle(0, 'bias'), middle(1, 'bias'), digits)} |")
    better = sum(row[1]["rmse"] < row[0]["rmse"] for row in kept)
    return "\n".join([*lines, "", f"RMSE smaller at {better} of {len(kept)} sites."])


def scope_table(medians):
    """Median daily NSE over sites: a row per scope and set of years, sites that trained beside held-out ones."""
    titles = {"gpp": "GPP", "latent_heat": "latent heat", "nee": "NEE"}
    of = {(r["scope"], r["years"], r["stream"], r["sites"]): r["nse"] for r in medians if r["scale"] == "day"}
    heads = " | ".join(f"{title}, trained | held out" for title in titles.values())
    lines = [f"| Scope | years | {heads} |", "|---|---|" + "---|" * (2 * len(titles))]
    for years, word in (("training", "training"), ("validation", "withheld")):
        for scope in dict.fromkeys(key[0] for key in of):
            cells = [of.get((scope, years, stream, sites), np.nan) for stream in titles for sites in ("training", "held_out")]
            lines.append(f"| `{scope}` | {word} | " + " | ".join(f"{v:.3f}" if np.isfinite(v) else "-" for v in cells) + " |")
    return "\n".join(lines)


def renew(page, of, medians):
    def fresh(match):
        if match.group(1) == "scopes":
            return f"<!-- table scopes -->\n{scope_table(medians)}\n<!-- end -->"
        stream, key = match.group(1), match.group(2) or "nse"
        return f"<!-- table {match.group(1)}{' ' + match.group(2) if match.group(2) else ''} -->\n" \
               f"{table(of, stream, key)}\n<!-- end -->"

    pattern = r"<!-- table (\w+)(?: (nse|r))? -->\n.*?<!-- end -->"
    return re.sub(pattern, fresh, page, flags=re.DOTALL)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    found = tables(sys.argv[1])
    of, medians = scores(found["score"]), found["median"]
    if len(sys.argv) > 2:
        page = Path(sys.argv[2])
        page.write_text(renew(page.read_text(), of, medians))
        return
    for stream in dict.fromkeys(key[1] for key in of):
        print(f"### {stream}\n\n{table(of, stream)}\n")
    print(f"### Scopes\n\n{scope_table(medians)}")


if __name__ == "__main__":
    main()

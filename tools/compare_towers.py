"""Yearly sums of runs that should agree: steps of 1800 and 3600 s, weather of hours and of days, both tiers."""

import run_towers
import tower_sites as towers



def yearly(folder):
    """GPP (g m-2 a-1) and evapotranspiration (kg m-2 a-1), mean over whole years where there are any."""
    data = run_towers.daily_output(folder)
    whole = data.sizes["time"] // 365 * 365
    data = data.isel(time=slice(None, whole or None))
    return {"GPP": float(data["gross_primary_productivity"].mean()) * 365.25,
            "ET": float(data["evapotranspiration"].mean()) * 365.25,
            "H": float(data["sensible_heat_flux"].mean()) if "sensible_heat_flux" in data else float("nan")}


def table(title, names, pairs):
    """Rows site, GPP and ET of both, differences of the second from the first in percent."""
    lines = [f"### {title}", "", f"| Site | GPP {names[0]} | GPP {names[1]} | % | ET {names[0]} | ET {names[1]} | % |",
             "|---|---|---|---|---|---|---|"]
    differences = {"GPP": [], "ET": []}
    for site, (a, b) in pairs.items():
        words = [site]
        for key in ("GPP", "ET"):
            percent = 100.0 * (b[key] - a[key]) / a[key]
            differences[key].append(abs(percent))
            words += [f"{a[key]:.0f}", f"{b[key]:.0f}", f"{percent:+.1f}"]
        lines.append("| " + " | ".join(words) + " |")
    mean = {k: sum(v) / max(1, len(v)) for k, v in differences.items()}
    lines += [f"| **mean size** | | | {mean['GPP']:.1f} | | | {mean['ET']:.1f} |", ""]
    return lines


def pairs_of(run_all, sites, output, first, second):
    runs = [run_all(sites, options, output / name) for name, options in (first, second)]
    return {s: (yearly(runs[0][s]), yearly(runs[1][s])) for s in sites if s in runs[0] and s in runs[1]}


def compare(options, sites, output, run_all):
    """Runs what is compared and writes compare.md."""
    base = {**options, "model": "hourly", "steps": False}
    hour, half = ("hour", {**base, "step_s": 3600}), ("half_hour", {**base, "step_s": 1800})
    days = ("days", {**base, "step_s": 3600, "days_only": True})
    daily = ("daily_tier", {**base, "model": "daily", "days_only": True})
    daily_sites = sites or list(towers.daily_sites())
    step_sites = [s for s in towers.STEP_SITES if not sites or s in sites]
    half_hourly = [s for s in step_sites if towers.STEP_SITES[s]["step_s"] == 1800]
    daily_sites = [s for s in daily_sites if s not in towers.STEP_SITES]
    lines = ["GPP in g m-2 a-1 of carbon, ET in kg m-2 a-1.", ""]
    lines += table("Steps of 1800 s and of 3600 s, half-hourly weather", ("1800 s", "3600 s"),
                   pairs_of(run_all, half_hourly, output, half, hour))
    lines += table("Steps of 1800 s and of 3600 s, daily weather", ("1800 s", "3600 s"),
                   pairs_of(run_all, daily_sites, output, half, hour))
    lines += table("Weather of hours and of days, steps of 3600 s", ("hours", "days"),
                   pairs_of(run_all, step_sites, output, hour, days))
    lines += table("Hourly and daily tier, daily weather", ("hourly", "daily"),
                   pairs_of(run_all, daily_sites, output, hour, daily))
    lines += table("Hourly and daily tier, daily means of finer weather", ("hourly", "daily"),
                   pairs_of(run_all, step_sites, output, days, daily))
    text = "\n".join(lines)
    (output / "compare.md").write_text(text)
    print(text)

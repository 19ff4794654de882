"""Pictures of a model at towers: seasonal cycle, scatter of days, mean day of half-hourly sites, scores beside regressions."""

import matplotlib.pyplot as plt
import numpy as np

import tower_scores
import tower_sites as towers
from plot_common import BLACK, BLUE, RED, save, units_text

DRAWN = ("LE", "H", "GPP", "NEE")
MODEL, OBSERVED = BLUE, BLACK


def panels(count, width=3.0, height=2.2, columns=4):
    rows = -(-count // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(width * columns, height * rows), squeeze=False)
    for spare in axes.ravel()[count:]:
        spare.set_visible(False)
    return figure, axes.ravel()[:count]


def seasonal(kept, flux, folder):
    """Mean of each month over the times that both have."""
    mine = {s: f["data"] for (s, name), f in kept.items() if name == flux}
    if not mine:
        return
    figure, axes = panels(len(mine))
    for axis, (site, data) in zip(axes, mine.items()):
        months = data[["model", "observed"]].groupby("time.month").mean()
        axis.plot(months["month"], months["observed"], color=OBSERVED, marker="o", ms=3, label="observed")
        axis.plot(months["month"], months["model"], color=MODEL, marker="s", ms=3, ls="--", label="model")
        axis.set_title(site)
        axis.set_xlabel("month")
        axis.set_ylabel(f"{flux} ({units_text(towers.FLUXES[flux][2])})")
        axis.set_xticks([1, 4, 7, 10])
    axes[0].legend()
    save(figure, folder, f"season_{flux}")


def scatter(kept, flux, folder):
    mine = {s: f["data"] for (s, name), f in kept.items() if name == flux}
    if not mine:
        return
    figure, axes = panels(len(mine), height=2.7)
    for axis, (site, data) in zip(axes, mine.items()):
        o, m = data["observed"].values, data["model"].values
        both = np.concatenate([o, m])
        low, high = np.percentile(both, [0.2, 99.8])
        axis.plot(o, m, ls="", marker=".", ms=1.5, alpha=0.35, color=MODEL, rasterized=True)
        axis.plot([low, high], [low, high], color=OBSERVED, lw=0.8)
        axis.set_xlim(low, high)
        axis.set_ylim(low, high)
        s = tower_scores.scores(m, o)
        axis.set_title(f"{site}: r {s['r']:.2f}, NME {s['nme']:.2f}")
        axis.set_xlabel(f"observed {flux} ({units_text(towers.FLUXES[flux][2])})")
        axis.set_ylabel("model")
    save(figure, folder, f"scatter_{flux}")


def diurnal(kept, folder):
    """Mean day of the three months with the most observed flux, at sites with observations of half-hours."""
    mine = {key: f["data"] for key, f in kept.items() if f["every"] == "step"}
    if not mine:
        return
    figure, axes = panels(len(mine))
    for axis, ((site, flux), data) in zip(axes, mine.items()):
        by_month = np.abs(data["observed"].groupby("time.month").mean())
        chosen = by_month["month"].values[np.argsort(-by_month.values)[:3]]
        part = data[["model", "observed"]].sel(time=data["time.month"].isin(chosen))
        hour = (part["time"].dt.hour + part["time"].dt.minute / 60.0).rename("hour")
        day = part.groupby(hour).mean()
        axis.plot(day["hour"], day["observed"], color=OBSERVED, label="observed")
        axis.plot(day["hour"], day["model"], color=MODEL, ls="--", label="model")
        axis.set_title(f"{site}, months {', '.join(str(m) for m in sorted(chosen))}")
        axis.set_xlabel("local standard time (h)")
        axis.set_ylabel(f"{flux} ({units_text(towers.FLUXES[flux][2])})")
        axis.set_xticks([0, 6, 12, 18, 24])
    axes[0].legend()
    save(figure, folder, "day")


def errors(rows, folder):
    """NME of model and regression per site."""
    figure, axes = plt.subplots(1, len(tower_scores.BENCHMARKS), figsize=(11, 3.6))
    for axis, flux in zip(axes, tower_scores.BENCHMARKS):
        mine = [r for r in rows if r["flux"] == flux]
        places = np.arange(len(mine))
        axis.plot(places, [r["nme"] for r in mine], ls="", marker="s", color=MODEL, label="model")
        axis.plot(places, [r["regression_nme"] for r in mine], ls="", marker="o", mfc="none", color=RED,
                  label="regression on " + ", ".join(tower_scores.BENCHMARKS[flux]))
        axis.set_xticks(places, [r["site"] for r in mine], rotation=60, ha="right")
        axis.set_ylabel(f"NME of {flux} (dimensionless)")
        axis.set_ylim(bottom=0)
        axis.legend()
    save(figure, folder, "errors")


def draw(kept, rows, folder):
    for flux in DRAWN:
        seasonal(kept, flux, folder)
        scatter(kept, flux, folder)
    diurnal(kept, folder)
    errors(rows, folder)

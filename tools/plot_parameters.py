"""Pictures of a run's parameters (mean and spread against time, with the truth) and of its observations."""

import json

import matplotlib.pyplot as plt
import numpy as np

import plot_common as common
from plot_common import BLUE, CYCLE, title_of, units_text


def names_along(data, dim):
    """Labels of a dimension: its coordinate or a variable `dim_name`, else numbers."""
    for candidate in (dim, f"{dim}_name"):
        if candidate in data.variables and data[candidate].dims[:1] == (dim,):
            return [v.decode() if isinstance(v, bytes) else str(v) for v in data[candidate].values]
    return [str(i) for i in range(data.sizes[dim])]


def truths(run, nature):
    """True value of (parameter, PFT or '') from the nature run or the verification tables."""
    found = {}
    path = run / "verification.json"
    if path.exists():
        for entry in json.loads(path.read_text()).get("parameters", []):
            if entry.get("truth") is not None:
                found[entry["name"], str(entry.get("pft") or "")] = entry["truth"]
    for name in nature.data_vars if nature is not None else ():
        values = nature[name].isel(time=0) if "time" in nature[name].dims else nature[name]
        plain = name[:-5] if name.endswith("_mean") else name
        if values.ndim == 1 and values.dtype.kind == "f":
            for pft, value in zip(names_along(nature, values.dims[0]), values.values):
                found.setdefault((plain, pft), float(value))
        elif values.ndim == 0 and values.dtype.kind == "f":
            found.setdefault((plain, ""), float(values))
    return found


def plot_one(axes, data, name, truth):
    """Lines of one parameter: one colour per PFT."""
    mean = data[f"{name}_mean"]
    sd = data[f"{name}_sd"] if f"{name}_sd" in data else None
    kinds = [d for d in mean.dims if d != "time"]
    labels = names_along(data, kinds[0]) if kinds else [""]
    for i, label in enumerate(labels):
        line = mean.isel({kinds[0]: i}) if kinds else mean
        if not np.isfinite(line).any():
            continue
        colour = CYCLE[i % len(CYCLE)]
        axes.plot(data["time"], line, color=colour, ls="-" if i < len(CYCLE) else "-.", label=label or None)
        if sd is not None:
            width = sd.isel({kinds[0]: i}) if kinds else sd
            axes.fill_between(data["time"].values, line - width, line + width, color=colour, alpha=0.12, lw=0)
        if (name, label) in truth:
            axes.axhline(truth[name, label], color=colour, ls=":", lw=1.2)
    axes.set_title(title_of(name))
    axes.set_ylabel(units_text(mean.attrs.get("units", "")))


def plot_parameters(folder, run, part="analysis"):
    """Evolution of every parameter; dotted lines are the truth."""
    data = common.open_file(run / part / "parameters.nc")
    if data is None:
        return None
    names = [v[:-5] for v in data.data_vars if v.endswith("_mean") and "time" in data[v].dims and data[v].ndim <= 2]
    if not names:
        return common.say("skipped: parameters.nc holds no series of global or per-PFT parameters")
    nature = run / "nature" / "parameters.nc"
    truth = truths(run, common.open_file(nature) if nature.exists() else None)
    rows = (len(names) + 2) // 3
    figure, grid = plt.subplots(rows, 3, figsize=(12.5, 2.9 * rows + 0.9), squeeze=False)
    for axes, name in zip(grid.flat, names):
        plot_one(axes, data, name, truth)
    for axes in grid.flat[len(names):]:
        axes.set_axis_off()
    known = {}
    for axes in grid.flat[: len(names)]:
        for handle, label in zip(*axes.get_legend_handles_labels()):
            known.setdefault(label, handle)
    figure.suptitle("Parameters: mean and one standard deviation" + (", truth dotted" if truth else ""))
    if known:
        figure.supxlabel(" ")
        figure.legend(known.values(), known.keys(), loc="lower center", ncol=min(8, len(known)))
    return common.save(figure, folder, "parameters")


def type_names(data):
    """Type of every row of a feedback file, as words."""
    kinds = data["type"]
    if kinds.dtype.kind in "SUO":
        return np.array([v.decode() if isinstance(v, bytes) else str(v) for v in kinds.values])
    meanings = str(kinds.attrs.get("flag_meanings", "")).split()
    return np.array([meanings[int(v)] if int(v) < len(meanings) else str(int(v)) for v in kinds.values])


def plot_observations(folder, run, coast):
    """Number of used observations per place and type; departures before and after the analysis."""
    files = sorted((run / "analysis" / "feedback").glob("*.nc"))
    tables = [t for t in map(common.open_file, files) if t is not None and {"type", "lat", "lon"} <= set(t.variables)]
    if not tables:
        return common.say(f"skipped: {run}/analysis/feedback holds no feedback file")

    def column(name):
        return np.concatenate([t[name].values.astype(float) if name in t else np.full(t["lat"].size, np.nan) for t in tables])

    kind = np.concatenate([type_names(t) for t in tables])
    lon, lat, value = column("lon"), column("lat"), column("value")
    used = np.isfinite(column("posterior_mean")) & (np.nan_to_num(column("flag")) == 0)
    kinds = sorted(set(kind))
    figure = plt.figure(figsize=(11, 3.4 * len(kinds)))
    for row, name in enumerate(kinds):
        mine = used & (kind == name)
        places, count = np.unique(np.stack([lon[mine], lat[mine]]), axis=1, return_counts=True)
        axes = common.map_axes(figure, len(kinds), 2, 2 * row + 1)
        axes.set_global()
        if count.size:
            drawn = axes.scatter(*places, c=count, s=7, cmap="viridis", transform=common.ccrs.PlateCarree(), linewidth=0)
            plt.colorbar(drawn, ax=axes, orientation="horizontal", fraction=0.06, pad=0.04).set_label("observations used")
        if coast:
            axes.add_geometries(coast, common.ccrs.PlateCarree(), facecolor="none", edgecolor="0.35", linewidth=0.35)
        axes.set_title(f"{title_of(name)}: {mine.sum()} of {(kind == name).sum()} used")
        axes = figure.add_subplot(len(kinds), 2, 2 * row + 2)
        for which, colour in (("prior", common.RED), ("posterior", BLUE)):
            departure = (value - column(f"{which}_mean"))[mine]
            departure = departure[np.isfinite(departure)]
            if departure.size:
                edge = np.percentile(abs(departure), 99) or 1.0
                axes.hist(departure, bins=np.linspace(-edge, edge, 61), histtype="step", color=colour,
                          label=f"{which}: mean {departure.mean():.3g}, RMS {np.sqrt((departure**2).mean()):.3g}")
        axes.set(xlabel="observation minus prediction", ylabel="observations")
        axes.legend(loc="upper right", fontsize=8)
    return common.save(figure, folder, "observations")

"""Pictures of a run's observations: where they were used, departures, consistency of every window."""

import matplotlib.pyplot as plt
import numpy as np

import plot_common as common
from plot_common import BLACK, BLUE, GREEN, RED, title_of, words

COLUMNS = ("lon", "lat", "value", "error_sd", "prior_mean", "prior_sd", "posterior_mean", "posterior_sd", "prior_crps", "qc", "point", "id")


def read_feedback(folder):
    """Columns of all feedback files of a folder, one after the other; None when there is none. `stream` is a word."""
    tables = [t for t in map(common.open_file, sorted(folder.glob("*.nc"))) if t is not None and "type" in t and t["type"].size]
    if not tables:
        common.say(f"skipped: {folder} holds no observation")
        return None
    out = {name: np.concatenate([column(t, name) for t in tables]) for name in COLUMNS}
    out["time"] = np.concatenate([t["time"].values for t in tables])
    out["stream"] = np.concatenate([stream_names(t) for t in tables])
    return out


def column(table, name):
    return table[name].values.astype(float) if name in table else np.full(table["type"].size, np.nan)


def stream_names(table):
    """Stream of every row, as words."""
    meanings = str(table["type"].attrs.get("flag_meanings", "")).split()
    return np.array([meanings[int(v)] if int(v) < len(meanings) else str(int(v)) for v in table["type"].values])


def plot_observations(folder, run, coast):
    """Number of used observations per place and stream; departures before and after the analysis."""
    data = read_feedback(run / "analysis" / "feedback")
    if data is None:
        return None
    used = data["qc"] == 0
    streams = sorted(set(data["stream"]))
    figure = plt.figure(figsize=(11, 3.4 * len(streams)))
    for row, name in enumerate(streams):
        mine = used & (data["stream"] == name)
        axes = common.map_axes(figure, len(streams), 2, 2 * row + 1)
        draw_counts(axes, data["lon"][mine], data["lat"][mine], coast)
        axes.set_title(f"{title_of(name)}: {mine.sum()} of {(data['stream'] == name).sum()} used")
        axes = figure.add_subplot(len(streams), 2, 2 * row + 2)
        for which, colour in (("prior", RED), ("posterior", BLUE)):
            departure = (data["value"] - data[f"{which}_mean"])[mine]
            departure = departure[np.isfinite(departure)]
            if departure.size:
                edge = np.percentile(abs(departure), 99) or 1.0
                axes.hist(departure, bins=np.linspace(-edge, edge, 61), histtype="step", color=colour,
                          label=f"{which}: mean {departure.mean():.3g}, RMS {np.sqrt((departure**2).mean()):.3g}")
                axes.legend(loc="upper right", fontsize=8)
        axes.set(xlabel="observation minus prediction (units of the stream)", ylabel="observations")
    return common.save(figure, folder, "observations")


def draw_counts(axes, lon, lat, coast):
    axes.set_global()
    places, count = np.unique(np.stack([lon, lat]), axis=1, return_counts=True)
    if count.size:
        drawn = axes.scatter(*places, c=count, s=7, cmap="viridis", transform=common.ccrs.PlateCarree(), linewidth=0)
        bar = plt.colorbar(drawn, ax=axes, orientation="horizontal", fraction=0.06, pad=0.04)
        bar.set_label("observations used")
    if coast:
        axes.add_geometries(coast, common.ccrs.PlateCarree(), facecolor="none", edgecolor="0.35", linewidth=0.35)


def plot_diagnostics(folder, run):
    """Per stream and window: departures against spread and error, chi-square, number of observations."""
    data = common.open_file(run / "analysis" / "diagnostics.nc")
    if data is None or "stream" not in data:
        return None
    stream = np.array(words(data["stream"]))
    streams = list(dict.fromkeys(stream))
    figure, grid = plt.subplots(len(streams), 3, figsize=(12.5, 2.6 * len(streams) + 0.4), squeeze=False)
    for line, name in zip(grid, streams):
        rows = data.isel({data["stream"].dims[0]: np.flatnonzero((stream == name) & (data["used"].values > 0))})
        time, first = rows["time"], np.hypot(rows["spread_prior"], rows["error_sd"])
        line[0].plot(time, rows["rms_prior"], color=RED, label="RMS departure, forecast")
        line[0].plot(time, first, color=RED, ls="--", label="expected: spread and error")
        line[0].plot(time, rows["rms_posterior"], color=BLUE, label="RMS departure, analysis")
        line[0].set(title=title_of(name), ylabel="units of the stream", ylim=(0, None))
        line[1].axhline(1.0, color=BLACK, lw=0.8)
        line[1].plot(time, rows["chi2"], color=GREEN)
        line[1].set(title="Departure² / (spread² + error²), 1 when consistent", ylim=(0, None))
        line[2].plot(time, rows["used"], color=BLUE, label="used")
        line[2].plot(time, rows["rejected"], color=RED, label="rejected")
        line[2].set(title="Observations per window", ylim=(0, None))
    grid[0][0].legend(fontsize=8)
    grid[0][2].legend(fontsize=8)
    return common.save(figure, folder, "diagnostics")

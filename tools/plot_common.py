"""What the plotting tools share: reading a run's files with tolerance, maps, colours, saving."""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.ticker
import cartopy
import cartopy.crs as ccrs
import cartopy.io.shapereader as shapereader
import matplotlib.pyplot as plt
import numpy as np
import shapefile
import xarray as xr

# Okabe & Ito (2008): told apart with any colour vision.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")
CYCLE = [BLUE, RED, GREEN, ORANGE, PURPLE, SKY, BLACK]
NO_UNITS = ("", "1")
ABBREVIATIONS = ("ndvi", "fapar", "fpar", "lai", "sif", "gpp", "nee", "le", "smap", "evi", "nirv")

shapefile.VERBOSE = False  # its words about inner rings of the coastline
plt.rcParams.update({
    "figure.dpi": 110, "savefig.dpi": 130, "font.size": 9, "axes.titlesize": 9.5, "axes.labelsize": 9,
    "axes.grid": True, "grid.color": "0.9", "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
    "legend.frameon": False, "axes.prop_cycle": plt.cycler(color=CYCLE), "figure.constrained_layout.use": True,
    "date.converter": "concise",
})


def say(message):
    print(message, file=sys.stderr)


def title_of(name):
    """leaf_area_index -> Leaf area index; ndvi -> NDVI."""
    return name.upper() if name in ABBREVIATIONS else name.replace("_", " ").capitalize()


def words(values):
    """Strings of a variable of characters or words."""
    return [v.decode().strip() if isinstance(v, bytes) else str(v).strip() for v in np.atleast_1d(values)]


def units_text(units):
    """kg m-2 day-1 -> kg m⁻² day⁻¹."""
    if units in NO_UNITS:
        return "dimensionless"
    raised = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    words = []
    for word in str(units).split():
        cut = next((i for i, c in enumerate(word) if c in "-0123456789"), len(word))
        words.append(word[:cut] + word[cut:].translate(raised))
    return " ".join(words)


def open_file(path):
    """The data of a NetCDF file, or None with a word about it when it is absent or unreadable."""
    path = Path(path)
    if not path.exists():
        say(f"skipped: {path} is absent")
        return None
    try:
        with xr.open_dataset(path) as data:
            return data.load()
    except (OSError, ValueError) as error:
        say(f"skipped: {path} is unreadable ({error})")
        return None


def field(data, name, suffix="mean"):
    """Variable `name` of nature or `name_mean`, `name_sd` of an ensemble; None when absent."""
    if data is None:
        return None
    for candidate in (f"{name}_{suffix}", name if suffix == "mean" else None):
        if candidate in data:
            return data[candidate].astype(float)
    return None


def product_names(*datasets):
    """Names of the products that any of these files holds, in file order."""
    names = []
    for data in datasets:
        for variable in data.data_vars if data is not None else ():
            name = variable[:-5] if variable.endswith("_mean") else variable
            is_product = "time" in data[variable].dims and {"lat", "station"} & set(data[variable].dims)
            if is_product and not variable.endswith(("_sd", "_bnds", "_q05", "_q95", "_increment")) and name not in names:
                names.append(name)
    return names


def area_weights(values):
    """Cosine of latitude on a raster; one for stations."""
    if "lat" in values.dims:
        return np.cos(np.deg2rad(values["lat"])).broadcast_like(values.isel(time=0, drop=True))
    return xr.ones_like(values.isel(time=0, drop=True))


def global_mean(values):
    """Area-weighted mean over the defined places, per time."""
    places = [d for d in values.dims if d != "time"]
    return values.weighted(area_weights(values)).mean(places)


def rms(values, dims):
    return np.sqrt((values**2).mean(dims))


def coastline():
    """Coarse coastline (GSHHG, packaged with cartopy), read from disk only; nothing when it is not there."""
    file = Path(cartopy.config["repo_data_dir"]) / "shapefiles/gshhs/c/GSHHS_c_L1.shp"
    return list(shapereader.Reader(str(file)).geometries()) if file.exists() else []


def map_axes(figure, *position):
    axes = figure.add_subplot(*position, projection=ccrs.Robinson())
    axes.grid(False)
    axes.spines["geo"].set_linewidth(0.4)
    return axes


def draw_map(axes, values, title, units="", cmap="viridis", low=None, high=None, coast=()):
    """One map of a raster (lat, lon) or of stations, with its colour bar."""
    shown = values.values[np.isfinite(values.values)]
    if shown.size == 0:
        axes.set_title(title + ": nothing to show")
        return
    low = np.percentile(shown, 2) if low is None else low
    high = np.percentile(shown, 98) if high is None else high
    if not high > low:
        high = low + 1e-12 + abs(low) * 1e-6
    style = dict(cmap=cmap, vmin=low, vmax=high, transform=ccrs.PlateCarree())
    if "lat" in values.dims:
        drawn = axes.pcolormesh(values["lon"], values["lat"], values.transpose("lat", "lon"), shading="nearest",
                                rasterized=True, **style)
        if np.ptp(values["lon"].values) > 200:
            axes.set_global()
    else:
        drawn = axes.scatter(values["lon"], values["lat"], c=values, s=18, edgecolor="0.3", linewidth=0.3, **style)
        axes.set_global()
    if coast:
        axes.add_geometries(coast, ccrs.PlateCarree(), facecolor="none", edgecolor="0.35", linewidth=0.35)
    axes.set_title(title)
    bar = plt.colorbar(drawn, ax=axes, orientation="horizontal", fraction=0.06, pad=0.04, aspect=32, extend="both")
    bar.locator = matplotlib.ticker.MaxNLocator(5)
    bar.update_ticks()
    bar.set_label(units_text(units))


def save(figure, folder, name):
    """Writes the picture and tells its place."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.png"
    figure.savefig(path)
    plt.close(figure)
    print(path)

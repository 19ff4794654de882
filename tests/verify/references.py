#!/usr/bin/env python3
"""Scores against observations that were not assimilated, against numpy.

Usage: references.py WHAT TILTH SET.yaml
    withheld   a twin set: what is withheld, denied or at towers, from the feedback files; any number of ranks
    real       the same observations as files, without a truth: scores and a scorecard of the set
    forecasts  from the analyses: what they are in closed form, their scores by lead time, ranks, kill and resume
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import netCDF4
    import numpy as np
    import yaml
except ImportError as lacking:
    print(f"skipped: {lacking}")
    sys.exit(77)

from independent import table  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "invariance"))
from run import kill_when  # noqa: E402

WITHHELD, BACKGROUND = 256, 128
TOWER = {"name": "tower_gpp", "operator": {"gpp": {}}, "assimilate": False, "simulate": {"instrument": "fluxnet_towers"}}
TOLERANCE = 1e-9
BUT_OPEN_LOOP = ["control", "no_ndvi", "no_sif", "soil_only", "trusting"]


def feedback(part):
    """Stream -> observation -> (window, value, error, place, mean, sd, crps, fair, time, withheld) of good rows; a place is a point or a tower."""
    out, point = {}, {}
    for window, path in enumerate(sorted(part.glob("feedback/*.nc"))):
        with netCDF4.Dataset(path) as f:
            names = f["type"].flag_meanings.split()
            columns = [np.ma.filled(f[n][:].astype(float), np.nan) for n in
                       ("value", "error_sd", "point", "prior_mean", "prior_sd", "prior_crps", "prior_crps_fair")]
            lon = f["lon"][:]
            columns.append(0.5 * (f["time"][:] + f["time_begin"][:]))
            for i, (number, kind, flag) in enumerate(zip(f["id"][:], f["type"][:], f["qc"][:])):
                row = [float(c[i]) for c in columns]
                point[int(number)] = row[2]
                if names[int(kind)] == "tower_gpp":
                    row[2] = 1000 + float(lon[i])
                if int(flag) & ~(WITHHELD | BACKGROUND) == 0 and np.isfinite(row[3]):
                    out.setdefault(names[int(kind)], {})[int(number)] = [window, *row, bool(int(flag) & WITHHELD)]
    return out | {"point": point}


def parts_of(run):
    return {"open_loop": feedback(run / "open_loop")} | {n: feedback(run / "experiments" / n) for n in BUT_OPEN_LOOP}


def common(parts, sources, stream, keep):
    """Observations that all sources foresaw and `keep` lets pass, as arrays by source."""
    numbers = sorted(set.intersection(*(set(parts[s].get(stream, {})) for s in sources)))
    numbers = [n for n in numbers if keep(n)]
    return {s: np.array([parts[s][stream][n] for n in numbers], float) for s in sources}


def expected(rows):
    window, value, error, place, mean, sd, crps, fair = rows[:, :8].T
    difference, where = mean - value, {p: place == p for p in np.unique(place)}
    m, o = mean.copy(), value.copy()
    for here in where.values():
        m[here] -= m[here].mean()
        o[here] -= o[here].mean()
    n = 10  # members
    return {"rmse": np.sqrt((difference**2).mean()), "bias": difference.mean(), "ubrmse": np.sqrt(((m - o) ** 2).mean()),
            "r": (m * o).sum() / np.sqrt((m * m).sum() * (o * o).sum()), "nse": 1 - (difference**2).sum() / (o * o).sum(),
            "crps": crps.mean(), "crps_fair": fair.mean(), "spread": np.sqrt((sd**2).mean()),
            "spread_skill": np.sqrt(((n + 1) / n * sd**2 + error**2).mean() / (difference**2).mean()),
            "coverage90": (abs(difference) <= 1.6448536269514722 * np.sqrt(sd**2 + error**2)).mean()}


class Faults(list):
    compared = 0

    def compare(self, rows, arrays, reference, stream, region="global"):
        for source, values in arrays.items():
            here = np.flatnonzero((rows["reference"] == reference) & (rows["variable"] == stream) & (rows["source"] == source) & (rows["region"] == region)
                                  & (rows["pft"] == "all") & (rows["season"] == "all"))
            truth = expected(values)
            if not len(here):
                self.append(f"{reference} {stream} {source}: no scores")
            for k in here:
                if rows["n"][k] != len(values):
                    self.append(f"{reference} {stream} {source}: {rows['n'][k]} cases, expected {len(values)}")
                if rows["score"][k] in truth:
                    self.compared += 1
                    if not abs(rows["value"][k] - truth[rows["score"][k]]) <= TOLERANCE * max(1, abs(truth[rows["score"][k]])):
                        self.append(f"{reference} {stream} {source} {rows['score'][k]}: {rows['value'][k]}, expected {truth[rows['score'][k]]}")

    def check(self):
        print(f"{self.compared} scores compared, {len(self)} differ", *self[:20], sep="\n")
        assert self.compared > 50 and not self, "scores differ"


def check_set(folder):
    """All references of a set that withholds the end of `sif` and never assimilates `tower_gpp`."""
    rows, parts, faults = table(folder / "verification.nc", "score"), parts_of(folder), Faults()
    everyone = ["open_loop", *BUT_OPEN_LOOP]
    kept = lambda stream: lambda n: all(parts[s][stream][n][-1] for s in BUT_OPEN_LOOP)  # noqa: E731
    faults.compare(rows, common(parts, everyone, "sif", kept("sif")), "withheld", "sif")
    first = {}  # of a place: from when on sif is withheld there, and so when towers begin to count
    for number in parts["control"]["sif"]:
        if all(number in parts[s]["sif"] for s in everyone) and kept("sif")(number):
            point, time = parts["control"]["point"][number], parts["control"]["sif"][number][8]
            first[point] = min(time, first.get(point, np.inf))
    tower, where = parts["control"]["tower_gpp"], parts["control"]["point"]
    faults.compare(rows, common(parts, everyone, "tower_gpp", lambda n: tower[n][8] >= first.get(where[n], -np.inf)), "withheld", "tower_gpp")
    for stream, without in (("ndvi", ["no_ndvi", "soil_only"]), ("sif", ["no_sif", "soil_only"])):
        keep = lambda n: not kept(stream)(n) if all(n in parts[s].get(stream, {}) for s in everyone) else True  # noqa: E731
        faults.compare(rows, common(parts, ["open_loop", *without], stream, keep), "denied", stream)
    for source in ("control", "trusting", "no_ndvi"):
        assert not ((rows["reference"] == "denied") & (rows["variable"] == "sif") & (rows["source"] == source)).any(), f"{source} has used what it is scored by"
    assert not ((rows["variable"] == "soil_moisture") & (rows["reference"] != "nature")).any(), "soil moisture is withheld from nobody"
    faults.check()
    return rows


def check_towers(rows):
    towers = {r for r in rows["reference"] if r.startswith("tower:")}
    assert len(towers) > 3, f"scores of towers: {towers}"
    number = {t: max(rows["n"][(rows["reference"] == t) & (rows["variable"] == "tower_gpp") & (rows["source"] == "control")], default=0) for t in towers}
    globe = (rows["reference"] == "withheld") & (rows["variable"] == "tower_gpp") & (rows["region"] == "global") & (rows["season"] == "all") & (rows["pft"] == "all")
    assert sum(number.values()) == max(rows["n"][globe]), "towers do not add up to the globe"
    square = sum(number[t] * rows["value"][(rows["reference"] == t) & (rows["variable"] == "tower_gpp") & (rows["source"] == "control") & (rows["score"] == "rmse")][0] ** 2 for t in towers if number[t])
    whole = rows["value"][globe & (rows["source"] == "control") & (rows["score"] == "rmse")][0] ** 2
    assert abs(square / sum(number.values()) - whole) < 1e-9 * whole, "errors at towers do not add up to the globe"
    print(f"{len(towers)} towers")


class Runs:
    """Starts of the program with one experiment file."""

    def __init__(self, program, experiment, folder):
        self.program, self.experiment, self.folder = Path(program).resolve(), experiment, folder

    def line(self, output, *options, ranks=1, command="osse"):
        launcher = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(ranks)] if ranks > 1 else []
        return [*launcher, self.program, command, self.experiment, "--output", self.folder / output, "--quiet", *options]

    def run(self, output, *options, ranks=1, command="osse"):
        done = subprocess.run(self.line(output, *options, ranks=ranks, command=command), capture_output=True, text=True)
        assert done.returncode == 0, f"{command} {options}: status {done.returncode}\n{done.stdout}{done.stderr}"


def experiment(path, folder):
    options = yaml.safe_load(Path(path).read_text())
    options["observations"].append(TOWER)
    options["observations"][1]["withhold_last"] = 0.4
    options["impact"] = False
    options["verification"] = {"bootstrap": {"replicates": 20}}
    out = folder / "set.yaml"
    out.write_text(yaml.safe_dump(options, sort_keys=False))
    return options, out


def withheld(program, path, folder):
    runs = Runs(program, experiment(path, folder)[1], folder)
    runs.run("one")
    check_towers(check_set(folder / "one"))
    shutil.copytree(folder / "one", folder / "three")
    runs.run("three", command="verify", ranks=3)
    for name in ("verification.nc", "scorecard.nc"):
        assert (folder / "one" / name).read_bytes() == (folder / "three" / name).read_bytes(), f"{name} depends on the number of ranks"


def real(program, path, folder):
    options, made = experiment(path, folder)
    Runs(program, made, folder).run("twin")
    for stream in options["observations"]:
        stream["files"] = [str(folder / "twin/observations" / (stream["name"] + ".nc"))]
        stream["error_variable"] = "error_sd"
        del stream["simulate"]
    with netCDF4.Dataset(folder / "twin/observations/tower_gpp.nc") as f:
        places = sorted(set(zip(f["lat"][:].tolist(), f["lon"][:].tolist())))
    (folder / "towers.csv").write_text("name,lat,lon\n" + "".join(f"T{i},{lat!r},{lon!r}\n" for i, (lat, lon) in enumerate(places)))
    options["verification"]["towers"] = str(folder / "towers.csv")
    made.write_text(yaml.safe_dump(options, sort_keys=False))
    runs = Runs(program, made, folder)
    runs.run("real", command="assimilate", ranks=2)
    rows = check_set(folder / "real")
    check_towers(rows)
    assert set(rows["reference"]) >= {"withheld", "denied"} and "nature" not in rows["reference"]
    card = table(folder / "real/scorecard.nc", "cell")
    assert set(card["experiment"]) == {"open_loop", *BUT_OPEN_LOOP} - {"control"} and set(card["reference"]) == {"withheld"}, set(card["experiment"])
    before = (folder / "real/verification.nc").read_bytes()
    (folder / "real/verification.nc").unlink()
    runs.run("real", command="verify")
    assert (folder / "real/verification.nc").read_bytes() == before, "tilth verify gives other scores than the run"
    runs.run("more", "--set", "verification.references=[forthcoming]", command="assimilate")
    more = table(folder / "more/verification.nc", "score")
    assert set(more["reference"]) == {"forthcoming"} and "soil_moisture" in more["variable"] and "control" in more["source"]


LEAD, DAYS = 2, 8.0  # windows, of so many days
AHEAD = ["--set", "experiments={}", "--set", f"verification.forecasts={{lead: {LEAD}, every: 1}}"]


def same_values(one, other, names, by=lambda f: np.s_[:]):
    with netCDF4.Dataset(one) as a, netCDF4.Dataset(other) as b:
        for name in names(a):
            x, y = (np.ma.filled(f[name][by(f)].astype(float), -9.0) for f in (a, b))
            assert x.size and x.tobytes() == y.tobytes(), f"{name} of {one} and {other}"


def check_forecasts(folder):
    """The first window ahead is the forecast that the run itself made; scores of every lead are those of its files."""
    for path in sorted((folder / "analysis/forecasts/lead_1/feedback").glob("*.nc")):
        same_values(path, folder / "analysis/feedback" / path.name, lambda f: [v for v in f.variables if v.startswith("prior_")])
    rows, compared = table(folder / "verification.nc", "score"), 0
    for lead in range(1, LEAD + 1):
        part = folder / f"analysis/forecasts/lead_{lead}/products.nc"
        with netCDF4.Dataset(part) as f, netCDF4.Dataset(folder / "nature/products.nc") as truth, netCDF4.Dataset(folder / "open_loop/products.nc") as free:
            records = [list(truth["time"][:]).index(t) for t in f["time"][:]]
            assert records == [lead + k for k in range(len(records))] and len(records) == len(truth["time"][:]) - LEAD
            area = truth["cell_area"][:]
            mean_square = lambda a, b: float(np.ma.average(((a - b) ** 2).astype(float), weights=np.ma.masked_array(np.broadcast_to(area, a.shape), np.ma.getmaskarray(a))))  # noqa: E731
            for name in ("leaf_area_index", "root_zone_soil_moisture", "gross_primary_productivity"):
                here = (rows["source"] == "forecast") & (rows["lead_days"] == lead * DAYS) & (rows["variable"] == name) & (rows["region"] == "global") \
                    & (rows["season"] == "all") & (rows["pft"] == "all") & (rows["reference"] == "nature")
                square, other = (mean_square(x.astype(float), truth[name][records].astype(float)) for x in (f[name + "_mean"][:], free[name + "_mean"][records]))
                for score, expected in (("rmse", square**0.5), ("skill_open_loop", 1 - square / other)):
                    value = rows["value"][here & (rows["score"] == score)]
                    assert len(value) == 1 and abs(value[0] - expected) < 1e-6 * max(1, abs(expected)), f"{name} {score} at lead {lead}: {value}, expected {expected}"
                    compared += 1
    assert {("withheld", lead * DAYS) for lead in range(1, LEAD + 1)} <= set(zip(rows["reference"], rows["lead_days"])), "no forecast is scored against withheld observations"
    print(f"{compared} scores of forecasts compared")


def forecasts(program, path, folder):
    made = experiment(path, folder)[1]
    runs = Runs(program, made, folder)
    runs.run("one", *AHEAD)
    check_forecasts(folder / "one")
    runs.run("plain", *AHEAD[:2])
    same_files(folder / "one/analysis", folder / "plain/analysis", ("forecasts", "restart"))
    runs.run("three", *AHEAD, ranks=3)
    same_files(folder / "one", folder / "three")
    never = [w for i in range(4) for w in ("--set", f"observations[{i}].assimilate=false")]
    runs.run("none", *AHEAD, *never)
    for lead in range(1, LEAD + 1):
        part = folder / f"none/analysis/forecasts/lead_{lead}/products.nc"
        names = lambda f: [v for v in f.variables if v.endswith(("_mean", "_sd", "_q05"))]  # noqa: E731
        count = len(netCDF4.Dataset(part)["time"])
        same_values(part, folder / "none/open_loop/products.nc", names, lambda f: np.s_[:] if len(f["time"]) == count else np.s_[lead : lead + count])
    killed = runs.line("killed", *AHEAD, "--set", "output.checkpoint_every=1", ranks=2)
    restart = folder / "killed/analysis/restart"
    assert kill_when(killed, lambda: len(list(restart.glob("restart_*.nc"))) >= 2), "ended before the kill"
    runs.run("killed", *AHEAD, "--set", "output.checkpoint_every=1", "--resume", ranks=3)
    same_files(folder / "one", folder / "killed", ("restart",))
    refused = subprocess.run(runs.line("bad", *AHEAD, "--set", "output.products.every=month"), capture_output=True, text=True)
    assert refused.returncode == 2 and "complete no months" in refused.stderr + refused.stdout, refused.stderr


def same_files(one, other, leave_out=()):
    found = [p.relative_to(one) for p in sorted(one.rglob("*.nc")) if not {"logs", *leave_out} & set(p.relative_to(one).parts)]
    assert len(found) > 8, f"{one} holds too few files to compare"
    unlike = [str(p) for p in found if not (other / p).exists() or (one / p).read_bytes() != (other / p).read_bytes()]
    assert not unlike, f"{one} and {other} differ in {unlike}"
    print(f"{one.name} = {other.name}: {len(found)} files")


STORIES = {"withheld": withheld, "real": real, "forecasts": forecasts}


def main():
    what, program, path = sys.argv[1:4]
    folder = Path(tempfile.mkdtemp(prefix="tilth-references-"))
    try:
        STORIES[what](program, path, folder)
    except (AssertionError, subprocess.CalledProcessError) as fault:
        print(fault)
        return 1
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Sensitivity and scope experiments through the program.

Usage: commands.py WHAT TILTH EXPERIMENT.yaml
    sensitivity  the same bytes on 1 and 2 ranks and of a longer design made in two starts; light use leads for GPP
    scopes       all scopes of six sites with maps: the same bytes on 1 and 2 ranks, every table is there
    maps         24 sites whose parameters follow features: at held-out sites the learned map beats means of types
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml


def run(program, command, experiment, output, *options, ranks=1):
    launcher = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(ranks)] if ranks > 1 else []
    line = [*launcher, str(program), command, str(experiment), "--output", str(output), *options]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(line)}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def same(folder, one, other, *files):
    for name in files:
        if (folder / one / name).read_bytes() != (folder / other / name).read_bytes():
            raise AssertionError(f"{name}: {one} and {other} differ")


def sensitivity(program, experiment, folder):
    trajectories = lambda n: ["--set", f"sensitivity.method.morris.trajectories={n}"]
    text = run(program, "sensitivity", experiment, folder / "one", *trajectories(6))
    run(program, "sensitivity", experiment, folder / "two", *trajectories(6), ranks=2)
    run(program, "sensitivity", experiment, folder / "longer", *trajectories(3))
    run(program, "sensitivity", experiment, folder / "longer", *trajectories(6), "--resume", ranks=2)
    same(folder, "one", "two", "sensitivity.nc", "design.nc")
    same(folder, "one", "longer", "sensitivity.nc", "design.nc")
    json.loads((folder / "one/sensitivity.json").read_text())
    lines = [line for line in text.splitlines() if "gpp.annual_sum" in line]
    if not lines or not all("kphio" in line for line in lines):
        raise AssertionError(f"light use is not among the strongest parameters of annual GPP:\n{text}")


def scopes(program, experiment, folder):
    content = yaml.safe_load(Path(experiment).read_text())
    sites = content["grid"]["sites"]
    content["grid"]["sites"] = [sites[i] for i in (0, 1, 2, 20, 21, 22)]
    content["time"] = {"start": "2016-01-01", "end": "2017-01-01"}
    content["control"]["parameters"] = {"kphio": {}, "g1": {}, "lai_max": {}}
    content["calibration"] |= {"training": ["2016-01-01", "2016-10-01"], "warmup": "30 days", "folds": 2, "clusters": {"count": 2},
                               "scope_iterations": 3, "network": {"members": 2, "iterations": 3}, "simulations": True,
                               "map_grid": str(folder / "grid.yaml")}
    (folder / "grid.yaml").write_text(yaml.safe_dump({
        "experiment": {"output": str(folder / "grid")}, "time": {"start": "2016-01-01", "end": "2017-01-01"}, "model": "daily",
        "grid": {"generate": {"resolution_deg": 4, "west": -4, "east": 12, "south": 44, "north": 56}}, "forcing": {"weather_generator": {"seed": 4}}}))
    (folder / "six.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    run(program, "calibrate", folder / "six.yaml", folder / "one")
    run(program, "calibrate", folder / "six.yaml", folder / "two", ranks=2)
    same(folder, "one", "two", "scopes.nc", "scopes.csv", "features.csv", "parameter_maps.nc")
    rows = list(csv.DictReader((folder / "one/scopes.csv").open()))
    found, wanted = {row["scope"] for row in rows}, set(content["calibration"]["scopes"])
    if found != wanted:
        raise AssertionError(f"scopes.csv has {sorted(found)}, asked for {sorted(wanted)}")
    files = sorted(p.name for p in (folder / "one/simulations").iterdir())
    if len([name for name in files if name.endswith("_Cal_Posterior.nc")]) != len(content["grid"]["sites"]):
        raise AssertionError(f"a calibrated site without its simulation: {files}")
    same(folder, "one", "two", *(f"simulations/{name}" for name in files))


def maps(program, experiment, folder):
    content = yaml.safe_load(Path(experiment).read_text())
    content["grid"]["sites"] = [s for s in content["grid"]["sites"] if int(s["name"][-2:]) <= 6]
    content["time"] = {"start": "2016-01-01", "end": "2018-01-01"}
    content["control"]["parameters"] = {"kphio": {}, "g1": {}, "lai_max": {}}
    content["calibration"] |= {"training": ["2016-01-01", "2017-01-01"], "warmup": "60 days", "scopes": ["pft_mean", "learned_end_to_end"],
                               "features": ["temperature", "cover", "sand"]}
    (folder / "many.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    run(program, "calibrate", folder / "many.yaml", folder / "out")
    nse, error = {}, {}
    for row in csv.DictReader((folder / "out/scope_sites.csv").open()):
        if row["sites"] == "held_out" and row["scale"] == "day" and row["years"] != "training":
            nse[row["scope"], row["stream"], row["site"]] = float(row["nse"])
    for row in csv.DictReader((folder / "out/scope_parameters.csv").open()):
        if row["sites"] == "held_out":
            error.setdefault(row["scope"], []).append((float(row["z"]) - float(row["z_truth"])) ** 2)
    for stream in ("gpp", "latent_heat"):
        better = [value > nse["pft_mean", stream, site] for (scope, s, site), value in nse.items() if scope == "learned_end_to_end" and s == stream]
        if len(better) != 24 or sum(better) < 18:
            raise AssertionError(f"{stream}: the map beats means of types at {sum(better)} of {len(better)} held-out sites, expected 18")
    if not sum(error["learned_end_to_end"]) < 0.5 * sum(error["pft_mean"]):
        raise AssertionError(f"square error of z: {sum(error['learned_end_to_end'])} of the map, {sum(error['pft_mean'])} of means of types")


if __name__ == "__main__":
    what, program, experiment = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        {"sensitivity": sensitivity, "scopes": scopes, "maps": maps}[what](Path(program).resolve(), Path(experiment).resolve(), Path(place))

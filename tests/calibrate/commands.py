#!/usr/bin/env python3
"""Sensitivity and scope experiments through the program.

Usage: commands.py WHAT TILTH EXPERIMENT.yaml
    sensitivity  the same bytes on 1 and 2 ranks, of a longer design made in two starts, and after SIGTERM; light use leads for GPP
    scopes       all scopes of six sites with maps: the same bytes on 1 and 2 ranks, every table is there
    maps         24 sites whose parameters follow features: at held-out sites the learned map beats means of types
    failing      failed runs are listed and end nothing
    hourly       exact gradients, differences and an ensemble find the same least J with observations within the day
"""

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

STOPPED = 4

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


def struck(program, command, experiment, output, size, *options):
    """Starts a run and tells it to stop (SIGTERM) once its journal has grown to a size; its exit status."""
    with subprocess.Popen([str(program), command, str(experiment), "--output", str(output), "--quiet", *options]) as process:
        journal, begin = output / "journal.bin", time.monotonic()
        while process.poll() is None and time.monotonic() - begin < 120:
            if journal.exists() and journal.stat().st_size >= size:
                process.send_signal(signal.SIGTERM)
                break
            time.sleep(0.002)
        return process.wait(timeout=60)


def sensitivity(program, experiment, folder):
    trajectories = lambda n: ["--set", f"sensitivity.method.morris.trajectories={n}"]
    text = run(program, "sensitivity", experiment, folder / "one", *trajectories(6))
    run(program, "sensitivity", experiment, folder / "two", *trajectories(6), ranks=2)
    run(program, "sensitivity", experiment, folder / "longer", *trajectories(3))
    run(program, "sensitivity", experiment, folder / "longer", *trajectories(6), "--resume", ranks=2)
    same(folder, "one", "two", "sensitivity.nc", "design.nc")
    same(folder, "one", "longer", "sensitivity.nc", "design.nc")
    status = struck(program, "sensitivity", experiment, folder / "stopped", (folder / "one/journal.bin").stat().st_size // 4, *trajectories(6))
    if status != STOPPED or (folder / "stopped/sensitivity.nc").exists():
        raise AssertionError(f"SIGTERM in the middle: status {status}, expected {STOPPED} and no result")
    run(program, "sensitivity", experiment, folder / "stopped", *trajectories(6), "--resume")
    same(folder, "one", "stopped", "sensitivity.nc", "design.nc")
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


def hourly(program, experiment, folder):
    least = None
    for method, options, above in (("gauss_newton", "{starts: 1}", 0.0), ("quasi_newton", "{starts: 1}", 0.01), ("finite_difference", "{starts: 1}", 0.01),
                                   ("es_mda", "{members: 60}", 3.0)):
        run(program, "calibrate", experiment, folder / method, "--quiet", "--set", f"calibration.method={{{method}: {options}}}")
        problem = json.loads((folder / method / "calibration.json").read_text())["problems"][0]
        J, counts = problem["J"]["posterior"], {s["stream"]: s["used"] for s in problem["J"]["streams"]}
        least = J if least is None else least
        if not least - 0.01 <= J <= least + above or J > problem["J"]["prior"] - 20.0:
            raise AssertionError(f"{method}: J {J}, gauss_newton has {least}, the prior {problem['J']['prior']}")
        if counts["lst"] <= 2 * counts["gpp"]:
            raise AssertionError(f"looks within the day do not count: {counts}")


def failing(program, experiment, folder):
    text = run(program, "sensitivity", experiment, folder / "sensitivity")
    found = json.loads((folder / "sensitivity/sensitivity.json").read_text())
    if not found["failed"] or f"{found['metric'][0]['failed']:.0f} of 192 runs failed" not in text:
        raise AssertionError(f"failed runs are not listed:\n{text}")
    for method in ("{cma_es: {evaluations: 60}}", "{metropolis: {iterations: 20}}", "{finite_difference: {starts: 3}}", "{es_mda: {members: 20}}",
                   "{bayesian: {steps: 1}}", "{history_matching: {waves: 1}}", "{emulate_sample: {runs: 20, rounds: 1}}"):
        run(program, "calibrate", experiment, folder / "one", "--quiet", "--set", f"calibration.method={method}")
        report = json.loads((folder / "one/calibration.json").read_text())
        for problem in report["problems"]:
            if not problem["failed_sets"] or not report["failed_runs"]:
                raise AssertionError(f"{method}: no run of {problem['problem']} failed")
            if "es_mda" in method and not any("could not go on" in note for note in problem["notes"]):
                raise AssertionError(f"{method}: {problem['notes']}")


if __name__ == "__main__":
    what, program, experiment = sys.argv[1:]
    with tempfile.TemporaryDirectory() as place:
        commands = {"sensitivity": sensitivity, "scopes": scopes, "maps": maps, "hourly": hourly, "failing": failing}
        commands[what](Path(program).resolve(), Path(experiment).resolve(), Path(place))

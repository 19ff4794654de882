#!/usr/bin/env python3
"""What a run tells of itself: run.json and events.jsonl of runs that finish, stop, fail and are killed.

Usage: record_test.py TILTH [part of a case's name ...]; MPIEXEC in the environment starts several ranks.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from cases import chosen, report

EXPERIMENT = """
experiment: {name: record, seed: 3, output: out}
time: {start: 2018-05-01, end: 2018-06-02, window: 4 days}
grid: {generate: {resolution_deg: 15, north: 75}}
model: {daily: {spinup_years: 4}}
forcing: {weather_generator: {}, perturbations: {}}
ensemble: {size: 4}
control: {parameters: {kphio: {scope: pft}}}
observations:
  - {name: sm, operator: surface_soil_moisture, half_width_km: 900, simulate: {every: 2 days}}
analysis: {method: letkf}
spinup: {warmup: 2 days}
nature: {seed: 7}
"""
WINDOWS = 8
PARTS = ["nature", "open loop", "analysis"]
KEYS = ["program", "version", "command", "experiment", "configuration", "inputs", "ranks", "columns", "tiles", "parts",
        "seconds", "peak_memory_per_rank_MiB", "forcing_remarks", "warnings"]  # those that tools have always read


def command(*arguments, ranks=1):
    start = [*shlex.split(os.environ.get("MPIEXEC", "mpiexec")), "-n", str(ranks)] if ranks > 1 else []
    return [*start, TILTH, "osse", "record.yaml", *arguments]


def run(folder, *arguments, ranks=1):
    return subprocess.run(command(*arguments, ranks=ranks), cwd=folder, capture_output=True, text=True)


def events(folder):
    """Every line must be an object with a time and a name."""
    text = (folder / "out/events.jsonl").read_text()
    assert text.endswith("\n"), "the last line is not whole"
    lines = [json.loads(line) for line in text.splitlines()]
    assert all("time" in line and "event" in line for line in lines), "an event without time or name"
    return lines


def record(folder):
    return json.loads((folder / "out/run.json").read_text())


def cycles(folder):
    return {(e["part"], e["window"]) for e in events(folder) if e["event"] == "cycle_finished"}


def started(folder, *arguments):
    """A run under way: the process, when its open loop has finished three windows."""
    process = subprocess.Popen(command(*arguments), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    path = folder / "out/events.jsonl"
    while process.poll() is None:
        if path.exists() and '"part":"open loop","window":3' in path.read_text():
            return process
        time.sleep(0.002)
    raise AssertionError("the run ended before it could be met")


def all_windows(folder):
    wanted = {(part, window) for part in PARTS for window in range(1, WINDOWS + 1)}
    assert cycles(folder) >= wanted, f"no event of {sorted(wanted - cycles(folder))}"


def finished(folder):
    for ranks in (1, 2):
        result = run(folder, ranks=ranks)
        assert result.returncode == 0, result.stderr
        about, seen = record(folder), events(folder)
        assert about["status"] == "finished" and about["ranks"] == ranks
        assert [key for key in KEYS if key not in about] == []
        assert [r["status"] for r in about["runs"]] == ["finished"], "a new run has a history of one start"
        assert about["runs"][0]["windows"]["analysis"] == {"from": 1, "to": WINDOWS}
        assert sum(about["runs"][0]["hosts"].values()) == ranks
        assert about["build"]["revision"] and about["build"]["libraries"]["PETSc"].startswith("PETSc ")
        assert len(seen) > 3 * WINDOWS and len(cycles(folder)) == 3 * WINDOWS
        assert seen[0]["event"] == "run_started" and seen[-1]["event"] == "run_finished"
        assert seen[-1]["status"] == "finished" and seen[-1]["exit_status"] == 0
        phases = {p["phase"]: p for p in about["phases"]}
        assert phases["analysis/windows/analysis"]["calls"] == WINDOWS
        assert phases["open loop/windows/forecast/columns"]["calls"] == 4 * WINDOWS
        whole = [p["mean_s"] for name, p in phases.items() if "/" not in name]
        assert 0.8 * about["wall_s"] < sum(whole) <= about["wall_s"], (sum(whole), about["wall_s"])
        inner = sum(p["mean_s"] for name, p in phases.items() if name.startswith("analysis/") and name.count("/") == 1)
        assert inner <= phases["analysis"]["mean_s"] * 1.001, "phases inside a phase last longer than it"
        assert "max/mean" in result.stdout and "columns" in result.stdout, "no table of phases"
        used = sum(e["used"] for e in seen if e["event"] == "cycle_finished" and e["part"] == "analysis")
        assert used == about["parts"]["analysis"]["observations_used"] > 0
        files = [e for e in seen if e["event"] == "checkpoint_written" and e["part"] == "analysis"]
        assert len(files) == WINDOWS
        assert files[-1]["bytes"] == (folder / files[-1]["file"]).stat().st_size


def killed(folder):
    process = started(folder)
    process.kill()
    process.wait()
    assert record(folder)["status"] == "running", "nobody could say more"
    before = cycles(folder)
    with open(folder / "out/events.jsonl", "a") as file:  # what a machine that went down may leave
        file.write('{"time":"2018-')
    result = run(folder, "--resume", ranks=2)
    assert result.returncode == 0, result.stderr
    all_windows(folder)
    assert cycles(folder) >= before
    runs = record(folder)["runs"]
    assert [r["status"] for r in runs] == ["killed", "finished"], runs
    assert [r["ranks"] for r in runs] == [1, 2]
    assert runs[0]["windows"]["open loop"]["from"] == 1 and runs[0]["windows"]["open loop"]["to"] >= 3
    assert runs[1]["windows"]["analysis"] == {"from": 1, "to": WINDOWS}
    assert runs[1]["windows"]["open loop"]["from"] > 1, "what was done is done again"
    assert sum(e["event"] == "run_started" for e in events(folder)) == 2


def stopped(folder):
    process = started(folder)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 4
    about = record(folder)
    assert about["status"] == "stopped" and "--resume" in about["message"]
    assert about["runs"][0]["seconds"] > 0 and about["phases"]
    assert [e["event"] for e in events(folder)[-2:]] == ["signal", "run_finished"]
    assert events(folder)[-1]["exit_status"] == 4
    assert run(folder, "--resume").returncode == 0
    assert [r["status"] for r in record(folder)["runs"]] == ["stopped", "finished"]
    all_windows(folder)


def failed(folder):
    for ranks in (1, 2):  # rank 0 fails alone
        (folder / "out/nature/products.nc/in the way").mkdir(parents=True, exist_ok=True)
        result = run(folder, ranks=ranks)
        assert result.returncode != 0
        about = record(folder)
        assert about["status"] == "failed" and "products.nc" in about["message"], about.get("message")
        assert about["runs"][0]["status"] == "failed"
        last = events(folder)[-1]
        assert last["event"] == "run_finished" and last["status"] == "failed" and last["exit_status"] in (2, 3)


def refused(folder):
    assert run(folder).returncode == 0
    before = record(folder)
    assert run(folder, "--set", "ensemble.sise=3").returncode == 2
    assert record(folder) == before, "bad input touched the record of an earlier run"


def petsc(folder):
    result = run(folder, "--petsc=-log_view -no_such_option 1", ranks=2)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("PETSc Performance Summary") == 1, "one table for all ranks"
    assert "no_such_option" in result.stdout + result.stderr, "an option without effect is not named"
    assert record(folder)["petsc_options"] == "-log_view -no_such_option 1"


@dataclass
class Case:
    name: str
    test: object


def faults(case):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "record.yaml").write_text(EXPERIMENT)
        try:
            case.test(folder)
        except AssertionError as error:
            return [f"{error} (line {error.__traceback__.tb_next.tb_lineno})"]
    return []


TILTH = str(Path(sys.argv[1]).resolve())
CASES = [Case("a finished run says what, where, how long and in which phases", finished),
         Case("events survive kill -9, and a resumed run continues them", killed),
         Case("a signal leaves the status stopped", stopped),
         Case("a failure leaves the status failed, from whichever rank", failed),
         Case("bad input leaves an earlier record alone", refused),
         Case("options reach PETSc, and those without effect are named", petsc)]
sys.exit(report(chosen(CASES, sys.argv[2:]), faults))

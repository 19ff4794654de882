#!/usr/bin/env python3
"""The forecast of `tilth check` against the run itself: files to the byte, observations and memory nearly.

Usage: cost_test.py TILTH
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

EXPERIMENT = """
experiment: {name: cost, seed: 3, output: out}
time: {start: 2018-05-01, end: 2018-06-10, window: 4 days}
grid: {generate: {resolution_deg: 15, north: 75}}
model: {daily: {spinup_years: 4}}
forcing: {weather_generator: {}, perturbations: {}}
ensemble: {size: 6}
control: {parameters: {kphio: {scope: pft}}}
observations:
  - {name: sm, operator: surface_soil_moisture, half_width_km: 900, simulate: {every: 2 days}}
  - {name: ndvi, operator: ndvi, half_width_km: 900, simulate: {every: 4 days, cloud_sensitivity: 1}}
analysis: {method: letkf}
spinup: {warmup: 2 days}
nature: {seed: 7}
output: {checkpoint_every: 4, checkpoint_keep: 2}
"""
# Three experiments, with names of the same length: titles hold them.
SET = """
experiments: {control: all, deny_sm: {without: [sm]}, no_ndvi: {without: [ndvi]}}
impact: {lead: 1, every: 1}
"""
EXACT = ["products.nc", "restart_*.nc", "budget.nc", "initial.nc"]
TABLES = ["diagnostics.nc", "parameters.nc"]  # their text is padded to four bytes, unlike in the trial
PADDING = 0.01
OBSERVED = ["nature/restart/restart_*.nc", "experiments/*/restart/restart_*.nc"]  # hold observations
NEARLY = 0.2  # of sampled columns
MEMORY_OF_SETS = 0.3  # one experiment after the other leaves some behind


def run(folder, ranks, *arguments):
    start = [*shlex.split(os.environ.get("MPIEXEC", "mpiexec")), "-n", str(ranks)] if ranks > 1 else []
    result = subprocess.run([*start, str(Path(sys.argv[1]).resolve()), *arguments, "cost.yaml"], cwd=folder, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"tilth {arguments} on {ranks} ranks: {result.stderr}")
    return result.stdout


def size(folder, pattern):
    return sum(file.stat().st_size for file in folder.glob(pattern))


def check(folder, ranks, is_set):
    printed = run(folder, ranks, "check")
    if (folder / "out").exists() or (folder / "out.check").exists():
        yield "check left files behind"
    forecast = {name: int(n) for name, n in re.findall(r"^ +(\S+) +(\d+) bytes$", printed, re.M)}
    own = [float(s) for s in re.findall(r"time +([\d.]+) s on", printed)]
    run(folder, ranks, "osse")
    exact = 0
    for name, foreseen in forecast.items():
        true = size(folder / "out", name)
        print(f"  {name:<40}{foreseen:>12}{true:>12}")
        if any(name.endswith(end) for end in EXACT) and name not in OBSERVED:
            exact += 1
            if foreseen != true:
                yield f"{name}: {foreseen} bytes foreseen, {true} written"
        elif any(name.endswith(end) for end in TABLES):
            if abs(foreseen - true) > PADDING * true:
                yield f"{name}: {foreseen} bytes foreseen, {true} written"
        elif name.endswith(".nc") and abs(foreseen - true) > NEARLY * true:
            yield f"{name}: {foreseen} bytes foreseen, {true} written"
    # Products and budgets of three parts, restarts of two (of sets one), the initial members.
    if exact < (8 if is_set else 9):
        yield f"only {exact} files that can be foreseen to the byte are listed"
    missing = [str(f.relative_to(folder / "out")) for f in (folder / "out").rglob("*.nc")
               if not any(f.match("out/" + name) for name in forecast)]
    if missing:
        yield f"not foreseen: {missing}"
    if not own or own[0] <= 0.0:
        yield "no forecast of the time"
    memory = float(re.search(r"memory +(\d+) MiB", printed)[1])
    peak = json.loads((folder / "out/run.json").read_text())["peak_memory_per_rank_MiB"]
    print(f"  memory {memory} foreseen, {peak:.0f} needed")
    if abs(memory - peak) > (MEMORY_OF_SETS if is_set else NEARLY) * peak:
        yield f"memory: {memory} MiB foreseen, {peak:.0f} needed"


found = []
for ranks, more in ((1, ""), (2, ""), (2, SET)):
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "cost.yaml").write_text(EXPERIMENT + more)
        print(f"{ranks} ranks{', a set' * bool(more)}: file, bytes foreseen, bytes written")
        found += check(Path(name), ranks, bool(more))
print("\n".join(found))
sys.exit(1 if found else 0)

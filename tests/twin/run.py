#!/usr/bin/env python3
"""A twin experiment recovers its truth within its spread, and a run stopped by a signal ends as if it had not been.

Usage: run.py scores|stop TILTH REGION.yaml
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

VERIFIED = ("surface_soil_moisture", "leaf_area_index")
SPREAD_OVER_RMSE = (0.4, 2.5)  # a 20-member ensemble and 22 columns leave this much to chance
STOPPED = 4


def faults_of(scores):
    """What is wrong with the scores of the verified variables; empty when they are as they must be."""
    rows = {row["name"]: row for row in scores["variables"]}
    found = []
    for name in VERIFIED:
        if name not in rows:
            found.append(f"{name}: no score")
            continue
        row = rows[name]
        ratio = row["analysis_rmse"] / row["open_loop_rmse"]
        spread = row["spread_over_rmse"]
        print(f"{name}: RMSE {row['analysis_rmse']:.4g}, {ratio:.2f} of the open loop's; spread over RMSE {spread:.2f}")
        if not ratio < 1.0:
            found.append(f"{name}: the analysis is not closer to the truth than the open loop")
        if not SPREAD_OVER_RMSE[0] < spread < SPREAD_OVER_RMSE[1]:
            found.append(f"{name}: spread over RMSE {spread:.3g} is outside {SPREAD_OVER_RMSE}")
    return found


def osse(program, region, output, *more):
    return subprocess.Popen([program, "osse", region, "--quiet", "--output", output, *more], stdout=subprocess.DEVNULL)


def scores(program, region, folder):
    status = osse(program, region, folder).wait()
    if status != 0:
        return [f"exit status {status}"]
    return faults_of(json.loads((Path(folder) / "verification.json").read_text())) + pictures(folder)


def pictures(folder):
    """The plotting tool reads what the program writes, and the parts of the run share their times."""
    tool = Path(__file__).resolve().parents[2] / "tools" / "plot_osse.py"
    drawn = subprocess.run([sys.executable, tool, folder], capture_output=True, text=True)
    if "No module named" in drawn.stderr:
        return []
    return [] if drawn.returncode == 0 else [f"{tool.name}: {drawn.stderr.strip().splitlines()[-1]}"]


def stop(program, region, folder):
    """Stops the open loop after its first checkpoint, continues it, and compares with a run that was left alone."""
    short = ("--set", "time.end=2018-05-27")
    whole, parted = f"{folder}/whole", f"{folder}/parted"
    status = osse(program, region, whole, *short).wait()
    if status != 0:
        return [f"exit status {status}"]
    run = osse(program, region, parted, *short)
    while run.poll() is None and not list(Path(parted).glob("open_loop/restart/*.nc")):
        time.sleep(0.002)
    run.send_signal(signal.SIGTERM)
    status = run.wait()
    if status != STOPPED:
        return [f"exit status {status} after SIGTERM, expected {STOPPED}"]
    if (Path(parted) / "analysis/products.nc").exists():
        return ["the signal did not stop the open loop"]
    status = osse(program, region, parted, *short, "--resume").wait()
    if status != 0:
        return [f"exit status {status} of --resume"]
    files = sorted(p.relative_to(whole) for p in Path(whole).rglob("*") if p.suffix == ".nc" and p.parent.name != "logs")
    files.append(Path("verification.json"))
    return [f"{f} differs" for f in files
            if not (Path(parted) / f).exists() or (Path(whole) / f).read_bytes() != (Path(parted) / f).read_bytes()]


def main():
    what, program, region = sys.argv[1], str(Path(sys.argv[2]).resolve()), str(Path(sys.argv[3]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        found = {"scores": scores, "stop": stop}[what](program, region, folder)
    for line in found:
        print("FAILED:", line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""Runs experiment files of jobs/experiments/benchmarks and compares their scores with published ones: see tools/benchmarks."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmark_cases import EXACT, TWINS, prepare

FOLDER = Path("jobs/experiments/benchmarks")


def run(tilth, command, name, output):
    """Runs one experiment quietly; what went wrong, or None."""
    done = subprocess.run([tilth, command, str(FOLDER / f"{name}.yaml"), "--output", str(output), "--quiet"],
                          capture_output=True, text=True)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no message"])[-1]


def twin(tilth, name, output):
    """Rows (score, ours, published, tolerance) of a twin experiment."""
    problem = run(tilth, "osse", name, output)
    if problem:
        return problem, []
    scores = json.loads((output / "verification.json").read_text())["windows"]["analysis"]
    rows = []
    for key, (value, tolerance) in TWINS[name].items():
        variable, score = key.split(".")
        rows.append((key, scores[variable][score], value, tolerance))
    return None, rows


def exact(tilth, name, output, shared):
    """Rows of an experiment with an exact answer, judged by the reference's own check."""
    case = EXACT[name]
    problem = run(tilth, "assimilate", name, output)
    if problem:
        return problem, []
    result = output / "result.json"
    result.write_text(json.dumps(case.result(output, shared)))
    check = subprocess.run([sys.executable, str(shared / "truth" / f"check_{case.truth}.py"), str(result), "--partial"],
                           capture_output=True, text=True)
    words = (check.stdout.strip().splitlines() or check.stderr.strip().splitlines() or ["no answer"])[-1]
    return None, [("check", words, "PASS", check.returncode == 0)]


def show(name, rows, seconds):
    """Prints the rows of one benchmark; whether all are inside their tolerance."""
    good = True
    for key, ours, published, tolerance in rows:
        if isinstance(ours, str):
            inside, text = tolerance, f"{ours[:54]:<54}"
        else:
            inside = abs(ours - published) <= tolerance
            text = f"{ours:>12.5f}{published:>12.5f}{tolerance:>12.5f}{'':<18}"
        good = good and inside
        print(f"{name:<26}{key:<12}{text}{'yes' if inside else 'NO':>4}{seconds:>8.1f}", flush=True)
    return good


def arguments():
    names = list(TWINS) + list(EXACT)
    parser = argparse.ArgumentParser(prog="tools/benchmarks", description="Runs published benchmarks and compares.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks, all without one")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--output", default="runs/benchmarks", help="folder of the results")
    parser.add_argument("--tilth", default="build/tilth", help="the program")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in names]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(names)}")
    if given.list:
        print("\n".join(names))
        sys.exit(0)
    return given, given.names or names


def main():
    given, names = arguments()
    shared = Path(os.environ.get("TILTH_SHARED", "../shared"))
    output = Path(given.output)
    data = output / "data"
    os.environ["TILTH_BENCHMARK_DATA"] = str(data)
    print(f"{'benchmark':<26}{'score':<12}{'ours':>12}{'published':>12}{'tolerance':>12}{'':<18}{'ok':>4}{'s':>8}")
    good = True
    for name in names:
        start = time.monotonic()
        if name in EXACT and not (shared / "truth").is_dir():
            print(f"{name:<26}skipped: no {shared / 'truth'}; set TILTH_SHARED to the reference data")
            continue
        if name in EXACT:
            prepare(name, shared, data)
            problem, rows = exact(given.tilth, name, output / name, shared)
        else:
            problem, rows = twin(given.tilth, name, output / name)
        if problem:
            print(f"{name:<26}failed: {problem}", flush=True)
        good = show(name, rows, time.monotonic() - start) and not problem and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

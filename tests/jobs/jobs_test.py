#!/usr/bin/env python3
"""Chains of batch jobs on a real SLURM of one node end with the bytes of a run that was left alone.

Usage: jobs_test.py TILTH EXPERIMENT.yaml [--only NAME ...] [--keep] [--long]
--long: the experiment as it is, such as jobs/experiments/demo.yaml, in a chain at its own pace; by hand.
Skipped (77) where no such cluster can be started: not root, or no slurm-wlm and munge.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

import scenarios
from chain import SHORT, Test
from cluster import Cluster, Unavailable


def run_scenario(scenario, test, faults):
    begin = time.monotonic()
    try:
        scenario(test)
        word = "ok"
    except (AssertionError, RuntimeError) as fault:
        word = "FAILED"
        faults.append(f"=== {scenario.__name__}\n{fault}")
    except Exception:  # a fault of the test itself must not look like a success
        word = "FAILED"
        faults.append(f"=== {scenario.__name__}\n{traceback.format_exc()}")
    print(f"{scenario.__name__}: {word}, {time.monotonic() - begin:.0f} s; {scenario.__doc__}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("experiment", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("--only", nargs="*", default=[], choices=[s.__name__ for s in scenarios.ALL])
    parser.add_argument("--long", action="store_true", help="only the experiment as it is, at its own pace")
    parser.add_argument("--keep", action="store_true", help="keep the results")
    arguments = parser.parse_args()
    os.chdir(Path(__file__).resolve().parents[2])  # job scripts are named from here
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))  # and so the cluster is stopped
    folder = Path(tempfile.mkdtemp(prefix="tilth-jobs-"))
    faults = []
    try:
        with Cluster() as cluster:
            test = Test(cluster, arguments, folder, [] if arguments.long else SHORT)
            begin = time.monotonic()
            test.single_run(test.reference, 2)
            print(f"single run: {time.monotonic() - begin:.1f} s on 2 ranks", flush=True)
            chosen = [s for s in scenarios.ALL if not arguments.only or s.__name__ in arguments.only]
            if arguments.long:
                chosen = scenarios.LONG
            threads = [threading.Thread(target=run_scenario, args=(s, test, faults), daemon=True) for s in chosen]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if faults:
                faults.insert(0, cluster.logs(12))
    except Unavailable as why:
        print(f"skipped: no SLURM of one node here: {why}")
        return 77
    finally:
        if arguments.keep:
            print(f"results kept in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

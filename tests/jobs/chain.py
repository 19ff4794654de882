"""Chains under test and what their scenarios share."""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1]
sys.path.append(str(HOME / "tests/invariance"))
from run import differences, netcdf_files  # noqa: E402

PATIENCE_S, LONG_PATIENCE_S = 400, 3000
SHORT = ["verification.open_loop=false", "verification.states=true", "ensemble.size=8"]


class Chain:
    """A chain under test: submitted with tools/jobs, watched through the queue and its history."""

    def __init__(self, test, name, pace="", **settings):
        self.test, self.name, self.run = test, name, test.folder / name
        program = [sys.executable, str(HERE / "paced.py"), pace, test.program] if pace else [test.program]
        self.settings = test.folder / f"{name}.sh"
        values = {"RANKS": 2, "TIME_LIMIT": 10, **settings}
        lines = [(HOME / "jobs/settings.sh").read_text(), f"PROGRAM=({shlex.join(program)})"]
        self.settings.write_text("\n".join(lines + [f"{k}={v}" for k, v in values.items()]) + "\n")

    def submit(self, *more, script="jobs/demo.sbatch", experiment="", env=None):
        words = [HOME / "tools/jobs", "submit", script, "--run", self.run, "--name", self.name, "--settings", self.settings]
        out = self.test.cluster.run(*words, *more, experiment or self.test.experiment, "--quiet", *self.test.sets, **(env or {}))
        return out.split()[1].rstrip(",;")

    def tool(self, *words):
        return self.test.cluster.run(HOME / "tools/jobs", *words)

    def history(self, case="."):
        path = self.run / case / "chain/links.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def events(self, kind, case="."):
        return [e for e in self.history(case) if e["event"] == kind]

    def queued(self):
        lines = self.test.cluster.run("squeue", "--noheader", "--format=%A|%T|%r|%k").splitlines()
        return [line.split("|")[:3] for line in lines if line.endswith(f"tilth:{self.run}")]

    def wait(self, what, condition):
        end = time.monotonic() + (PATIENCE_S if self.test.sets else LONG_PATIENCE_S)
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"waited {PATIENCE_S} s in vain for: {what}\n{self.text()}")
            for job, _, reason in self.queued():
                if reason == "BeginTime":  # SLURM lets a requeued job wait for two minutes
                    self.test.cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now", check=False)
            time.sleep(0.3)

    def wait_for_checkpoints(self, count, case="."):
        folder = self.run / case / "analysis/restart"
        self.wait("checkpoints of the analysis", lambda: len(list(folder.glob("restart_*.nc"))) >= count)
        time.sleep(0.5)  # halted by now

    def wait_for_end(self):
        self.wait("an empty queue", lambda: not self.queued())

    def state(self):
        return self.tool("status", self.run).splitlines()[1].split()[1]

    def text(self):
        logs = sorted(self.run.glob("chain/*.log"))
        return self.tool("list", self.run) + "".join(f"--- {p.name}\n{p.read_text()[-1500:]}" for p in logs)

    def expect(self, condition, sentence):
        if not condition:
            raise AssertionError(f"{sentence}\n{self.text()}")

    def expect_done(self, links, case="."):
        started = len(self.events("started", case))
        self.expect(started >= links, f"{started} links, expected at least {links}")
        last = self.history(case)[-1]
        self.expect(last["event"] == "ended" and last["status"] == 0, "the last link did not end the chain")

    def expect_equal(self, reference, case="."):
        found = differences(reference, self.run / case, 0.0)
        self.expect(netcdf_files(reference) and not found, "differs from the single run:\n" + "\n".join(found[:10]))


class Test:
    """What the scenarios share: cluster, program, and the run that is left alone."""

    def __init__(self, cluster, arguments, folder, settings):
        self.cluster, self.folder = cluster, folder
        self.program, self.experiment = arguments.program, arguments.experiment
        self.sets = [word for s in settings for word in ("--set", s)]
        self.reference = folder / "single"

    def single_run(self, output, ranks, *more):
        launch = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(ranks)]
        words = [*launch, self.program, "osse", self.experiment, "--quiet", "--output", str(output), *self.sets, *more]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"single run: status {done.returncode}\n{done.stderr[-2000:]}")

    def processes(self, *parts):
        """Numbers of the processes whose command line has all of these parts."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                text = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            if all(p in text for p in parts):
                found.append(int(path.parent.name))
        return sorted(found)

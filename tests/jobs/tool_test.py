#!/usr/bin/env python3
"""What tools/jobs reads and writes, without SLURM: commands of the same names stand in for it."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOME / "tools"))
import job_chain  # noqa: E402
import job_submit  # noqa: E402

PLAN = """demo.yaml: valid
  period      2018-01-01 to 2019-01-01, 46 windows of 8 days

resolved configuration:
observations:
  - name: ndvi
    operator: ndvi
  - name: sif
    operator: sif
analysis:
  method: letkf
"""


def tool():
    loader = importlib.machinery.SourceFileLoader("jobs_tool", str(HOME / "tools/jobs"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("jobs_tool", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


class ToolTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory())).resolve()
        self.queue = self.folder / "queue"
        self.queue.write_text("")
        self.stand_in("squeue", f"cat {self.queue}")
        self.stand_in("sbatch", f'printf "%s\\n" "$@" >{self.folder}/sbatch_words; echo 41')
        self.stand_in("scancel", f'echo "$@" >>{self.folder}/cancelled')
        self.stand_in("program", f"cat <<'TXT'\n{PLAN}TXT")
        self.settings = self.folder / "settings.sh"
        self.settings.write_text((HOME / "jobs/settings.sh").read_text() + f"\nPROGRAM=({self.folder}/program)\nRANKS=4\n")
        before = os.environ["PATH"]
        os.environ["PATH"] = f"{self.folder}:{before}"
        self.addCleanup(os.environ.__setitem__, "PATH", before)
        self.run_folder = self.folder / "a run"

    def stand_in(self, name, text):
        (self.folder / name).write_text(f"#!/bin/bash\n{text}\n")
        (self.folder / name).chmod(0o755)

    def jobs(self, *words):
        """What tools/jobs prints."""
        out = io.StringIO()
        before, sys.argv = sys.argv, ["tools/jobs", *map(str, words)]
        try:
            with contextlib.redirect_stdout(out):
                tool().main()
        finally:
            sys.argv = before
        return out.getvalue()

    def submit(self, script="jobs/demo.sbatch", *more):
        return self.jobs("submit", HOME / script, "--run", self.run_folder, "--settings", self.settings, *more)

    def history(self, *events, case="."):
        path = self.run_folder / case / "chain/links.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(e) + "\n" for e in events))

    def state(self):
        return job_chain.chains(self.run_folder, job_chain.queue())[0].state()[0]

    def queue_line(self, number, state, reason):
        self.queue.write_text(f"{number}|{state}|{reason}|N/A|tilth:{self.run_folder}\n7|RUNNING|None|N/A|of another\n")

    def test_submit_hands_settings_and_options_to_sbatch(self):
        self.assertIn("job 41", self.submit("jobs/demo.sbatch", "--with", "TIME_LIMIT=5", "my exp.yaml", "--set", "a.b={c: 1}"))
        words = (self.folder / "sbatch_words").read_text().splitlines()
        for word in ("--ntasks=4", "--time=5", "--requeue", f"--comment=tilth:{self.run_folder}"):
            self.assertIn(word, words)
        self.assertEqual(words[-4:], [str(HOME / "jobs/demo.sbatch"), "my exp.yaml", "--set", "a.b={c: 1}"])

    def test_a_used_folder_is_refused_unless_its_run_goes_on(self):
        self.run_folder.mkdir()
        (self.run_folder / "run.json").touch()
        with self.assertRaisesRegex(SystemExit, "in use"):
            self.submit()
        self.submit("jobs/demo.sbatch", "--continue")
        self.assertTrue((self.run_folder / "chain/continue").exists())

    def test_an_experiment_that_check_refuses_leaves_nothing_behind(self):
        self.stand_in("program", "echo 'demo.yaml: bad' >&2; exit 2")
        with self.assertRaisesRegex(SystemExit, "demo.yaml: bad"):
            self.submit()
        self.assertFalse((self.run_folder / "chain").exists())

    def test_wrong_settings_are_named(self):
        for line, word in (("LAUNCHER=srum", "srum"), ("CHAIN=", "successor, requeue"), ("RANKS=two", "RANKS"), ("PROGRAM=no/such a", "no/such a"),
                           ("RANK=2", "no setting 'RANK'")):
            with self.assertRaisesRegex(SystemExit, word):
                self.submit("jobs/demo.sbatch", "--with", line)

    def test_cases_withhold_each_stream_in_turn(self):
        self.submit("jobs/ose.sbatch", "exp.yaml")
        self.assertEqual((self.run_folder / "chain/cases").read_text().splitlines(),
                         ["all", "without_ndvi --set observations[0].assimilate=false", "without_sif --set observations[1].assimilate=false"])
        self.assertIn("--array=1-3", (self.folder / "sbatch_words").read_text().splitlines())

    def test_experiments_of_a_set_are_cases_that_share_its_folder(self):
        self.stand_in("program", f"cat <<'TXT'\n  experiment  control: all streams\n  experiment  no_sif: without sif\n{PLAN}TXT")
        self.submit("jobs/ose.sbatch", "exp.yaml")
        self.assertEqual((self.run_folder / "chain/cases").read_text().splitlines(), ["control --only control", "no_sif --only no_sif --wait"])
        folders = [chain.run for chain in job_chain.chains(self.run_folder, [])]
        self.assertEqual(folders, [self.run_folder / "experiments/control", self.run_folder / "experiments/no_sif"])

    def test_a_list_of_cases_must_have_names_that_differ(self):
        cases = self.folder / "cases"
        for text, word in (("a --set x=1\na --set x=2\n", "'a'"), ("../b\n", "b"), ("# none\n", "no case"), ("a 'b\n", "quotation")):
            cases.write_text(text)
            with self.assertRaisesRegex(SystemExit, word):
                self.submit("jobs/calibration.sbatch", "--cases", cases, "exp.yaml")

    def test_states_of_a_chain(self):
        self.submit()
        started = {"event": "started", "job": "41"}
        stopped = {"event": "ended", "job": "41", "status": 4, "next": "successor", "reason": "stopped with a good checkpoint"}
        self.queue_line(41, "PENDING", "Priority")
        self.assertEqual(self.state(), "queued")
        self.queue_line(42, "PENDING", "Dependency")
        self.history(started, stopped)
        self.assertEqual(self.state(), "waiting")
        self.queue_line(42, "RUNNING", "None")
        self.assertEqual(self.state(), "running")
        self.queue.write_text("")
        self.assertEqual(self.state(), "broken")
        for status, reason, word in ((0, "done", "done"), (2, "refused: bad input", "refused"), (3, "failed: see the log", "failed"),
                                     (3, "stalled: 3 links", "stalled"), (4, "stopped by the operator", "stopped")):
            self.history(started, {"event": "ended", "status": status, "next": "none", "reason": reason})
            self.assertEqual(self.state(), word)

    def test_cancel_takes_waiting_jobs_first_and_resubmit_goes_on(self):
        self.submit()
        self.queue.write_text("".join(f"{n}|{s}|None|N/A|tilth:{self.run_folder}\n" for n, s in ((41, "RUNNING"), (42, "PENDING"))))
        self.jobs("cancel", self.run_folder)
        self.assertEqual((self.folder / "cancelled").read_text().splitlines(), ["42", "--batch --signal=USR1 41"])
        with self.assertRaisesRegex(SystemExit, "in the queue"):
            self.jobs("resubmit", self.run_folder)
        self.queue.write_text("")
        self.jobs("resubmit", self.run_folder, "--ranks", "8")
        words = (self.folder / "sbatch_words").read_text().splitlines()
        self.assertIn("--ntasks=8", words)
        self.assertNotIn("--ntasks=4", words)
        self.assertFalse((self.run_folder / "chain/stop").exists())

    def test_an_array_is_resubmitted_for_its_open_cases(self):
        self.submit("jobs/ose.sbatch", "exp.yaml")
        self.history({"event": "ended", "status": 0, "next": "none", "reason": "done"}, case="without_ndvi")
        self.jobs("resubmit", self.run_folder)
        words = (self.folder / "sbatch_words").read_text().splitlines()
        self.assertIn("--array=1,3", words)
        self.assertNotIn("--array=1-3", words)

    def test_progress_is_that_of_the_last_whole_event(self):
        self.submit()
        event = {"time": "2026-01-01T00:00:00.000Z", "event": "cycle_finished", "part": "analysis", "window": 23, "windows": 46,
                 "date": "2018-07-04", "eta_s": 120.0}
        (self.run_folder / "events.jsonl").write_text(json.dumps(event) + '\n{"event": "cycle_fin')
        progress = job_chain.chains(self.run_folder, [])[0].progress()
        self.assertEqual((progress.part, progress.date, progress.share, progress.eta_s), ("analysis", "2018-07-04", 0.5, 120.0))
        self.assertRegex(self.jobs("status", self.run_folder), r"analysis +2018-07-04 +50 % +2 min")

    def test_progress_without_events_is_that_of_the_restart_files(self):
        self.submit()
        restart = self.run_folder / "analysis/restart"
        restart.mkdir(parents=True)
        for date, written in (("2018-04-01", 1000), ("2018-07-02", 1091)):  # 92 days in 91 s
            (restart / f"restart_{date}.nc").touch()
            os.utime(restart / f"restart_{date}.nc", (written, written))
        progress = job_chain.chains(self.run_folder, [])[0].progress()
        self.assertEqual(progress.date, "2018-07-02")
        self.assertAlmostEqual(progress.share, 182 / 365)
        self.assertAlmostEqual(progress.eta_s, 183 * 91 / 92)

    def test_tasks_of_an_array_are_read_as_slurm_writes_them(self):
        for tasks, numbers in (("3", [3]), ("1-3,5%2", [1, 2, 3, 5]), ("2-2", [2]), ("", [])):
            self.assertEqual([k for k in range(8) if job_chain.contains(tasks, k)], numbers)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)

#!/usr/bin/env python3
"""The comparison of runs finds what it must find: tried on a small program that is, or is not, invariant."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUN = Path(__file__).with_name("run.py")

# Writes ten "files", one every 0.1 s; --resume goes on after the last one. With FAULT=ranks a file depends on the number
# of ranks, with FAULT=resume on having been resumed, with FAULT=lost the last file is missing on several ranks.
PROGRAM = """#!{python}
import os, sys, time
folder, resumed, fault = sys.argv[sys.argv.index("--output") + 1], "--resume" in sys.argv, os.environ.get("FAULT")
ranks = int(os.environ.get("OMPI_COMM_WORLD_SIZE", "1"))
if os.environ.get("OMPI_COMM_WORLD_RANK", "0") == "0":
    os.makedirs(folder, exist_ok=True)
    for i in range(10 if not (fault == "lost" and ranks > 1) else 9):
        path = f"{{folder}}/{{i}}.nc"
        if os.path.exists(path):
            continue
        time.sleep(0.1)
        text = f"record {{i}}" + (f" {{ranks}}" if fault == "ranks" else "") + (" again" if fault == "resume" and resumed else "")
        with open(path + ".part", "w") as file:
            file.write(text)
        os.rename(path + ".part", path)
"""


class Run(unittest.TestCase):
    def compare(self, what, fault=""):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "program"
            program.write_text(PROGRAM.format(python=sys.executable))
            program.chmod(0o755)
            line = [sys.executable, RUN, what, program, "none.yaml", "--ranks", "1", "2", "--kills", "2", "--seed", "1"]
            return subprocess.run(line, capture_output=True, text=True, env={**os.environ, "FAULT": fault}, timeout=120)

    def test_equal_runs_pass(self):
        for what in ("ranks", "resume"):
            done = self.compare(what)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("10 files equal", done.stdout)

    def test_a_dependence_on_ranks_is_found(self):
        done = self.compare("ranks", "ranks")
        self.assertEqual(done.returncode, 1)
        self.assertIn("0.nc: 10 and 10 bytes, first difference at byte 9", done.stdout)

    def test_a_missing_file_is_found(self):
        done = self.compare("ranks", "lost")
        self.assertEqual(done.returncode, 1)
        self.assertIn("only in ranks1: 9.nc", done.stdout)

    def test_a_dependence_on_resuming_is_found(self):
        done = self.compare("resume", "resume")
        self.assertEqual(done.returncode, 1)
        self.assertIn("killed after", done.stdout)
        self.assertIn("differences from uninterrupted", done.stdout)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""The reanalysis of Walnut Gulch, small: a tower that is never used is nearer to the run that assimilates the other one.

Usage: walnut_gulch_test.py TILTH SOURCE_FOLDER. Reference data are in the folder TILTH_SHARED, or `shared` beside the
project; without them, or without Python's NetCDF modules, the test is skipped. Daily model, 16 members, monsoon to winter.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TILTH = str(Path(sys.argv[1]).resolve())
SOURCE = Path(sys.argv[2]).resolve()
SHARED = Path(os.environ.get("TILTH_SHARED") or SOURCE.parent / "shared").resolve()
PARAMETERS = SHARED / "data" / "gridded" / "walnutgulch_params_modis.nc"
SMALL = {"ensemble.size": "16", "time.start": "2008-06-01", "time.end": "2008-12-28", "model": "{daily: {spinup_years: 4}}",
         "output.checkpoint_every": "1000"}


def experiment():
    """The experiment without its last stream, sensible heat, which the daily model has not."""
    text = (SOURCE / "jobs/experiments/walnut_gulch.yaml").read_text()
    return text[:text.index("  - name: sensible_heat")] + text[text.index("analysis:\n"):]


class WalnutGulch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = Path(cls.folder.name)
        inputs = [sys.executable, SOURCE / "tools/walnut_gulch_inputs.py", PARAMETERS, folder / "walnut_gulch"]
        subprocess.run(inputs, check=True, timeout=60)
        (folder / "small.yaml").write_text(experiment())
        environment = dict(os.environ, TILTH_SHARED=str(SHARED), TILTH_INPUTS=str(folder))
        command = [TILTH, "assimilate", "small.yaml", "--quiet", "--output", "run"]
        for key, value in SMALL.items():
            command += ["--set", f"{key}={value}"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=500)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        rows = scores.table(folder / "run")
        cls.scores = {(r["stream"], round(r["lon"], 2), r["part"]): r for r in rows}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def ratio(self, stream, lon, score):
        return self.scores[stream, lon, "analysis"][score] / self.scores[stream, lon, "open loop"][score]

    def test_the_tower_never_used_is_nearer(self):
        for stream in ("swc_5cm_other", "swc_15cm"):
            for score in ("rmse", "ubrmse", "crps"):
                self.assertLess(self.ratio(stream, -110.05, score), 0.95, (stream, score))

    def test_evaporation_never_used_is_nearer_at_both_towers(self):
        for lon in (-110.05, -109.94):
            self.assertLess(self.ratio("latent_heat", lon, "crps"), 1.0)

    def test_the_spread_of_forecasts_is_honest_where_the_offset_is_estimated(self):
        self.assertTrue(0.8 <= self.scores["swc_5cm", -109.94, "analysis"]["coverage"] <= 0.99)

    def test_streams_are_marked_as_used_or_not(self):
        self.assertTrue(self.scores["swc_5cm", -109.94, "analysis"]["assimilated"])
        self.assertFalse(self.scores["swc_5cm_other", -110.05, "analysis"]["assimilated"])


if __name__ == "__main__":
    if not PARAMETERS.exists():
        print(f"skipped: no {PARAMETERS}")
        sys.exit(77)
    sys.path.insert(0, str(SOURCE / "tools"))
    try:
        import reanalysis_scores as scores
    except ImportError as missing:
        print(f"skipped: {missing}; tools/install provides it")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])

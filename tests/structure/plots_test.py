#!/usr/bin/env python3
"""The plotting tools draw every picture from a complete run, and what they can from an incomplete one."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).parents[2] / "tools"

try:
    import cartopy  # noqa: F401
    import matplotlib  # noqa: F401

    import synthetic_run
except ImportError as missing:
    print(f"skipped: {missing}; tools/install provides it")
    sys.exit(77)


def plot(tool, run):
    return subprocess.run([sys.executable, TOOLS / tool, run], capture_output=True, text=True, timeout=300)


class Plots(unittest.TestCase):
    def setUp(self):
        self.run_folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.run_folder)

    def pictures(self):
        return {p.stem: p.stat().st_size for p in (self.run_folder / "pictures").glob("*.png")}

    def test_osse_draws_every_picture(self):
        synthetic_run.write_osse(self.run_folder)
        done = plot("plot_osse.py", self.run_folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        expected = {f"map_{name}" for name in synthetic_run.PRODUCTS} | {"scores", "errors", "means", "parameters", "observations", "diagnostics"}
        self.assertEqual(set(self.pictures()), expected)
        self.assertGreater(min(self.pictures().values()), 10_000, "a picture is nearly empty")
        self.assertNotIn("skipped", done.stderr)

    def test_osse_says_what_is_absent_and_draws_the_rest(self):
        synthetic_run.write_osse(self.run_folder)
        (self.run_folder / "verification.json").unlink()
        (self.run_folder / "analysis" / "parameters.nc").write_bytes(b"not NetCDF")
        shutil.rmtree(self.run_folder / "open_loop")
        done = plot("plot_osse.py", self.run_folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in ("verification.json is absent", "open_loop/products.nc is absent", "parameters.nc is unreadable"):
            self.assertIn(word, done.stderr)
        self.assertIn("map_leaf_area_index", self.pictures())
        self.assertNotIn("parameters", self.pictures())

    def test_sites_draws_every_site(self):
        synthetic_run.write_sites(self.run_folder)
        done = plot("plot_sites.py", self.run_folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(self.pictures()), {"site_AT-Neu", "site_FI-Hyy", "site_scores"})
        self.assertNotIn("skipped", done.stderr)

    def test_sensitivity_draws_every_method(self):
        for method in ("sobol", "morris", "one_at_a_time"):
            synthetic_run.write_sensitivity(self.run_folder, method)
            done = plot("plot_sensitivity.py", self.run_folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(set(self.pictures()), {"sensitivity_beech"})
            self.assertGreater(self.pictures()["sensitivity_beech"], 10_000, "the picture is nearly empty")
        (self.run_folder / "sensitivity.json").unlink()
        self.assertIn("run 'tilth sensitivity' first", plot("plot_sensitivity.py", self.run_folder).stderr)

    def test_calibration_draws_problems_scores_scopes_and_maps(self):
        synthetic_run.write_calibration(self.run_folder)
        done = plot("plot_calibration.py", self.run_folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(set(self.pictures()), {"calibration_beech", "calibration_steppe", "scores_training", "scores_validation", "scopes_day", "parameter_maps"})
        self.assertGreater(min(self.pictures().values()), 10_000, "a picture is nearly empty")
        self.assertNotIn("skipped", done.stderr)

    def test_calibration_tables_in_markdown_hold_the_numbers(self):
        synthetic_run.write_calibration(self.run_folder)
        (self.run_folder / "parameter_maps.nc").unlink()
        done = subprocess.run([sys.executable, TOOLS / "plot_calibration.py", self.run_folder, "--text", "--problems", "beech"],
                              capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("| p0 | 1 | 1.2 | 0.1 | 1 | 1.4 | mol | 0.5 | 0.3 | 0 |", done.stdout)
        self.assertIn("| gpp | posterior | 90 | 3 | 30 | 1 | 95.5 | 47.8 |", done.stdout)
        self.assertIn("| validation | gpp | day | 2 | 0.2 | 0.6 |", done.stdout)  # medians of two sites
        self.assertIn("| global | held_out | gpp | validation | day | 0.55 |", done.stdout)
        self.assertIn("1 runs failed", done.stdout)
        self.assertNotIn("steppe", done.stdout)
        self.assertFalse((self.run_folder / "pictures").exists())
        (self.run_folder / "calibration.nc").unlink()
        (self.run_folder / "scopes.nc").unlink()
        self.assertIn("run 'tilth calibrate' first", plot("plot_calibration.py", self.run_folder).stderr)

    def test_an_empty_folder_is_no_error_and_a_missing_one_is(self):
        for tool in ("plot_osse.py", "plot_sites.py"):
            self.assertEqual(plot(tool, self.run_folder).returncode, 0)
            gone = plot(tool, self.run_folder / "gone")
            self.assertNotEqual(gone.returncode, 0)
            self.assertIn("is not a folder", gone.stderr)


if __name__ == "__main__":
    unittest.main()

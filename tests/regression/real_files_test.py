#!/usr/bin/env python3
"""Real files are read as they are: a global surface file as grid, gridded 3-hourly weather of Walnut Gulch (Arizona).

Usage: real_files_test.py TILTH SOURCE_FOLDER. Reference data are in the folder TILTH_SHARED, or `shared` beside the
project; without them the test is skipped.
"""

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TILTH = str(Path(sys.argv[1]).resolve())
DATA = Path(os.environ.get("TILTH_SHARED") or Path(sys.argv[2]).resolve().parent / "shared") / "data" / "gridded"

COMMON = """
experiment: {{name: real, seed: 1, output: out}}
time: {{start: 2008-07-01, end: 2008-07-17, window: 8 days}}
model: daily
ensemble: {{size: 2}}
spinup: {{warmup: 1 day}}
analysis: {{method: letkf}}
observations: [{{name: lai, operator: lai, simulate: {{every: 8 days}}}}]
grid: {grid}
forcing: {forcing}
"""
SURFACE = DATA / "global_surface_5deg.nc"
WEATHER = f"{{netcdf: {{files: [{DATA / 'walnutgulch_forcing_3hourly_2008.nc'}], recycle: true}}}}"
TOWERS = ("{sites: [{name: US-Whs, lon: -110.05, lat: 31.74, elevation_m: 1370, cover: [DBS 0.3]},"
          " {name: US-Wkg, lon: -109.94, lat: 31.74, elevation_m: 1530, cover: [GR4 0.5]}]}")


class RealFiles(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def tilth(self, command, grid, forcing):
        """Everything the program printed; it must succeed."""
        experiment = Path(self.folder.name) / "experiment.yaml"
        experiment.write_text(COMMON.format(grid=grid, forcing=forcing))
        done = subprocess.run([TILTH, command, experiment.name, *(["--quick"] if command == "check" else [])], cwd=self.folder.name, capture_output=True, text=True, timeout=500)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def columns(self, grid):
        return int(re.search(r"(\d+) columns", self.tilth("check", grid, "{weather_generator: {}}"))[1])

    def test_a_global_surface_file_is_a_grid(self):
        self.assertTrue(450 <= self.columns(f"{{file: {SURFACE}}}") <= 750)  # of 2592 cells, 29 % land without ice

    def test_a_region_of_a_surface_file_is_a_grid(self):
        options = "{west: -15, east: 40, south: 35, north: 70}"  # Europe: 11 x 7 cells
        self.assertTrue(25 <= self.columns(f"{{file: {SURFACE}, file_options: {options}}}") <= 77)

    def test_gridded_weather_drives_a_run(self):
        try:
            import netCDF4
            import numpy as np
        except ImportError as missing:
            self.skipTest(f"{missing}; tools/install provides it")
        self.tilth("forecast", TOWERS, WEATHER)
        products = list(Path(self.folder.name).rglob("products.nc"))
        self.assertEqual(len(products), 1)
        with netCDF4.Dataset(products[0]) as file:
            gpp = np.ma.filled(file["gross_primary_productivity_mean"][:].astype(float), np.nan)
        self.assertEqual(gpp.shape, (2, 2))
        self.assertTrue(np.all((gpp >= 0.0) & (gpp < 15.0)), gpp)  # g m-2 day-1 in a semi-arid monsoon


if __name__ == "__main__":
    if not SURFACE.exists():
        print(f"skipped: no {SURFACE}")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])

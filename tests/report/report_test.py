#!/usr/bin/env python3
"""The report: packed numbers come back, every panel draws in a browser from the file system, incomplete runs are told as such."""

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / p) for p in ("tools", "tools/reporting", "tests/structure", "tests/report")]

try:
    import cartopy  # noqa: F401
    import netCDF4  # noqa: F401
    import numpy as np
    import xarray as xr
    import yaml  # noqa: F401

    import browser
    import diagnosis
    import pack
    import page
    import synthetic_run
    import synthetic_tables

    page.plotly_source()
except (ImportError, FileNotFoundError) as missing:
    print(f"skipped: {missing}; tools/install provides it")
    sys.exit(77)

try:
    import selenium  # noqa: F401
    CHROMIUM = browser.CHROMIUM and browser.DRIVER
except ImportError:
    CHROMIUM = None
WITH_BROWSER = unittest.skipUnless(CHROMIUM, "SKIPPED: no chromium, chromedriver or selenium; tools/install --browser provides them")


def make(*arguments):
    return subprocess.run([sys.executable, ROOT / "tools/reporting/make_report.py", *map(str, arguments)], capture_output=True, text=True, timeout=300)


def data_of(path):
    """The plain data inside a page."""
    text = re.search(r'<script type="text/plain" id="data">(.*?)</script>', path.read_text()).group(1)
    return json.loads(gzip.decompress(base64.b64decode(text)))


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)


class Packing(unittest.TestCase):
    def test_numbers_come_back_to_half_a_step_and_gaps_stay_gaps(self):
        values = np.random.default_rng(1).normal(3.0, 2.0, (7, 11))
        values[2, 3] = np.nan
        for bits, levels in pack.LEVELS.items():
            blobs = pack.Blobs()
            key = blobs.add("a", values, bits)
            back = pack.unpack(blobs.texts[key], blobs.describe[key])
            self.assertTrue(np.isnan(back[2, 3]) and np.isfinite(back).sum() == 76)
            self.assertLessEqual(np.nanmax(abs(back - values)), 0.5001 * np.ptp(values[np.isfinite(values)]) / levels)

    def test_a_field_without_numbers_has_no_key_and_a_constant_one_is_exact(self):
        blobs = pack.Blobs()
        self.assertIsNone(blobs.add("a", np.full((2, 2), np.nan)))
        blobs.add("b", np.full((2, 2), 7.5))
        self.assertTrue((pack.unpack(blobs.texts["b"], blobs.describe["b"]) == 7.5).all())


class Diagnosis(unittest.TestCase):
    """Streams of 20 windows made by the definitions of docs/methods/diagnostics.md."""

    def stream(self, true_error, error, true_spread, spread, bias=0.0):
        gain = spread**2 / (spread**2 + error**2)  # of the analysis; d has the variance of the truth
        variance = true_error**2 + true_spread**2 + bias**2
        row = {"used": 500, "rejected": 0, "bias_prior": bias, "bias_posterior": (1 - gain) * bias, "rms_prior": variance**0.5, "rms_posterior": (1 - gain) * variance**0.5, "spread_prior": spread,
               "error_sd": error, "chi2": variance / (spread**2 + error**2), "error_variance_estimate": (1 - gain) * variance, "prior_variance_estimate": gain * variance}
        return {k: [v] * 20 for k, v in row.items()}

    def words(self, *numbers, **more):
        return " ".join(f["text"] for f in diagnosis.stream_findings("smap", self.stream(*numbers, **more), None, ("run", "analysis")))

    def test_a_consistent_stream_raises_nothing(self):
        self.assertEqual(self.words(1.0, 1.0, 1.0, 1.0), "")

    def test_a_halved_error_is_named(self):
        self.assertIn("Observation error of smap is too small", self.words(1.0, 0.5, 0.5, 0.5))

    def test_a_small_spread_is_named(self):
        self.assertIn("Forecast spread is too small for smap", self.words(1.0, 1.0, 1.0, 0.4))

    def test_a_bias_is_named_and_not_taken_for_a_small_error(self):
        words = self.words(1.0, 1.0, 1.0, 1.0, bias=1.5)
        self.assertIn("Bias of smap: observations are on average 1.5 above the forecast", words)
        self.assertNotIn("too small", words)


class Pages(Folder):
    def test_an_empty_folder_is_told_and_no_folder_is_an_error(self):
        done = make(self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("holds no results", done.stdout)
        self.assertIn("holds no results", (self.folder / "report.html").read_text())
        gone = make(self.folder / "gone")
        self.assertNotEqual(gone.returncode, 0)
        self.assertIn("is not a folder", gone.stderr)

    def test_nothing_in_the_page_asks_the_network(self):
        synthetic_run.write_osse(self.folder)
        self.assertEqual(make(self.folder).returncode, 0)
        text = (self.folder / "report.html").read_text()
        self.assertEqual(re.findall(r'<(?:link|img|script|iframe)[^>]*(?:src|href)="(?!data:)[^"]*"', text), [])
        self.assertLess(len(text), 6e6)

    def test_a_long_run_is_averaged_to_the_size_that_was_asked_for(self):
        synthetic_run.write_osse(self.folder, windows=400)
        self.assertEqual(make(self.folder, "--megabytes", 5).returncode, 0)
        self.assertLess((self.folder / "report.html").stat().st_size, 5.5e6)
        self.assertGreater(data_of(self.folder / "report.html")["runs"][0]["grid"]["times"]["group"], 1)

    def test_scores_without_verification_are_those_of_the_definition(self):
        synthetic_run.write_osse(self.folder)
        self.assertEqual(make(self.folder).returncode, 0)
        score = data_of(self.folder / "report.html")["runs"][0]["tables"]["score"]["columns"]
        row = next(i for i in range(len(score["value"])) if (score["source"][i], score["variable"][i], score["region"][i], score["season"][i], score["score"][i])
                   == ("analysis", "leaf_area_index", "global", "all", "rmse"))
        truth, mean = (xr.open_dataset(self.folder / p / "products.nc")[n] for p, n in (("nature", "leaf_area_index"), ("analysis", "leaf_area_index_mean")))
        weights = np.cos(np.deg2rad(truth["lat"]))
        self.assertAlmostEqual(score["value"][row], float((((mean - truth).astype(float) ** 2).weighted(weights).mean()) ** 0.5), places=5)


@WITH_BROWSER
class Browser(Folder):
    @classmethod
    def setUpClass(cls):
        cls.driver = browser.open_browser(1366, 900)

    @classmethod
    def tearDownClass(cls):
        cls.driver.quit()

    def open(self, *arguments, output="report.html"):
        done = make(*arguments, "--output", self.folder / output)
        self.assertEqual(done.returncode, 0, done.stderr)
        return browser.Page(self.driver, self.folder / output)

    def check(self, opened):
        self.assertEqual(opened.complaints(), [])
        self.assertEqual(opened.state(), "")

    def test_a_set_of_experiments_draws_every_panel_and_every_control_changes_something(self):
        synthetic_run.write_osse(self.folder)
        synthetic_tables.make_set(self.folder, synthetic_run.PRODUCTS)
        opened = self.open(self.folder)
        for tab in opened.tabs():
            opened.click_tab(tab)
            for name, traces in opened.plots(tab):
                self.assertGreater(traces, 0, f"plot {name} of {tab} is empty")
            self.use_controls(opened, tab)
        self.assertFalse(opened.driver.execute_script("return Boolean(document.querySelector('#maps .absent, #scorecard .absent, #impact .absent, #ranks .absent')) "))
        self.screenshots(opened)
        self.check(opened)

    def test_forecasts_grow_from_their_analysis_beside_the_open_loop_at_the_same_times(self):
        synthetic_run.write_osse(self.folder)
        synthetic_tables.make_set(self.folder, synthetic_run.PRODUCTS)
        opened = self.open(self.folder)
        opened.click_tab("scores")
        for name, value in (("reference", "nature"), ("score", "rmse"), ("compare over", "lead_days"), ("relative to open loop", False)):
            box = opened.driver.find_element("css selector", f'#scores [data-control="{name}"]')
            opened.driver.execute_script("const [box, value] = arguments; if (typeof value === 'boolean') box.checked = value; else box.value = value; box.dispatchEvent(new Event('change'));", box, value)
            opened.settle()
        curves = dict(opened.driver.execute_script("return document.querySelector('#scores [data-plot=scores]').data.map((t) => [t.name, [[...t.x], [...t.y]]])"))
        for name, expected in (("open loop", [2, 2]), ("control", [0.8, 1.2])):
            lead, values = curves[name]
            self.assertEqual(lead, [0, 8, 16])
            np.testing.assert_allclose(values[1:], expected, atol=1e-6)
        self.check(opened)

    def test_withheld_observations_are_compared_by_tower(self):
        synthetic_run.write_osse(self.folder)
        synthetic_tables.make_set(self.folder, synthetic_run.PRODUCTS)
        opened = self.open(self.folder)
        opened.click_tab("scores")
        for name, value in (("reference", "towers"), ("compare over", "tower")):
            box = opened.driver.find_element("css selector", f'#scores [data-control="{name}"]')
            opened.driver.execute_script("const [box, value] = arguments; box.value = value; box.dispatchEvent(new Event('change'));", box, value)
            opened.settle()
        labels = opened.driver.execute_script("return [...document.querySelector('#scores [data-plot=scores]').layout.yaxis.ticktext]")
        self.assertEqual(sorted(labels), ["FI-Hyy", "US-Var"])
        self.assertIn("denied", opened.driver.execute_script("return [...document.querySelector('#scores [data-control=reference]').options].map((o) => o.value)"))
        summary = opened.driver.find_element("id", "summary").get_attribute("textContent")
        self.assertIn("withheld", summary)
        self.assertNotIn("tower:", summary)
        self.check(opened)

    def use_controls(self, opened, tab):
        # What cannot change anything by itself: places that the slider of coordinates is not shown for, ties of colours.
        for control in opened.controls(tab):
            name, before = control.get_attribute("data-control"), opened.content(tab)
            back = opened.use(control)
            if name not in ("same colours on both",):
                self.assertNotEqual(opened.content(tab), before, f"control '{name}' of panel {tab} changes nothing")
            back()

    def screenshots(self, opened):
        folder = os.environ.get("TILTH_SCREENSHOTS")
        for width in (1366, 1920):
            opened.driver.set_window_size(width, 1000)
            for tab in opened.tabs():
                opened.click_tab(tab)
                opened.settle()
                wide = opened.driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
                self.assertLessEqual(wide, 0, f"panel {tab} is wider than {width} pixels")
                shot = opened.driver.get_screenshot_as_png()
                self.assertGreater(len(shot), 10_000)
                if folder:
                    Path(folder, f"{tab}-{width}.png").write_bytes(shot)

    def test_panels_are_reached_by_the_keyboard_and_the_theme_changes(self):
        synthetic_run.write_osse(self.folder)
        opened = self.open(self.folder)
        opened.driver.find_element("id", "tab-summary").send_keys("\ue014")  # arrow to the right
        opened.wait()
        self.assertEqual(opened.driver.switch_to.active_element.get_attribute("id"), "tab-maps")
        self.assertTrue(opened.driver.find_element("id", "maps").is_displayed())
        paper = "return document.querySelector('#maps [data-plot]').layout.paper_bgcolor"
        before = opened.driver.execute_script(paper)
        opened.driver.find_element("id", "theme").click()
        opened.settle()
        self.assertNotEqual(opened.driver.execute_script(paper), before)
        self.check(opened)

    def test_sites_without_truth_have_innovations_and_withheld_scores(self):
        synthetic_run.write_sites(self.folder)
        opened = self.open(self.folder)
        for tab in opened.tabs():
            opened.click_tab(tab)
        self.assertIn("Against observations that were not assimilated", opened.driver.find_element("id", "summary").get_attribute("textContent"))
        self.assertTrue(all(traces for _, traces in opened.plots("maps") + opened.plots("scores")))
        self.check(opened)

    def test_two_runs_one_broken_and_an_empty_one_open_without_an_error(self):
        one, two, three = (self.folder / n for n in ("one", "two", "three"))
        synthetic_run.write_osse(one)
        synthetic_run.write_osse(two)
        (two / "analysis/parameters.nc").write_bytes(b"not NetCDF")
        (two / "analysis/products.nc").unlink()
        three.mkdir()
        opened = self.open(one, two, three)
        for tab in opened.tabs():
            opened.click_tab(tab)
        self.check(opened)


if __name__ == "__main__":
    if not CHROMIUM:
        print("SKIPPED: tests in a browser (no chromium, chromedriver or selenium; tools/install --browser provides them)")
    unittest.main()

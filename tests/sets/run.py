#!/usr/bin/env python3
"""A set of experiments gives the bytes of its experiments run one by one, however it is run.

Usage: run.py WHAT TILTH SET.yaml
    parts    control and a denial are the plain analyses of the same streams; what is withheld stays in the feedback
    groups   groups of ranks side by side, and other numbers of ranks
    only     one start per experiment, waiting for what is shared, in any order
    resume   killed while experiments run, or told to stop within a window, and continued on other ranks
    linear   impacts add up to the change of the forecast error (with linear.yaml)
    input    names and options that cannot be are refused, with a hint
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "invariance"))
from run import children, kill_when  # noqa: E402

STOPPED = 4
NAMES = ["control", "no_ndvi", "no_sif", "soil_only", "trusting"]


class Runs:
    """Starts of the program in a folder of their own."""

    def __init__(self, program, experiment, folder):
        self.program, self.experiment, self.folder = Path(program).resolve(), Path(experiment).resolve(), Path(folder)

    def line(self, output, *options, ranks=1, command="osse"):
        launcher = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(ranks)] if ranks > 1 else []
        return [*launcher, str(self.program), command, str(self.experiment), "--output", str(self.folder / output), "--quiet", *options]

    def run(self, output, *options, expect=0, **how):
        done = subprocess.run(self.line(output, *options, **how), capture_output=True, text=True)
        if done.returncode != expect:
            raise AssertionError(f"{output} {options}: status {done.returncode}, expected {expect}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def files(self, part):
        base = self.folder / part
        found = {p.relative_to(base): p for p in base.rglob("*.nc") if "logs" not in p.parts and not p.name.endswith("_stopped.nc")}
        if not found:
            raise AssertionError(f"{base} holds no NetCDF file: nothing is compared")
        return found

    def expect_equal(self, one, other, leave_out=()):
        """Same files with the same bytes, but for titles, which name the part."""
        a, b = self.files(one), self.files(other)
        a, b = ({k: v for k, v in x.items() if k.name not in leave_out} for x in (a, b))
        if a.keys() != b.keys():
            raise AssertionError(f"{one} and {other} hold other files: {sorted(map(str, a.keys() ^ b.keys()))}")
        unlike = [str(k) for k in a if a[k].read_bytes() != b[k].read_bytes()]
        if unlike:
            raise AssertionError(f"{one} and {other} differ in {unlike}")
        print(f"{one} = {other}: {len(a)} files")


PLAIN = ["--set", "experiments={}", "--set", "impact=false"]


def parts(runs):
    """Products differ in their title, restart files of the control hold what its impact needs: the rest is compared."""
    import netCDF4

    runs.run("set", "--set", "impact=false")
    runs.run("all", *PLAIN)
    runs.run("denied", *PLAIN, "--set", "observations[1].assimilate=false")
    runs.run("relaxed", *PLAIN, "--set", "analysis.inflation.rtps=0.5")
    runs.run("one", "--set", "experiments={relaxed: {set: {analysis.inflation.rtps: 0.5}}}", "--set", "impact=false")
    for name, plain in (("set/experiments/control", "all"), ("set/experiments/no_sif", "denied"), ("one/experiments/relaxed", "relaxed")):
        runs.expect_equal(name, f"{plain}/analysis", leave_out=["products.nc"])
        with netCDF4.Dataset(runs.folder / f"{name}/products.nc") as a, \
                netCDF4.Dataset(runs.folder / f"{plain}/analysis/products.nc") as b:
            for variable in a.variables:
                assert a[variable][...].tobytes() == b[variable][...].tobytes(), f"{name}: {variable} of the products"
    for part in ("nature", "open_loop", "observations"):
        runs.expect_equal(f"set/{part}", f"all/{part}")
    runs.run("judged")
    denied_errors(runs.folder / "judged")
    runs.expect_equal("set/experiments/control", "judged/experiments/control", leave_out=["impact.nc", *(p.name for p in (runs.folder / "judged/experiments/control/restart").glob("*.nc"))])
    for path in sorted((runs.folder / "set/experiments/soil_only/feedback").glob("*.nc")):
        with netCDF4.Dataset(path) as f:
            stream = list(f["type"].flag_meanings.split())
            for kind, flag in zip(f["type"][:], f["qc"][:]):
                assert (flag & 256 == 256) == (stream[int(kind)] != "soil_moisture"), f"{path.name}: flag {flag} of {stream[int(kind)]}"


def denied_errors(run):
    """The denial column of impact.nc by numpy: errors of forecasts before their analysis, in units of the open loop's variance."""
    import netCDF4
    import numpy as np

    def read(part, name):
        with netCDF4.Dataset(run / part / "products.nc") as f:
            land = ~np.ma.getmaskarray(f["cell_area"][:])
            return f[name][:].astype(float)[..., land], f["cell_area"][:][land].astype(float)

    with netCDF4.Dataset(run / "experiments/control/products.nc") as f:
        names = [v.removesuffix("_increment") for v in f.variables if v.endswith("_increment")]

    def error(part):
        total, count = 0.0, 0
        for name in names:
            sd, area = read("open_loop", name + "_sd")
            variance = np.average((sd**2).mean(axis=0), weights=area)
            if not variance > 0:
                continue
            prior = read(part, name + "_mean")[0] - read(part, name + "_increment")[0]
            square = (prior - read("nature", name)[0])[1:] ** 2  # the first forecast knows of no analysis
            total, count = total + np.average(square.mean(axis=0), weights=area) / variance, count + 1
        return total / count

    with netCDF4.Dataset(run / "impact.nc") as f:
        words = lambda name: np.array([b"".join(row).decode().rstrip("\0 ") for row in f[name][:].filled(b"")])  # noqa: E731
        whole = (words("impact_region") == "global") & (words("impact_pft") == "all") & (words("impact_experiment") == "control")
        for stream in ("ndvi", "sif"):
            found = float(f["impact_denial"][:][whole & (words("impact_stream") == stream)][0])
            expected = error(f"experiments/no_{stream}") / error("experiments/control") - 1
            assert abs(found - expected) < 1e-5 * abs(expected), f"denial of {stream}: {found}, expected {expected}"


def groups(runs):
    runs.run("one")
    for ranks, count in ((2, 1), (2, 2), (4, 3)):
        name = f"ranks{ranks}_groups{count}"
        runs.run(name, "--groups", str(count), ranks=ranks)
        runs.expect_equal("one", name)
    text = runs.run("many", "--groups", "3", ranks=2, expect=2)
    assert "--groups=3: there are 2 ranks and 5 experiments" in text, text


def only(runs):
    runs.run("whole")
    text = runs.run("array", "--only", "no_sif", expect=2)
    assert "--only control' makes it" in text, text
    waiting = subprocess.Popen(runs.line("array", "--only", "no_sif,soil_only", "--wait"), stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        runs.run("array", "--only", "control", ranks=2)
        assert waiting.wait(timeout=60) == 0, "the start that waited failed"
    finally:
        waiting.kill()
    runs.run("array", "--only", "trusting")
    assert not (runs.folder / "array/impact.nc").exists(), "impact.nc of a set that is not complete"
    runs.run("array", "--only", "no_ndvi")
    runs.expect_equal("whole", "array")
    for record in ("control", "no_sif", "trusting"):
        assert (runs.folder / f"array/experiments/{record}/run.json").exists(), f"no record of {record}"


def resume(runs):
    runs.run("whole")
    for number, (name, count) in enumerate((("control", 1), ("no_ndvi", 1), ("soil_only", 2))):
        output = f"killed{number}"
        restart = runs.folder / output / "experiments" / name / "restart"
        line = runs.line(output, "--groups", str(count), ranks=2)
        if not kill_when(line, lambda: any(restart.glob("restart_*.nc"))):
            raise AssertionError(f"{output}: ended before the kill")
        runs.run(output, "--resume", ranks=3)
        runs.expect_equal("whole", output)
    for count in (1, 2):
        output = f"stopped{count}"
        stop_within_a_window(runs, output, "control", "--groups", str(count))
        runs.run(output, "--resume", ranks=3)
        runs.expect_equal("whole", output)
        for name in ("impact.nc", "verification.nc", "scorecard.nc", "experiments/control/impact.nc"):
            assert Path(name) in runs.files(output), f"{output}: no {name}: nothing was proved of it"


def stop_within_a_window(runs, output, name, *options):
    """Starts on two ranks and sends SIGTERM while an experiment, which carries forecasts for its impact, is in a window."""
    restart = runs.folder / output / "experiments" / name / "restart"
    for _ in range(8):
        shutil.rmtree(runs.folder / output, ignore_errors=True)
        process = subprocess.Popen(runs.line(output, *options, ranks=2), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not any(restart.glob("restart_*.nc")):
            time.sleep(0.002)
        for pid in children(process.pid) if process.poll() is None else []:  # the ranks; their launcher would kill them
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass  # it had ended
        _, text = process.communicate(timeout=120)
        if process.returncode == STOPPED and any(restart.glob("*_stopped.nc")):
            print(f"{output}: {[p.name for p in restart.glob('*_stopped.nc')]}")
            return
        assert process.returncode in (0, STOPPED), f"{output}: status {process.returncode}\n{text}"
    raise AssertionError(f"{output}: never stopped within a window")


def refused(runs):
    cases = [("experiments={a: {without: [sfi]}}", "no stream is named 'sfi'; did you mean 'sif'"),
             ("experiments={a: {without: [sif], only: [ndvi]}}", "give without or only"),
             ("experiments={a: some}", "must be 'all' or a section"),
             ("experiments={a: {witout: [sif]}}", "did you mean 'without'"),
             ("experiments={nature: all}", "name of another part"),
             ("experiments={a: all, b: {set: {observations.sif.simulate.bias: 1}}}", "share them"),
             ("experiments={a: all, b: {set: {ensemble.size: 5}}}", "share them"),
             ("experiments={a: all, b: {set: {observations.sif.eror_absolute: 1}}}", "did you mean 'error_absolute'"),
             ("impact.experiments=[no_siff]", "did you mean 'no_sif'"),
             ("impact.variables=[gpp_]", "no product is named"),
             ("impact.from_window=4", "lower from_window or lead"),
             ("analysis.method=ienks", "set efso to false")]
    for assignment, words in cases:
        text = runs.run("bad", "--set", assignment, expect=2)
        assert words in text, f"{assignment}: {text}"
        assert not (runs.folder / "bad/nature").exists(), f"{assignment}: refused after the run had begun"
        shutil.rmtree(runs.folder / "bad", ignore_errors=True)
    text = runs.run("bad", "--set", "verification={open_loop: false, states: true}", expect=2)
    assert "verification.open_loop is false" in text, text
    text = runs.run("bad", "--only", "no_siff", expect=2)
    assert "did you mean 'no_sif'" in text, text
    for option in (["--only", "a"], ["--groups", "2"]):
        text = runs.run("bad", *PLAIN, *option, expect=2)
        assert "no section 'experiments'" in text, text
    print(f"{len(cases) + 4} inputs refused")


def linear(runs):
    """Impacts add up to the change of the error, to round-off where forecast and update are linear."""
    import netCDF4

    def sums(output, *options):
        runs.run(output, *options)
        with netCDF4.Dataset(runs.folder / output / "impact.nc") as f:
            return float(f["impact_error_reduction"][0]), float(f["impact_error_reduction_estimated"][0])

    for number, options in enumerate(([], ["impact.lead=3"], ["analysis.method={letkf: {inflation: 1.3}}"], ["analysis.method=etkf"],
                                      ["analysis.inflation.adaptive={method: innovations}", "control.parameters={}"],
                                      ["control.parameters={u: {scope: column, sd: 0.3}}", "analysis.parameter_relaxation=0.5"],
                                      ["control.states=[none]"], ["control.states=[none]", "impact.lead=3"])):
        true, estimate = sums(f"linear{number}", *(w for o in options for w in ("--set", o)))
        print(f"{options}: error reduction {true:.15g}, sum of impacts {estimate:.15g}")
        assert abs(true) > 1e-6 and abs(estimate - true) < 1e-9 * abs(true), "the impacts do not add up"
    true, estimate = sums("unsplit", "--set", "impact.shared_parameters=false")
    assert abs(estimate - true) > 1e-4 * abs(true), "the update of the global parameter makes no difference: nothing was proved"


STORIES = {"linear": linear, "parts": parts, "groups": groups, "only": only, "resume": resume, "input": refused}


def main():
    what, program, experiment = sys.argv[1:4]
    folder = tempfile.mkdtemp(prefix="tilth-sets-")
    try:
        STORIES[what](Runs(program, experiment, folder))
    except AssertionError as fault:
        print(fault)
        return 1
    except ImportError as lacking:
        print(f"skipped: {lacking}")
        return 77
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())

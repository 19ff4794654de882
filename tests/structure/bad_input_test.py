#!/usr/bin/env python3
"""Every bad input ends with exit status 2, a message that names the thing and the remedy, and nothing written.

Usage: bad_input_test.py TILTH [part of a case's name ...]; MPIEXEC in the environment starts several ranks.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cases import REMOVE, changed, chosen, report

try:
    import small_site as site
except ImportError as missing:
    print(f"skipped: {missing}; tools/install provides it")
    sys.exit(77)

MET, OBS = f"{site.SITE['name']}_met.nc", "lai.nc"


@dataclass
class Case:
    """One thing that is wrong, and words that the message must hold."""

    name: str
    says: list
    options: dict = field(default_factory=dict)  # path -> value (REMOVE takes the key away)
    spoil: tuple = ()                            # (file, variable, arguments of small_site.spoil)
    arguments: tuple = ()
    ranks: int = 1
    command: str = "assimilate"
    prepare: object = None                       # function of the folder
    expected: int = 2


CASES = [
    Case("unknown key", ["analysis", "colour"], {"analysis.colour": "red"}),
    Case("mistyped key", ["ensemble", "'sise'", "did you mean 'size'"], {"ensemble.sise": 8}),
    Case("mistyped section", ["'forcng'", "did you mean 'forcing'"], {"forcng": {}}),
    Case("mistyped key on the command line", ["ensemble", "sise", "size"], arguments=("--set", "ensemble.sise=8")),
    Case("mistyped method", ["analysis.method", "letfk", "letkf"], {"analysis.method": "letfk"}),
    Case("mistyped plant type", ["C3H"], {"grid.sites.0.cover": ["C3H 0.9"]}),
    Case("word for a number", ["ensemble.size", "many"], {"ensemble.size": "many"}),
    Case("required key missing", ["time", "start"], {"time.start": REMOVE}),
    Case("end before start", ["time", "2017-06-01"], {"time.end": "2017-06-01"}),
    Case("no second member", ["ensemble.size", "1", "between 2"], {"ensemble.size": 1}),
    Case("rule for an unknown row", ["analysis.localisation.rules", "soil_moistur", "did you mean 'soil_moisture'"],
         {"analysis.localisation.rules": [{"rows": ["soil_moistur"]}]}),
    Case("rule for a parameter that no column has", ["analysis.localisation.rules", "kphio"],
         {"control.parameters": {"kphio": {"scope": "pft"}}, "analysis.localisation.rules": [{"rows": ["kphio"]}]}),
    Case("rule for an unknown stream", ["analysis.localisation.rules", "observations", "lay", "did you mean 'lai'"],
         {"analysis.localisation.rules": [{"observations": ["lay"]}]}),
    Case("rule with a mistyped key", ["analysis.localisation.rules", "half_widht_km", "half_width_km"],
         {"analysis.localisation.rules": [{"half_widht_km": 300}]}),
    Case("rank histogram of a stream without effect", ["rank_histogram", "letkf", "ensrf"], {"observations.0.rank_histogram": True}),
    Case("rank histogram of a state without effect", ["rank_histogram", "enkf", "ensrf"],
         {"analysis.method": "enkf", "control.rank_histogram": ["soil_moisture"]}),
    Case("rank histogram of a state that is not updated", ["rank_histogram", "control.states"],
         {"analysis.method": "ensrf", "control.states": ["soil_moisture"], "control.rank_histogram": ["carbon_leaf"]}),
    Case("learnt inflation of a window that is rerun", ["analysis.inflation.adaptive", "iterative"],
         {"analysis.method": "es_mda", "analysis.inflation": {"adaptive": {"method": "bayesian"}}}),
    Case("observations without error", ["error_absolute", "0", "positive"], {"observations.0.error_absolute": 0}),
    Case("error factors that do not add up", ["alphas"], {"analysis.method": {"es_mda": {"alphas": [4, 4]}}}),
    Case("unknown taper", ["analysis.localisation", "gaspari", "gaspari_cohn"], {"analysis.localisation.taper": "gaspari"}),
    Case("rows with gains of their own in one minimisation", ["analysis.localisation", "4denvar", "letkf"],
         {"analysis.method": "4denvar", "control.parameters": {"lma": {"scope": "column"}},
          "analysis.localisation.rules": [{"rows": ["lma"], "weight": 0.5}]}),
    Case("rows with a width of their own in one minimisation", ["analysis.localisation", "lma", "4denvar", "half_width_km"],
         {"analysis.method": "4denvar", "control.parameters": {"lma": {"scope": "column"}},
          "analysis.localisation.rules": [{"rows": ["lma"], "half_width_km": 900}]}),
    Case("unknown state", ["control.states", "leaf_aria"], {"control.states": ["leaf_aria"]}),
    Case("experiment file missing", ["nowhere.yaml"], prepare=lambda f: (f / "experiment.yaml").rename(f / "there.yaml"),
         arguments=("nowhere.yaml",)),
    Case("not YAML", ["experiment.yaml"], prepare=lambda f: (f / "experiment.yaml").write_text("a: [1, 2\nb: }\n")),
    Case("forcing file missing", [MET, site.SITE["name"]], prepare=lambda f: (f / MET).unlink()),
    Case("forcing is not NetCDF", [MET], prepare=lambda f: (f / MET).write_text("not NetCDF")),
    Case("observation file missing", [OBS], prepare=lambda f: (f / OBS).unlink()),
    Case("observed variable missing", [OBS, "valeu", "value"], {"observations.0.variable": "valeu"}),
    Case("wrong unit in the forcing", [MET, "Tair", "kg"], spoil=(MET, "Tair", {"units": "kg"})),
    Case("no unit in the forcing", [MET, "Tair", "units"], spoil=(MET, "Tair", {"units": ""})),
    Case("wrong unit of an observation", [OBS, "value", "kelvin"], spoil=(OBS, "value", {"units": "kelvin"})),
    Case("NaN in the forcing", [MET, "SWdown", "2018-01-06"], {"forcing.sites.recycle": False, "forcing.sites.interpolate_days": 0},
         spoil=(MET, "SWdown", {"values": float("nan"), "where": slice(5, 6)})),
    Case("forcing out of range", [MET, "Tair", "400"], spoil=(MET, "Tair", {"values": 400.0, "where": slice(5, 6)})),
    Case("observation outside the grid", [OBS, "lai"], spoil=(OBS, "lat", {"values": -33.0})),
    Case("latitude beyond the pole", [OBS, "lat", "97"], spoil=(OBS, "lat", {"values": 97.0, "where": slice(1, 2)})),
    Case("observations outside the time range", [OBS, "lai"], spoil=(OBS, "time", {"values": -4000.0})),
    Case("negative error", [OBS, "error_sd", "-0.3"], spoil=(OBS, "error_sd", {"values": -0.3, "where": slice(2, 3)})),
    Case("more ranks than columns", ["3", "1", "rank"], ranks=3),
    Case("unwritable output", ["closed"], {"experiment.output": "closed/out"}, prepare=lambda f: (f / "closed").write_text("a file")),
    Case("derivatives of a column that is not there", ["--point", "99", "no such column"], command="check",
         arguments=("--derivatives", "--point", "99")),
    Case("derivatives of no day", ["--days", "0"], command="check", arguments=("--derivatives", "--days", "0")),
    Case("derivatives of a run", ["--derivatives", "tilth check"], arguments=("--derivatives",)),
    Case("unknown command", ["asimilate", "assimilate"], command="asimilate"),
]


def run(program, folder, case):
    """Exit status, everything printed, files written below the output."""
    site.write(folder)
    site.write_experiment(folder, changed(site.EXPERIMENT, case.options))
    if case.spoil:
        file, variable, how = case.spoil
        site.spoil(folder / file, variable, **how)
    if case.prepare:
        case.prepare(folder)
    arguments = list(case.arguments)
    if not any(a.endswith(".yaml") for a in arguments):
        arguments.insert(0, "experiment.yaml")
    launch = [os.environ.get("MPIEXEC", "mpirun"), "-n", str(case.ranks)] if case.ranks > 1 else []
    done = subprocess.run(launch + [program, case.command, *arguments], cwd=folder, capture_output=True, text=True, timeout=300)
    written = [p.relative_to(folder).as_posix() for p in (folder / "out").rglob("*") if p.is_file()]
    return done.returncode, done.stdout + done.stderr, written


def faults(program, case):
    """What is wrong with the program's answer to one case; empty when it is as it must be."""
    folder = Path(tempfile.mkdtemp())
    try:
        status, text, written = run(program, folder, case)
    except subprocess.TimeoutExpired:
        return ["does not end within 300 s"]
    finally:
        shutil.rmtree(folder)
    found = [] if status == case.expected else [f"exit status {status}, expected {case.expected}"]
    found += [f"the message does not say '{word}'" for word in case.says if word not in text]
    if case.expected and written:
        found.append(f"wrote {written[:5]}")
    return found + ([f"printed:\n{text[-1500:]}"] if found else [])


def main():
    program = str(Path(sys.argv[1]).resolve())
    good = Case("the good experiment", [], expected=0)
    return report([good, *chosen(CASES, sys.argv[2:])], lambda case: faults(program, case))


if __name__ == "__main__":
    sys.exit(main())

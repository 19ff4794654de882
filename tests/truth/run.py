#!/usr/bin/env python3
"""Reference results through `tilth analyse`: writes each case as files, runs the program, calls the case's own checker.

Usage: run.py TILTH TRUTH_FOLDER [part of a case's name ...]. Prints a table; keys that one analysis does not give are
left to other tests and listed. Exit status 1 when a case fails, 77 without the reference results or netCDF4.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy as np

    import bounded
    import iterated
    import linear
    from problem import Runner
except ImportError as missing:
    print(f"skipped: {missing}; tools/install provides it")
    sys.exit(77)

CASES = [("01_kf", linear.kalman, {}), ("02_ensemble_update_a", linear.updates, {}), ("02_ensemble_update_b", linear.updates, {}),
         ("04_localised", linear.localised, {}), ("06_4denvar_linear", linear.smoother, {"method": "4denvar_ensemble"}),
         ("06_4denvar_linear", linear.smoother, {"method": "letkf"}), ("06b_4denvar_nonlinear_h", linear.nonlinear_h, {}),
         ("06c_4denvar_localised", linear.localised_smoother, {"method": "4denvar"}),
         ("06c_4denvar_localised", linear.localised_smoother, {"method": "enkf_schur"}),
         ("07_esmda_linear", iterated.mda, {}), ("08_ienks_map", iterated.smoother_map, {}),
         ("12_qceff_bnrh", bounded.rank_histogram, {}), ("19_toy_carbon_4denvar", iterated.carbon, {}),
         ("20_joint_state_parameter", linear.joint, {}), ("25_bounded_bayes_limit", bounded.bayes_limit, {}),
         ("27_enkf_large_N", linear.large_ensemble, {}), ("28_scalar_nonlinear", iterated.scalar, {})]


def arrays(values):
    return {k: arrays(v) if isinstance(v, dict) else np.array(v) if isinstance(v, list) else v for k, v in values.items()}


def flat(values, prefix=""):
    for key, value in values.items():
        if isinstance(value, dict) and not {"value", "tol"} <= set(value):
            yield from flat(value, prefix + key + ".")
        else:
            yield prefix + key


def check(program, truth, name, function, extra):
    """Status, largest difference and the keys that were not made."""
    reference = json.loads((truth / f"{name}.json").read_text())
    inputs = {**arrays(reference["inputs"]), **extra}
    if name.startswith("27"):
        inputs["case_01"] = arrays(json.loads((truth / "01_kf.json").read_text())["inputs"])
    with tempfile.TemporaryDirectory() as folder:
        try:
            got = function(Runner(program, folder), inputs)
        except RuntimeError as error:
            return "FAIL", str(error).replace("\n", " ")[-220:], []
        answer = Path(folder) / "answer.json"
        answer.write_text(json.dumps({k: np.asarray(v).tolist() for k, v in got.items()}))
        done = subprocess.run([sys.executable, str(truth / f"check_{name}.py"), str(answer), "--partial"], capture_output=True, text=True)
    text = done.stdout + done.stderr
    differences = [float(d) for d in re.findall(r"max\|diff\| (\S+)", text)]
    wrong = "; ".join(line for line in text.splitlines() if line.startswith(("WRONG", "shape", "not")))
    largest = f"{max(differences):.1e}" if differences else "in tolerance"
    return ("PASS" if done.returncode == 0 else "FAIL"), wrong[:300] or largest, [k for k in flat(reference["expected"]) if k not in got]


def main():
    program, truth = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2])
    if not (truth / "01_kf.json").exists():
        print(f"skipped: no reference results in {truth}")
        return 77
    failed = 0
    for name, function, extra in CASES:
        if sys.argv[3:] and not any(part in name for part in sys.argv[3:]):
            continue
        status, what, missing = check(program, truth, name, function, extra)
        failed += status == "FAIL"
        label = f"{name} {extra.get('method', '')}".strip()
        print(f"{label:34} {status}  {what}" + (f"  [elsewhere: {', '.join(missing[:4])}{' ...' if len(missing) > 4 else ''}]" if missing else ""), flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

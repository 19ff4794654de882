"""Submission of chains of batch jobs: checks, the folder of the chain, the command that submits a link. Used by tools/jobs."""

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

from job_chain import command, now

HOME = Path(__file__).resolve().parents[1]
# settings.sh -> option of sbatch
RESOURCES = {"ACCOUNT": "--account", "PARTITION": "--partition", "QOS": "--qos", "NODES": "--nodes", "RANKS": "--ntasks",
             "THREADS": "--cpus-per-task", "MEMORY_PER_CPU": "--mem-per-cpu", "TIME_LIMIT": "--time"}

NAMES = ("WARNING_S", "LAUNCHER", "CHAIN", "RETRIES")
ARRAYS = ("SBATCH_OPTIONS", "PROGRAM", "SRUN_OPTIONS", "MPIRUN_OPTIONS")


def read_settings(path):
    """Values of a settings file: texts, and lists for arrays; it is a shell script, so the shell reads it."""
    script = 'set -e; source "$1"; shift; for n in "$@"; do declare -n v=$n; printf "%s" "$n"; for w in "${v[@]}"; do printf "\\1%s" "$w"; done; printf "\\2"; done'
    done = subprocess.run(["bash", "-c", script, "settings", path, *RESOURCES, *NAMES, *ARRAYS], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"tools/jobs: {path}: {done.stderr.strip()}")
    values = {}
    for entry in done.stdout.split("\2")[:-1]:
        name, *words = entry.split("\1")
        values[name] = words if name in ARRAYS else (words[0] if words else "")
    check_settings(path, values)
    return values


def assignment(text):
    """NAME=VALUE of the command line as a line of a settings file; the words of a list are quoted as in a shell."""
    name, _, value = text.partition("=")
    if name not in (*RESOURCES, *NAMES, *ARRAYS):
        raise SystemExit(f"tools/jobs: --with {text}: no setting {name!r}; there are {', '.join((*RESOURCES, *NAMES, *ARRAYS))}")
    return f"{name}=({shlex.join(shlex.split(value))})\n" if name in ARRAYS else f"{name}={shlex.quote(value)}\n"


def check_settings(path, values):
    expected = {"LAUNCHER": ("srun", "mpirun"), "CHAIN": ("successor", "requeue")}
    for name, words in expected.items():
        if values[name] not in words:
            raise SystemExit(f"tools/jobs: {path}: {name}={values[name]!r}, must be one of {', '.join(words)}")
    for name in ("RANKS", "NODES", "THREADS", "WARNING_S", "RETRIES"):
        text = values[name]
        if (text or name == "RETRIES") and not (text.isdigit() and int(text) > 0):
            raise SystemExit(f"tools/jobs: {path}: {name}={text!r}, must be a whole number above 0")
    if not values["PROGRAM"] or not shutil.which(values["PROGRAM"][0], path=f"{os.environ.get('PATH', '')}") and not (
            HOME / values["PROGRAM"][0]).is_file():
        raise SystemExit(f"tools/jobs: {path}: PROGRAM={' '.join(values['PROGRAM'])}: no such program; run tools/build")


def script_defaults(script):
    """Options that a job script gives to tools/jobs (#TILTH lines), and its job name."""
    text = script.read_text()
    words = [w for line in re.findall(r"^#TILTH (.*)$", text, flags=re.M) for w in line.split()]
    name = re.search(r"^#SBATCH --job-name=(\S+)", text, flags=re.M)
    return dict(zip(words[::2], words[1::2])), name.group(1) if name else script.stem


def experiment_of(script, words):
    """The experiment file among the words for tilth, or the one in the job script."""
    if words and not words[0].startswith("-"):
        return words[0]
    default = re.search(r"set -- (\S+\.yaml)", script.read_text())
    if not default:
        raise SystemExit(f"tools/jobs: {script.name} needs an experiment: tools/jobs submit {script} EXPERIMENT.yaml")
    return default.group(1)


def checked_plan(program, experiment, options):
    """Runs `tilth check`, so that bad input is refused here and not in the queue; period and streams of the experiment."""
    words = [*program, "check", "--quick", experiment, *options]
    # Not the PMI of a surrounding job: one rank on its own.
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM_", "PMI", "OMPI_COMM")) or k == "SLURM_CONF"}
    done = subprocess.run(words, capture_output=True, text=True, cwd=HOME, env=clean)
    if done.returncode != 0:
        raise SystemExit(f"tools/jobs: {shlex.join(words)}: status {done.returncode}\n{(done.stderr or done.stdout).strip()}")
    period = re.search(r"^\s+period\s+(\S+) to (\S+), (\d+) windows", done.stdout, flags=re.M)
    streams = re.search(r"^observations:\n((?:[ -].*\n?)*)", done.stdout, flags=re.M)
    names = re.findall(r"^(?:  )?- name: (\S+)", streams.group(1), flags=re.M) if streams else []
    experiments = re.findall(r"^  experiment  (\S+): ", done.stdout, flags=re.M)
    plan = {"experiment": experiment, "streams": names, "experiments": experiments}
    if period:
        plan.update(start=period.group(1), end=period.group(2), windows=int(period.group(3)))
    return plan


def case_lines(which, plan):
    """Lines of chain/cases: `experiments` makes one per experiment of the file's set, `streams` (and `experiments` of a file without
    a set) one with all streams and one without each; else a file has them."""
    if which == "experiments" and plan.get("experiments"):
        names = plan["experiments"]  # all but the first wait for what that one makes
        return [f"{n} --only {n}" + (" --wait" if k else "") for k, n in enumerate(names)]
    if which in ("streams", "experiments"):
        names = plan["streams"]
        if len(names) < 2:
            raise SystemExit(f"tools/jobs: {plan['experiment']} has {len(names)} streams; --cases streams needs two")
        return ["all"] + [f"without_{n} --set observations[{i}].assimilate=false" for i, n in enumerate(names)]
    if which == "list":
        raise SystemExit("tools/jobs: this job script is for a list of cases: --cases FILE")
    try:
        lines = [line.strip() for line in Path(which).read_text().splitlines()]
    except OSError as error:
        raise SystemExit(f"tools/jobs: --cases {which}: {error.strerror}; give 'streams' or a file") from None
    lines = [line for line in lines if line and not line.startswith("#")]
    names = [line.split()[0] for line in lines]
    for name in names:
        if not re.fullmatch(r"[\w.-]+", name) or name == "chain" or names.count(name) > 1:
            raise SystemExit(f"tools/jobs: {which}: case {name!r}: names are of letters, digits, _ . - and differ")
    for line in lines:
        try:
            shlex.split(line)
        except ValueError as error:
            raise SystemExit(f"tools/jobs: {which}: {line!r}: {error}") from None
    if not lines:
        raise SystemExit(f"tools/jobs: {which}: no case in it")
    return lines


def sbatch_words(script, run, name, settings, lines):
    log = "%x-%A_%a.log" if lines else "%x-%j.log"
    words = ["sbatch", "--parsable", "--export=ALL", "--requeue", "--open-mode=append", f"--job-name={name}", f"--chdir={HOME}",
             f"--comment=tilth:{run}", f"--output={run}/chain/{log}"]
    words += [f"{option}={settings[key]}" for key, option in RESOURCES.items() if settings[key]]
    if settings["WARNING_S"]:
        words.append(f"--signal=B:USR1@{settings['WARNING_S']}")
    return words + settings["SBATCH_OPTIONS"]


def write_submit(run, words, script, arguments, lines):
    """chain/submit: a script that submits a link; its own arguments are further options of sbatch and win."""
    array = "" if not lines else f"""[[ " $* " == *" --array="* ]] || set -- --array=1-{len(lines)} "$@"\n"""
    exports = {"TILTH_HOME": HOME, "TILTH_RUN": run, "TILTH_SETTINGS": run / "chain/settings.sh"}
    if "TILTH_COMMAND" in os.environ:
        exports["TILTH_COMMAND"] = os.environ["TILTH_COMMAND"]
    text = "#!/usr/bin/env bash\n# Submits a link of this chain and prints its number: submit [options of sbatch]\n"
    text += '# What a surrounding job says about itself is not for the next.\nfor name in "${!SLURM_@}"; do [[ $name == SLURM_CONF ]] || unset "$name"; done\n'
    text += "".join(f"export {k}={shlex.quote(str(v))}\n" for k, v in exports.items())
    text += array + f'{shlex.join(words)} "$@" \\\n  {shlex.join([str(script), *arguments])} | cut -d ";" -f 1\nexit "${{PIPESTATUS[0]}}"\n'
    path = run / "chain/submit"
    path.write_text(text)
    path.chmod(0o755)


def submit(options, words):
    """Makes the folder of a chain and submits its first link; the number of the job."""
    script = Path(options.script).resolve()
    if not script.is_file():
        raise SystemExit(f"tools/jobs: {options.script}: no such job script; there are: " +
                         ", ".join(f"jobs/{p.name}" for p in sorted((HOME / "jobs").glob("*.sbatch"))))
    defaults, name = script_defaults(script)
    settings_file = Path(options.settings or os.environ.get("TILTH_SETTINGS") or HOME / "jobs/settings.sh").resolve()
    settings_text = settings_file.read_text() + "".join(assignment(text) for text in options.with_)
    experiment = experiment_of(script, words)
    run = Path(options.run or HOME / "runs" / (options.name or name)).resolve()
    if any("--output" == w or w.startswith("--output=") for w in words):
        raise SystemExit("tools/jobs: the folder of the run is named by --run, not by --output")
    if not options.continue_ and run.exists() and any(p.name != "pictures" for p in run.iterdir()):
        raise SystemExit(f"tools/jobs: {run} is in use; --run names another folder, --continue goes on with the run in it, "
                         "tools/jobs resubmit with its chain")
    (run / "chain").mkdir(parents=True, exist_ok=True)
    try:
        (run / "chain/settings.sh").write_text(settings_text)
        settings = read_settings(run / "chain/settings.sh")
        tilth_options = words[1:] if words and not words[0].startswith("-") else words
        plan = {"experiment": experiment, "streams": [], "experiments": []} if options.no_check else checked_plan(settings["PROGRAM"], experiment, tilth_options)
        which = options.cases or defaults.get("--cases", "")
        lines = case_lines(which, plan) if which else []
    except SystemExit:
        if not options.continue_:
            shutil.rmtree(run / "chain")
        raise
    for leaf in ("links.jsonl", "stop", "successor", "continue", "cases"):
        (run / "chain" / leaf).unlink(missing_ok=True)
    if lines:
        (run / "chain/cases").write_text("\n".join(lines) + "\n")
    if options.continue_:
        (run / "chain/continue").touch()
    (run / "chain/plan.json").write_text(json.dumps({**plan, "submitted": now()}, indent=1) + "\n")
    write_submit(run, sbatch_words(script, run, options.name or name, settings, lines), script, words, lines)
    return run, command(run / "chain/submit", *options.sbatch).strip(), len(lines)

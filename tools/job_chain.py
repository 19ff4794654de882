"""The state of chains of batch jobs: their history, their jobs in the queue, how far the run is. Used by tools/jobs."""

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

PARTS = ("nature", "open_loop", "analysis")  # in the order in which a run passes through them


def command(*words, check=True):
    """Output of a program of SLURM; the word of the program when it fails."""
    try:
        done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    except FileNotFoundError:
        raise SystemExit(f"tools/jobs: no command '{words[0]}' here; SLURM's commands must be in PATH") from None
    if check and done.returncode != 0:
        raise SystemExit(f"tools/jobs: {words[0]}: {(done.stderr or done.stdout).strip()}")
    return done.stdout


def json_lines(path):
    """Objects of a file of JSON lines; what is no object is passed over, as the last line of a file in use may be."""
    found = []
    try:
        text = Path(path).read_text(errors="replace")
    except OSError:
        return found
    for line in text.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found


def seconds_of(text):
    """Time of a record (UTC) in seconds; None for what is no time."""
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp()
    except ValueError:
        return None


def seconds_of_day(text):
    """The same of a day, or of a day with a time, in UTC."""
    return seconds_of(f"{text}+00:00" if "T" in str(text) else f"{text}T00:00:00+00:00")


@dataclass
class Job:
    """A job in the queue; of an array, one task or the tasks that wait together."""

    number: str
    state: str
    reason: str
    start: str
    run: str
    tasks: str = ""


def queue():
    """All jobs of this user that tools/jobs submitted."""
    jobs = []
    lines = command("squeue", "--noheader", "--user", os.getuid(), "--format", "%i|%T|%r|%S|%k")
    for line in lines.splitlines():
        number, state, reason, start, comment = line.strip().split("|", 4)
        if comment.startswith("tilth:"):
            jobs.append(Job(number, state, reason, start, comment[len("tilth:"):], number.partition("_")[2].strip("[]")))
    return jobs


@dataclass
class Progress:
    """How far a run is: the part it is in, the date reached, share of that part, seconds to its end."""

    part: str = ""
    date: str = ""
    share: float = None
    eta_s: float = None
    source: str = ""


@dataclass
class Chain:
    """One run, or one case of an array."""

    run: Path               # folder of the results
    case: int = 0           # line of the list of cases, from 1
    top: Path = None        # folder that was submitted
    jobs: list = field(default_factory=list)

    @property
    def history(self):
        return json_lines(self.run / "chain/links.jsonl")

    def plan(self):
        try:
            return json.loads((self.top / "chain/plan.json").read_text())
        except (OSError, ValueError):
            return {}

    def state(self):
        """(word, sentence): waiting, queued, running, done, refused, failed, stalled, stopped, cancelled or broken."""
        last = (self.history or [{}])[-1]
        ended = last.get("event") == "ended"
        if ended and last.get("status") == 0:
            return "done", ""
        for job in self.jobs:
            if job.state in ("RUNNING", "COMPLETING", "CONFIGURING", "SUSPENDED"):
                return ("stopping" if (self.top / "chain/stop").exists() else "running"), f"job {job.number}"
        for job in self.jobs:
            if job.reason != "Dependency":
                return "queued", f"job {job.number}: {job.reason}" + ("" if job.start in ("N/A", "") else f", from {job.start}")
        if self.jobs:
            return "waiting", f"job {self.jobs[0].number}: {self.jobs[0].reason}"
        if ended and last.get("next") == "none":
            reason = str(last.get("reason", ""))
            return reason.split()[0].strip(":,") if reason else "ended", reason
        if not self.history:
            return "broken", "no job started and none is in the queue: tools/jobs resubmit"
        return "broken", f"job {last.get('job')} is gone and none follows: tools/jobs resubmit"

    def progress(self):
        return from_events(self.run) or from_checkpoints(self.run, self.plan()) or Progress()


def from_events(run):
    """Progress as the last finished cycle of events.jsonl says; None without one."""
    cycles = [e for e in json_lines(run / "events.jsonl") if e.get("event") == "cycle_finished"]
    if not cycles:
        return None
    last = cycles[-1]
    cycle, count = last.get("window", last.get("cycle")), last.get("windows", last.get("cycles"))
    share = cycle / count if isinstance(cycle, (int, float)) and isinstance(count, (int, float)) and count > 0 else None
    eta = last.get("eta_s")
    if not isinstance(eta, (int, float)) or isinstance(eta, bool):
        eta = None
    part = str(last.get("part") or last.get("label") or "")
    return Progress(part, str(last.get("date", ""))[:16], share, eta, "events")


def from_checkpoints(run, plan):
    """Progress as the names of the restart files say, its speed from the times at which they were written; None without any."""
    for part in reversed(PARTS):
        files = []
        for path in (run / part / "restart").glob("restart_*.nc"):
            date = re.sub(r"_.*", "", path.stem[len("restart_"):])
            day = seconds_of_day(date)
            if day is not None:
                files.append((day, path.stat().st_mtime, date))
        if not files:
            continue
        files.sort()
        progress = Progress(part, files[-1][2], source="restart files")
        start, end = seconds_of_day(plan.get("start")), seconds_of_day(plan.get("end"))
        if start is not None and end is not None and end > start:
            progress.share = (files[-1][0] - start) / (end - start)
            if len(files) > 1 and files[-1][1] > files[0][1] and files[-1][0] > files[0][0]:
                pace = (files[-1][1] - files[0][1]) / (files[-1][0] - files[0][0])
                progress.eta_s = pace * (end - files[-1][0])
        return progress
    return None


def contains(tasks, number):
    """Whether SLURM's list of array tasks (1-3,5%2) names this one."""
    for piece in tasks.partition("%")[0].split(","):
        first, _, last = piece.partition("-")
        if first.isdigit() and int(first) <= number <= int(last.partition(":")[0] or first):
            return True
    return False


def cases(top):
    """(name, words) of the cases of an array; empty when the run is none."""
    try:
        lines = (top / "chain/cases").read_text().splitlines()
    except OSError:
        return []
    return [(line.split(None, 1) + [""])[:2] for line in lines]


def chains(top, jobs):
    """The chains of a submitted folder: itself, or its cases."""
    top = Path(top)
    if not (top / "chain/submit").exists():
        raise SystemExit(f"tools/jobs: {top} holds no chain (no chain/submit); tools/jobs submit makes one")
    mine = [j for j in jobs if j.run == str(top.resolve())]
    names = cases(top)
    if not names:
        return [Chain(top, 0, top, mine)]
    folders = [top / "experiments" / name if words.startswith("--only ") else top / name for name, words in names]
    return [Chain(folder, k, top, [j for j in mine if contains(j.tasks, k)]) for k, folder in enumerate(folders, 1)]


def duration(seconds):
    """90 -> 1 min; — when it is not known."""
    if seconds is None:
        return "-"
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} d"


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

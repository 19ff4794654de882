"""What happens to chains of batch jobs in the test; each function is one story, its first line the fact it proves."""

import os
import signal
import subprocess

from chain import HOME, Chain


def time_limits_with_srun(test):
    """srun, PMIx: at least 3 jobs, each warned before its time limit; the last one ends as the single run."""
    limits(test, "time_limits_with_srun", LAUNCHER="srun", CHAIN="successor")


def time_limits_with_mpirun(test):
    """mpirun: one job, requeued by itself at least twice before its time limit; ends as the single run."""
    limits(test, "time_limits_with_mpirun", LAUNCHER="mpirun", CHAIN="requeue")


def limits(test, name, **settings):
    chain = Chain(test, name, "each:2", TIME_LIMIT=1, WARNING_S=25, RETRIES=10, **settings)
    chain.submit()
    chain.wait_for_end()
    chain.expect_done(links=3)
    numbers = {e["job"] for e in chain.events("started")}
    links = len(chain.events("started"))
    chain.expect(len(numbers) == (1 if settings["CHAIN"] == "requeue" else links), f"jobs {numbers} in {links} links")
    chain.expect(all(e["status"] == 4 for e in chain.events("ended")[:-1]), "a link did not end with status 4")
    chain.expect_equal(test.reference)
    print(chain.tool("list", chain.run), end="")


def killed_at_the_limit(test):
    """A program that hears no warning is killed at the limit; the successor continues."""
    chain = Chain(test, "killed_at_the_limit", "deaf:3", TIME_LIMIT=1, WARNING_S=1)
    job = chain.submit()
    chain.wait("the end of the first job", lambda: any(j != job for j, state, _ in chain.queued() if state != "PENDING"))
    state = test.cluster.run("scontrol", "show", "job", "--oneliner", job)
    chain.expect("JobState=TIMEOUT" in state, state)
    chain.wait_for_end()
    chain.expect_done(links=2)
    chain.expect_equal(test.reference)


def killed_before_the_limit(test):
    """The same where the job requeues itself: it gives the program up while there is time to do so."""
    chain = Chain(test, "killed_before_the_limit", "deaf:3", TIME_LIMIT=1, WARNING_S=10, LAUNCHER="mpirun", CHAIN="requeue")
    job = chain.submit()
    chain.wait_for_end()
    chain.expect_done(links=2)
    chain.expect({e["job"] for e in chain.events("started")} == {job}, "not one job")
    chain.expect(chain.events("ended")[0]["status"] == 128 + signal.SIGKILL, "the program was not given up")
    chain.expect_equal(test.reference)


def preempted(test):
    """scancel --signal=TERM at the step, as preemption does: status 4, the successor continues."""
    chain = Chain(test, "preempted", "first:3")
    job = chain.submit()
    chain.wait_for_checkpoints(2)
    test.cluster.run("scancel", "--signal=TERM", job)
    chain.wait_for_end()
    chain.expect_done(links=2)
    chain.expect(chain.events("ended")[0]["status"] == 4, "the first link did not end with status 4")
    chain.expect_equal(test.reference)


def requeued_by_scontrol(test):
    """scontrol requeue in the middle: the same job starts again and continues, with no second chain beside it."""
    chain = Chain(test, "requeued_by_scontrol", "first:3", LAUNCHER="mpirun")
    job = chain.submit()
    chain.wait_for_checkpoints(2)
    test.cluster.run("scontrol", "requeue", job)
    chain.wait_for_end()
    chain.expect_done(links=2)
    started = chain.events("started")
    chain.expect([e["job"] for e in started] == [job, job] and started[1]["restart"] == 1, "not one job in two starts")
    chain.expect_equal(test.reference)


def rank_killed(test):
    """kill -9 of one rank ends the step; the successor continues."""
    chain = Chain(test, "rank_killed", "first:3")
    chain.submit()
    chain.wait_for_checkpoints(2)
    ranks = [p for p in test.processes(test.program, f"--output {chain.run}") if os.readlink(f"/proc/{p}/exe") == test.program]
    chain.expect(len(ranks) == 2, f"ranks {ranks}")
    os.kill(ranks[0], signal.SIGKILL)
    chain.wait_for_end()
    chain.expect_done(links=2)
    chain.expect(chain.events("ended")[0]["status"] not in (0, 2, 3, 4), "the death of a rank was not seen")
    chain.expect_equal(test.reference)


def batch_script_killed(test):
    """kill -9 of the batch script loses its record, not the chain: the successor continues."""
    chain = Chain(test, "batch_script_killed", "first:3")
    job = chain.submit()
    chain.wait_for_checkpoints(2)
    scripts = test.processes("bash ", f"job{int(job):05d}/slurm_script")
    chain.expect(scripts, "no batch script found")
    for process in scripts:
        os.kill(process, signal.SIGKILL)
    chain.wait_for_end()
    chain.expect_done(links=2)
    chain.expect([e["event"] for e in chain.history()][:2] == ["started", "started"], "the first link recorded its end")
    chain.expect_equal(test.reference)


def stopped_and_resubmitted(test):
    """tools/jobs cancel stops after a checkpoint, resubmit goes on with another number of ranks."""
    chain = Chain(test, "stopped_and_resubmitted", "first:3")
    chain.submit()
    chain.wait_for_checkpoints(2)
    line = chain.tool("status", chain.run).splitlines()[1]
    chain.expect(" running " in line and " analysis " in line and " %" in line, line)
    chain.tool("cancel", chain.run)
    chain.wait_for_end()
    chain.expect(chain.state() == "stopped", chain.state())
    chain.tool("resubmit", chain.run, "--ranks", "3")
    chain.wait_for_end()
    chain.expect_done(links=2)
    chain.expect([e["ranks"] for e in chain.events("started")] == [2, 3], "not on 2 ranks and then 3")
    chain.expect(chain.state() == "done", chain.state())
    chain.expect_equal(test.reference)


def cancelled_by_scancel(test):
    """scancel of the running job ends the chain: no successor goes on with it."""
    chain = Chain(test, "cancelled_by_scancel", "first:3")
    job = chain.submit()
    chain.wait_for_checkpoints(2)
    test.cluster.run("scancel", job)
    chain.wait_for_end()
    chain.expect(chain.state() == "cancelled", chain.state())
    chain.expect(len(chain.events("started")) == 1, "a successor went on")


def array_without_each_stream(test):
    """An array with every stream withheld in turn, stopped and resubmitted as a whole: each case is as its single run."""
    chain = Chain(test, "array_without_each_stream", "first:3", RANKS=1)
    chain.submit(script="jobs/ose.sbatch", env={"TILTH_COMMAND": "osse"})
    names = ["all", "without_ndvi", "without_sif", "without_soil_moisture"]
    for name in names:
        chain.wait_for_checkpoints(2, name)
    chain.tool("cancel", chain.run)
    chain.wait_for_end()
    states = [line.split()[1] for line in chain.tool("status", chain.run).splitlines()[1:]]
    chain.expect(states == ["stopped"] * 4, f"states {states}")
    chain.tool("resubmit", chain.run)
    chain.wait_for_end()
    for name in names:
        chain.expect_done(2, name)
    chain.expect_equal(test.reference, "all")
    withheld = test.folder / "single_without_sif"
    test.single_run(withheld, 2, "--set", "observations[1].assimilate=false")
    chain.expect_equal(withheld, "without_sif")


def array_of_a_set(test):
    """An array over the experiments of a set: all but the first wait for what is shared; the files are those of one run."""
    experiment = HOME / "tests/sets/set.yaml"
    chain = Chain(test, "array_of_a_set", RANKS=1)
    test.cluster.run(HOME / "tools/jobs", "submit", "jobs/ose.sbatch", "--run", chain.run, "--name", chain.name, "--settings",
                     chain.settings, experiment, "--quiet", TILTH_COMMAND="osse")
    chain.wait_for_end()
    single = test.folder / "single_set"
    subprocess.run([test.program, "osse", experiment, "--quiet", "--output", single], check=True, capture_output=True)
    for name in ("control", "no_ndvi", "no_sif", "soil_only", "trusting"):
        chain.expect_done(1, f"experiments/{name}")
    states = [line.split()[1] for line in chain.tool("status", chain.run).splitlines()[1:]]
    chain.expect(states == ["done"] * 5, f"states {states}")
    chain.expect_equal(single)


def array_of_calibrations(test):
    """An array of calibrations, stopped and resubmitted: the journal is the checkpoint, each case is as its single run."""
    experiment = HOME / "jobs/experiments/calibration.yaml"
    cases = {"evolution": "{cma_es: {evaluations: 1500}}", "gradients": "{gauss_newton: {starts: 8}}"}
    listed = test.folder / "cases"
    listed.write_text("".join(f"{name} --set 'calibration.method={method}'\n" for name, method in cases.items()))
    chain = Chain(test, "array_of_calibrations", RANKS=1)
    test.cluster.run(HOME / "tools/jobs", "submit", "jobs/calibration.sbatch", "--run", chain.run, "--name", chain.name, "--no-check",
                     "--settings", chain.settings, "--cases", listed, experiment, "--quiet")
    journal = chain.run / "evolution/journal.bin"
    chain.wait("runs of a calibration", lambda: journal.exists() and journal.stat().st_size > 20000)
    chain.tool("cancel", chain.run)
    chain.wait_for_end()
    chain.expect(chain.events("ended", "evolution")[-1]["status"] == 4, "it was not stopped in the middle")
    chain.tool("resubmit", chain.run)
    chain.wait_for_end()
    chain.expect_done(2, "evolution")
    chain.expect_done(1, "gradients")
    for name, method in cases.items():
        single = test.folder / f"single_{name}"
        words = [test.program, "calibrate", experiment, "--quiet", "--output", single, "--set", f"calibration.method={method}"]
        subprocess.run(words, check=True, capture_output=True)
        chain.expect_equal(single, name)


def refused(test):
    """Bad input is refused before the queue; in a job it ends the chain as refused, and nothing waits behind it."""
    chain = Chain(test, "refused")
    bad = ["--set", "ensemble.sizes=8"]
    tool = subprocess.run([HOME / "tools/jobs", "submit", "jobs/demo.sbatch", "--run", chain.run, "--settings", chain.settings,
                           test.experiment, *bad], env=test.cluster.environment, capture_output=True, text=True)
    chain_made = (chain.run / "chain").exists()
    if tool.returncode == 0 or "unknown option" not in tool.stderr or chain_made:
        raise AssertionError(f"submit: status {tool.returncode}, chain {chain_made}\n{tool.stdout}{tool.stderr}")
    chain.submit("--no-check", "--set", "ensemble.sizes=8")
    chain.wait_for_end()
    chain.expect(chain.state() == "refused" and len(chain.events("started")) == 1, chain.state())


def stalled(test):
    """A program that does nothing and says 0, as a step that cannot be launched, is not done: stops after RETRIES jobs."""
    chain = Chain(test, "stalled", RETRIES=2)
    with open(chain.settings, "a") as file:
        file.write("PROGRAM=(/bin/true)\n")
    chain.submit("--no-check")
    chain.wait_for_end()
    chain.expect(chain.state() == "stalled" and len(chain.events("started")) == 2, chain.state())


ALL = [time_limits_with_srun, time_limits_with_mpirun, killed_at_the_limit, killed_before_the_limit, preempted,
       requeued_by_scontrol, rank_killed, batch_script_killed, cancelled_by_scancel,
       stopped_and_resubmitted, array_without_each_stream, array_of_a_set, array_of_calibrations, refused, stalled]


def at_its_own_pace(test):
    """A run of minutes, not slowed by anything, goes through at least 3 jobs of a minute and ends as the single run."""
    chain = Chain(test, "at_its_own_pace", TIME_LIMIT=1, WARNING_S=20)
    chain.submit()
    chain.wait_for_end()
    print(chain.tool("list", chain.run), end="")
    chain.expect_done(links=3)
    chain.expect_equal(test.reference)


LONG = [at_its_own_pace]

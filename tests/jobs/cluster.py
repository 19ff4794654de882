#!/usr/bin/env python3
"""A SLURM cluster of one node for tests: its own configuration, keys, ports and folder; gone without a trace afterwards.

Usage: cluster.py COMMAND [ARGUMENTS]   runs a command against such a cluster (as root; slurm-wlm and munge of Debian 12)
"""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CORES = 32  # as SLURM is told; jobs share the real ones
PATIENCE_S = 60
PR_SET_PDEATHSIG = 1

CONFIGURATION = """ClusterName=tilth_test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={controller_port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
PlugStackConfig={folder}/plugstack.conf
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=pmix
ReturnToService=2
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,bf_interval=1
KillWait=5
MinJobAge=3600
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory=1 State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class Unavailable(Exception):
    """Why no cluster can be had here: a test is then skipped."""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def program(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise Unavailable(f"no {name} here; apt-get install slurm-wlm munge provides it")
    return path


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def end_with_parent():
    """A test that is killed leaves no daemon."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Cluster:
    """Starts when entered, stops when left. `environment` is for the commands of its users."""

    def __enter__(self):
        if os.geteuid() != 0:
            raise Unavailable("not root: a cluster of one node is started as root")
        self.programs = {n: program(n) for n in ("munged", "slurmctld", "slurmd", "sinfo", "scontrol", "sbatch")}
        self.folder = Path(tempfile.mkdtemp(prefix="tilth-slurm-"))
        self.folder.chmod(0o755)  # munge insists that its socket can be reached
        self.daemons = []
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("SLURM", "SBATCH", "PMI"))}
        self.environment["SLURM_CONF"] = str(self.folder / "slurm.conf")
        try:
            self._configure()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _configure(self):
        host = socket.gethostname().partition(".")[0]
        controller_port, node_port = free_ports(2)
        for leaf in ("state", "spool"):
            (self.folder / leaf).mkdir()
        (self.folder / "plugstack.conf").touch()
        # Else in /tmp under the number of the job, which other clusters of this machine use too.
        (self.folder / "mpi.conf").write_text(f"PMIxCliTmpDirBase={self.folder}\n")
        (self.folder / "munge.key").write_bytes(os.urandom(1024))
        (self.folder / "munge.key").chmod(0o600)
        (self.folder / "slurm.conf").write_text(CONFIGURATION.format(
            host=host, controller_port=controller_port, node_port=node_port, folder=self.folder, cores=CORES))

    def _start(self):
        f = self.folder
        munge = {"socket": "munge.socket", "key-file": "munge.key", "pid-file": "munged.pid", "log-file": "munged.log", "seed-file": "munged.seed"}
        self._daemon("munged", "--foreground", "--force", *(f"--{option}={f / leaf}" for option, leaf in munge.items()))
        self._wait("munged", lambda: (f / "munge.socket").exists())
        self._daemon("slurmctld", "-D", "-c")
        self._daemon("slurmd", "-D")
        self._wait("slurmd", lambda: "idle" in self.run("sinfo", "--noheader", "--format=%T", check=False))

    def _daemon(self, name, *options):
        out = open(self.folder / f"{name}.out", "w")
        self.daemons.append(subprocess.Popen([self.programs[name], *options], env=self.environment, stdin=subprocess.DEVNULL,
                                             stdout=out, stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=end_with_parent))

    def _wait(self, name, ready):
        end = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > end or any(d.poll() is not None for d in self.daemons):
                raise Unavailable(f"{name} did not start:\n{self.logs(8)}")
            time.sleep(0.1)

    def logs(self, lines=30):
        """The last lines of what the daemons wrote."""
        texts = []
        for path in sorted(self.folder.glob("*.log")):
            text = path.read_text(errors="replace").splitlines()[-lines:]
            texts += [f"--- {path.name}", *text] if text else []
        return "\n".join(texts)

    def run(self, *words, check=True, **more):
        """Output of a command of a user of the cluster."""
        done = subprocess.run([str(w) for w in words], env={**self.environment, **more}, capture_output=True, text=True)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, words))}: status {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def __exit__(self, *_):
        if len(self.daemons) > 1:
            self.run("scancel", "--user=root", check=False)
            end = time.monotonic() + 15
            while self.run("squeue", "--noheader", check=False).strip() and time.monotonic() < end:
                time.sleep(0.2)
        for daemon in reversed(self.daemons):
            daemon.send_signal(signal.SIGTERM)
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    try:
        with Cluster() as cluster:
            return subprocess.run(sys.argv[1:], env=cluster.environment).returncode
    except Unavailable as why:
        print(f"skipped: {why}")
        return 77


if __name__ == "__main__":
    sys.exit(main())

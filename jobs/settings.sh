# Settings of this machine for all batch jobs. tools/jobs copies this file into the chain it submits (RUN/chain/settings.sh), so
# that an edit here reaches new chains only. Empty: what the job script says, else SLURM's default.
# shellcheck shell=bash disable=SC2034
ACCOUNT=
PARTITION=
QOS=
NODES=
RANKS=             # MPI ranks
THREADS=           # cores of each rank
MEMORY_PER_CPU=    # such as 2G
TIME_LIMIT=        # of one job of the chain, not of the experiment: minutes or HH:MM:SS
WARNING_S=         # seconds before the limit at which the run is told to write its checkpoint and end
SBATCH_OPTIONS=()  # whatever else sbatch needs here, such as (--constraint=skylake --exclusive)

LAUNCHER=srun  # srun or mpirun
SRUN_OPTIONS=(--mpi=pmix)
MPIRUN_OPTIONS=()
PROGRAM=(build/tilth)

# How a chain goes on. successor: each job submits the next one when it starts, held until it has ended without being done;
# survives even the loss of the batch script. requeue: the job asks SLURM to run it again, under the same number.
CHAIN=successor
RETRIES=3  # jobs in a row that may end without a new checkpoint

# Runs in the job before the program.
prepare() {
  : # module load gcc openmpi petsc parallel-netcdf
}

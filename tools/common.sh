# Sourced by the scripts beside it: goes to the project's folder and sets what a run under mpirun needs on this machine.
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jobs=${JOBS:-$(nproc)}

# plotting_python: the first Python that has the plotting modules (Debian's own has, another one in PATH may not).
plotting_python() {
  local candidate
  for candidate in ${PYTHON:-python3 /usr/bin/python3}; do
    if "$candidate" -c 'import cartopy, matplotlib, netCDF4, xarray' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "no Python with cartopy, matplotlib, netCDF4 and xarray: run tools/install, or set PYTHON" >&2
  return 2
}

# mpi_environment RANKS: only what this user and machine need; a variable that is already set wins.
mpi_environment() {
  if [[ $(id -u) -eq 0 ]]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    # Root is nearly always inside a container, where copying between processes in one go is forbidden.
    export OMPI_MCA_btl_vader_single_copy_mechanism=${OMPI_MCA_btl_vader_single_copy_mechanism:-none}
  fi
  local cores
  cores=$(lscpu -p=core,socket 2>/dev/null | grep -v '^#' | sort -u | wc -l)
  if ((cores < $1)); then
    export OMPI_MCA_rmaps_base_oversubscribe=${OMPI_MCA_rmaps_base_oversubscribe:-1}
    export OMPI_MCA_hwloc_base_binding_policy=${OMPI_MCA_hwloc_base_binding_policy:-none}
    export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}
  fi
}

# seconds_as_text S: 75 -> "1 min 15 s".
seconds_as_text() {
  if (($1 < 60)); then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi
}

"""The layer table of docs/developer-guide.md: what each box may include, and where each library may be used."""

CORE_0 = ("base", "config", "random", "parallel", "physics")
CORE_1 = ("grid", "state", "obs")

# Box -> its folder.
FOLDERS = {
    "base": "src/core/base",
    "config": "src/core/config",
    "random": "src/core/random",
    "parallel": "src/core/parallel",
    "physics": "src/core/physics",
    "grid": "src/core/grid",
    "state": "src/core/state",
    "obs": "src/core/obs",
    "model": "model",
    "assim": "assim",
    "io": "io",
    "driver": "src/driver",
    "tests": "tests",
}

# Box -> the boxes below it whose headers it may include (its own are always allowed).
BELOW = {
    "base": (),
    "config": ("base",),
    "random": ("base",),
    "parallel": ("base",),
    "physics": ("base",),
    "grid": CORE_0,
    "state": CORE_0 + ("grid",),
    "obs": CORE_0 + ("grid",),
    "model": CORE_0 + CORE_1,
    "assim": CORE_0 + CORE_1,
    "io": CORE_0 + CORE_1,
    "driver": CORE_0 + CORE_1 + ("model", "assim", "io"),
    "tests": tuple(FOLDERS),
}

# Third-party header (regular expression) -> files that may include it (regular expressions of the whole path).
ANYWHERE = (r".*",)
HOMES = {
    r"mpi\.h": (r"src/core/parallel/.*", r"tests/bench/mpi_count/.*"),
    r"omp\.h": (r"src/core/parallel/threads\.cpp",),
    r"yaml-cpp/.*": (r"src/core/config/.*",),
    r"pnetcdf(\.h)?": (r"io/.*",),
    r"(udunits2/)?udunits2\.h": (r"io/.*",),
    r"boost/program_options.*": (r"src/driver/.*",),
    r"petsc.*": (r"assim/solvers/.*", r"src/core/grid/partition[^/]*\.cpp"),
    r"Random123/.*": (r"src/core/random/.*",),
    r"nanoflann\.hpp": (r"src/core/grid/[^/]*\.cpp", r"src/core/obs/[^/]*\.cpp"),
    r"xsimd/.*": (r"src/core/base/simd.*",),
    r"spdlog/.*": (r"src/driver/.*",),
    r"nlohmann/.*": (r"src/driver/.*", r"tests/.*"),
    r"gtest/.*": (r"tests/.*",),
    r"gmock/.*": (r"tests/.*",),
    r"benchmark/.*": (r"tests/.*",),
    r"fmt/.*": ANYWHERE,
    # Eigen anywhere but in the model's headers.
    r"Eigen/.*": (r"(?!model/.*\.hpp$).*",),
    # Of the operating system.
    r"(unistd|fcntl|signal|glob|time|sys/\w+|malloc)\.h": ANYWHERE,
}

# Handles and types that the interfaces of PnetCDF and PETSc ask for; no calls.
MPI_HANDLES = r"MPI_(Comm|Info|Offset|INFO_NULL|COMM_NULL|BYTE|CHAR|DOUBLE|INT|INT32_T|INT64_T|DATATYPE_NULL)"
MPI_HANDLE_HOMES = (r"io/.*", r"assim/solvers/.*", r"src/core/grid/partition[^/]*\.cpp")

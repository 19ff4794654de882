#include "driver/provenance.hpp"

#include <cstdlib>
#include <map>
#include <string>

#include <fmt/format.h>
#include <spdlog/version.h>
#include <Eigen/Core>
#include <nlohmann/json.hpp>

#include "assim/solvers/petsc_session.hpp"
#include "core/parallel/mpi_library.hpp"
#include "io/library.hpp"

namespace tilth {

extern const char* const source_revision;  // written at every build, tools/cmake/revision.cmake

namespace {

#if defined(__clang__)
constexpr const char* compiler = "Clang " __clang_version__;
#else
constexpr const char* compiler = "GCC " __VERSION__;
#endif

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

nlohmann::ordered_json build_provenance() {
  return {{"revision", source_revision},
          {"compiler", compiler},
          {"options", TILTH_BUILD_OPTIONS},
          {"libraries",
           {{"MPI", mpi_library()},
            {"NetCDF", netcdf::library()},
            {"PETSc", petsc_version()},
            {"Eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
            {"fmt", fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100)},
            {"spdlog", fmt::format("{}.{}.{}", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH)}}}};
}

nlohmann::ordered_json machine_provenance(const Comm& comm) {
  nlohmann::ordered_json out{{"ranks", comm.size()}};
  const std::string threads = variable("OMP_NUM_THREADS");
  out["threads"] = threads.empty() ? 1 : std::atoi(threads.c_str());
  std::map<std::string, int> hosts;
  for (const std::string& host : comm.all_gather(mpi_host())) ++hosts[host];
  out["hosts"] = hosts;
  for (const auto& [key, name] :
       {std::pair("job", "SLURM_JOB_ID"), std::pair("step", "SLURM_STEP_ID"),
        std::pair("array_job", "SLURM_ARRAY_JOB_ID"), std::pair("array_task", "SLURM_ARRAY_TASK_ID"),
        std::pair("restart_count", "SLURM_RESTART_COUNT"), std::pair("job_name", "SLURM_JOB_NAME"),
        std::pair("nodes", "SLURM_JOB_NODELIST")})
    if (!variable(name).empty()) out["slurm"][key] = variable(name);
  return out;
}

}  // namespace tilth

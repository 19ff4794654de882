#pragma once

#include <string>
#include <vector>

#include "core/parallel/comm.hpp"
#include "driver/command_line.hpp"
#include "driver/experiment.hpp"

namespace tilth {

/// A subcommand.
struct Command {
  std::string name, usage, about;
  void (*run)(const Comm& comm, const CommandLine& line);
  bool resumes = false;    ///< takes --resume
  bool runs_sets = false;  ///< takes --only and --groups
};

const std::vector<Command>& commands();
/// The command of that name, or null.
const Command* find_command(const std::string& name);

void run_check(const Comm& comm, const CommandLine& line);
/// tilth check --derivatives. Throws `Failure` when one is wrong. Collective.
void check_derivatives(const Comm& comm, const CommandLine& line, const Experiment& experiment);
void run_spinup(const Comm& comm, const CommandLine& line);
void run_forecast(const Comm& comm, const CommandLine& line);
void run_observe(const Comm& comm, const CommandLine& line);
void run_assimilate(const Comm& comm, const CommandLine& line);
void run_osse(const Comm& comm, const CommandLine& line);
void run_sensitivity(const Comm& comm, const CommandLine& line);
void run_calibrate(const Comm& comm, const CommandLine& line);
void run_verify(const Comm& comm, const CommandLine& line);
void run_analyse(const Comm& comm, const CommandLine& line);
void run_info(const Comm& comm, const CommandLine& line);
void run_describe(const Comm& comm, const CommandLine& line);

}  // namespace tilth

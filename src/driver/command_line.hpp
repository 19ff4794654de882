#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tilth {

struct Trial;

/// What the command line says.
struct CommandLine {
  std::string command;
  std::vector<std::string> arguments;  ///< experiment file, or what to describe
  std::vector<std::string> set;        ///< --set a.b=value
  std::string output;                  ///< --output
  std::string log_level = "info";
  std::string petsc;  ///< --petsc: options for PETSc
  std::string words;  ///< the whole line as it was given
  bool quiet = false, resume = false, help = false, version = false;
  bool derivatives = false;           ///< --derivatives, of check
  std::optional<std::int64_t> point;  ///< --point: column whose derivatives are checked
  bool quick = false;                 ///< --quick, of check: no trial runs
  const Trial* trial = nullptr;       ///< set by check for the runs it starts, which measure costs
  int days = 3;                       ///< --days they are run for
  std::vector<std::string> only;      ///< --only: experiments of a set; empty: all
  int groups = 1;                     ///< --groups: of ranks, which run the experiments of a set side by side
  bool wait = false;                  ///< --wait for what another start makes of a set
  int threads = 0;                    ///< --threads; 0: not given
};

/// Parses; throws `Error` for unknown options and commands.
CommandLine parse_command_line(int argc, char** argv);
/// Help of one command, or of all.
std::string help_text(const std::string& command);

}  // namespace tilth

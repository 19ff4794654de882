#include <cstdio>
#include <exception>
#include <optional>
#include <string>

#include "assim/solvers/petsc_session.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/parallel/comm.hpp"
#include "core/parallel/threads.hpp"
#include "driver/commands.hpp"
#include "driver/log.hpp"
#include "driver/run_history.hpp"
#include "driver/signals.hpp"

namespace {

constexpr int done = 0, bad_input = 2, failure = 3, stopped = 4;

int run(const tilth::Comm& comm, int argc, char** argv) {
  using namespace tilth;
  const CommandLine line = parse_command_line(argc, argv);
  const bool help = line.help || line.command.empty() || line.command == "help";
  if (line.version || help) {
    const std::string topic = line.command == "help" && !line.arguments.empty() ? line.arguments[0] : line.command;
    if (comm.root()) std::printf("%s", line.version ? "tilth " TILTH_VERSION "\n" : help_text(topic).c_str());
    return done;
  }
  const Command* command = find_command(line.command);
  std::vector<std::string> names;
  for (const Command& c : commands()) names.push_back(c.name);
  require(command != nullptr, "tilth: unknown command '", line.command, "'", did_you_mean(line.command, names),
          "; see 'tilth help'");
  require(command->resumes || !line.resume, "tilth ", line.command, ": --resume has no effect here; leave it out");
  require(line.command == "check" || !line.derivatives, "tilth ", line.command,
          ": --derivatives has no effect here; it is for 'tilth check'");
  require(command->runs_sets || (line.only.empty() && line.groups == 1), "tilth ", line.command,
          ": --only and --groups have no effect here; they are for 'tilth osse' and 'tilth assimilate'");
  start_log(comm, line.log_level, line.quiet);
  if (line.threads > 0) use_threads(line.threads);
  std::optional<PetscProgram> petsc;
  if (!line.petsc.empty()) petsc.emplace(line.petsc);
  try {
    command->run(comm, line);
  } catch (const Stopped&) {  // on all ranks together
    petsc.reset();
    throw;
  }
  return done;
}

// Patience for the other ranks to report the same problem; a rank that fails alone aborts the job.
constexpr double patience_s = 2.0;

int fail(const tilth::Comm& watch, const char* message, int code) {
  if (watch.all_arrive(patience_s)) {
    if (watch.root()) {
      std::fprintf(stderr, "tilth: %s\n", message);
      tilth::note_failure(message, code);
    }
    return code;
  }
  std::fprintf(stderr, "tilth: rank %d: %s\n", watch.rank(), message);
  tilth::note_failure(message, code);
  watch.abort(code);
}

int guarded(const tilth::Comm& comm, const tilth::Comm& watch, int argc, char** argv) {
  try {
    return run(comm, argc, argv);
  } catch (const tilth::Stopped& e) {
    return fail(watch, e.what(), stopped);
  } catch (const tilth::Error& e) {
    return fail(watch, e.what(), bad_input);
  } catch (const std::exception& e) {
    return fail(watch, e.what(), failure);
  }
}

}  // namespace

int main(int argc, char** argv) {
  tilth::catch_signals();  // first: a signal that comes while MPI starts must lead to a checkpoint too
  const tilth::MpiSession mpi(argc, argv);
  const tilth::Comm comm = tilth::Comm::world(), watch = tilth::Comm::world();
  return guarded(comm, watch, argc, argv);
}

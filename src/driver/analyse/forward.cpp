#include "driver/analyse/forward.hpp"

#include <cstdlib>
#include <filesystem>

#include "core/base/error.hpp"
#include "driver/log.hpp"

namespace tilth {

namespace {

std::string folder_of(const AnalyseProblem& p) {
  const std::string& given = p.observations.forward.folder;
  return given.empty() ? p.output.file + ".forward" : given;
}

/// In single quotes, as the shell takes a word literally.
std::string quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string filled_in(std::string command, const std::string& name, const std::string& path) {
  for (auto at = command.find(name); at != std::string::npos; at = command.find(name, at + path.size()))
    command.replace(at, name.size(), path);
  return command;
}

}  // namespace

void run_forward(const Comm& comm, const AnalyseProblem& problem, int pass,
                 const std::function<void(const std::string&)>& write, PredictedObservations& observations) {
  namespace fs = std::filesystem;
  const std::string folder = folder_of(problem);
  const std::string members = folder + "/ensemble.nc", predictions = folder + "/predictions.nc";
  together(comm, [&] {
    if (!comm.root()) return;
    std::error_code problem_code;
    fs::create_directories(folder, problem_code);
    require(!problem_code, folder, ": cannot be made: ", problem_code.message());
    fs::remove(predictions, problem_code);
  });
  write(members);
  together(comm, [&] {
    if (!comm.root()) return;
    const std::string command =
        filled_in(filled_in(problem.observations.forward.command, "{ensemble}", quoted(members)), "{predictions}",
                  quoted(predictions));
    log_info(text("forward run ", pass, ": ", command));
    const int status = std::system(command.c_str());
    ensure(status == 0, problem.path, ": observations.forward.command ended with status ", status, ": ", command);
    ensure(fs::exists(predictions), problem.path, ": observations.forward.command did not write ", predictions,
           "; it must take the path from {predictions}");
  });
  PredictedFileOptions options = problem.observations.file;
  options.path = predictions;
  read_predictions(comm, options, observations);
}

void clear_forward(const Comm& comm, const AnalyseProblem& problem) {
  if (problem.observations.forward.command.empty() || problem.observations.forward.keep) return;
  if (!comm.root()) return;
  std::error_code ignored;
  const std::string folder = folder_of(problem);
  for (const char* file : {"/ensemble.nc", "/predictions.nc"}) std::filesystem::remove(folder + file, ignored);
  std::filesystem::remove(folder, ignored);
}

}  // namespace tilth

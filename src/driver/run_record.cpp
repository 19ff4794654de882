#include "driver/run_record.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include "core/base/error.hpp"
#include "driver/events.hpp"
#include "driver/log.hpp"
#include "driver/provenance.hpp"
#include "driver/run_history.hpp"
#include "driver/signals.hpp"
#include "driver/timer.hpp"

namespace tilth {

using Json = nlohmann::ordered_json;

namespace {

// FNV-1a of a file's bytes.
std::string checksum(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::uint64_t hash = 14695981039346656037ull;
  std::vector<char> buffer(1 << 16);
  while (in.read(buffer.data(), std::streamsize(buffer.size())) || in.gcount() > 0)
    for (std::streamsize i = 0; i < in.gcount(); ++i) hash = (hash ^ std::uint8_t(buffer[i])) * 1099511628211ull;
  return fmt::format("fnv1a:{:016x}", hash);
}

double peak_memory_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024.0;
}

// Inputs with what identifies them.
Json with_checksums(const std::vector<std::string>& files) {
  Json out = Json::array();
  for (const std::string& file : files) out.push_back({{"file", file}, {"checksum", checksum(file)}});
  return out;
}

Json as_json(const std::vector<PhaseRow>& rows, double wall_s) {
  Json out = Json::array();
  for (const PhaseRow& row : rows)
    out.push_back({{"phase", row.path},
                   {"calls", row.calls},
                   {"max_s", row.max_s},
                   {"mean_s", row.mean_s},
                   {"cpu_s", row.cpu_s},
                   {"share", wall_s > 0.0 ? row.mean_s / wall_s : 0.0},
                   {"imbalance", row.imbalance()}});
  return out;
}

// One text per line of every rank's lines, by rank. Collective.
std::vector<std::string> gathered_lines(const Comm& comm, const std::vector<std::string>& mine) {
  std::string joined;
  for (const std::string& line : mine) joined += line + "\n";
  std::vector<std::string> out;
  for (const std::string& list : comm.all_gather(joined)) {
    std::istringstream in(list);
    for (std::string line; std::getline(in, line);) out.push_back(line);
  }
  return out;
}

std::vector<std::string> inputs(const Domain& domain, const std::vector<std::string>& observations) {
  const Experiment& e = *domain.experiment;
  std::set<std::string> all{e.file};
  all.insert(observations.begin(), observations.end());
  for (const std::string& file : gathered_lines(*domain.comm, domain.forcing->files())) all.insert(file);
  for (const std::string& file : {e.grid.file.file, e.spinup.restart})
    if (!file.empty()) all.insert(file);
  return {all.begin(), all.end()};
}

}  // namespace

RunRecord::RunRecord(const Domain& domain, const CommandLine& line, std::chrono::steady_clock::time_point begin,
                     std::string folder)
    : domain_(&domain), line_(&line), begin_(begin), folder_(std::move(folder)) {
  for (const auto& [name, instead] : domain.model->traits().without_effect)
    for (const ParameterMap* map : {&domain.experiment->control.parameters, &domain.experiment->ensemble.parameters}) {
      const auto same = [&n = name](const auto& entry) { return entry.first == n; };
      if (std::none_of(map->begin(), map->end(), same)) continue;
      warn({text(domain.experiment->file, ": parameter '", name, "' has no effect in the ", domain.model->traits().name,
                 " model; '", instead, "' acts in its place")});
      log_warning(warnings_.back());
    }
}

void RunRecord::time(const std::string& phase, double seconds) { seconds_.emplace_back(phase, seconds); }

void RunRecord::add_inputs(const std::vector<std::string>& files) {
  inputs_.insert(inputs_.end(), files.begin(), files.end());
}

void RunRecord::warn(const std::vector<std::string>& sentences) {
  warnings_.insert(warnings_.end(), sentences.begin(), sentences.end());
}

RunPart run_part(const Comm& comm, const std::string& name, Cycle& cycle) {
  return {name,
          comm.max(cycle.closure().water_residual_kg_m2),
          comm.max(cycle.closure().carbon_residual_g_m2),
          comm.max(cycle.closure().energy_residual_w_m2),
          comm.sum(cycle.members().replaced()),
          cycle.diagnostics().used(),
          cycle.spinup_seconds(),
          cycle.run_seconds(),
          cycle.warnings()};
}

void RunRecord::add(const RunPart& part) {
  parts_.push_back(part);
  time(part.name + ": start", part.start_s);
  time(part.name + ": windows", part.windows_s);
  warn(part.warnings);
}

void RunRecord::begin() {
  const Comm& comm = *domain_->comm;
  const Experiment& e = *domain_->experiment;
  const std::string& folder = folder_;
  Json machine = machine_provenance(comm);
  together(comm, [&] {
    start_events(comm, folder + "/events.jsonl", line_->resume);
    set_current_run(folder);
    if (!comm.root()) return;
    Json runs = line_->resume ? earlier_stretches(folder) : Json::array();
    Json stretch{{"command", line_->words}, {"status", "running"}, {"started", utc_now()}};
    stretch.update(machine);
    runs.push_back(stretch);
    run_ = {{"program", "tilth"},
            {"version", TILTH_VERSION},
            {"status", "running"},
            {"command", line_->command},
            {"experiment", e.file},
            {"build", build_provenance()},
            {"ranks", comm.size()},
            {"columns", domain_->grid.global_count},
            {"tiles", domain_->global_tiles},
            {"members", e.ensemble.size},
            {"windows", e.windows()},
            {"petsc_options", line_->petsc},
            {"configuration", e.resolved},
            {"runs", runs}};
    write_run(folder, run_);
    event("run_started", {{"command", line_->words},
                          {"experiment", e.run.name},
                          {"resumed", line_->resume},
                          {"starts", runs.size()},
                          {"ranks", comm.size()},
                          {"windows", e.windows()},
                          {"columns", domain_->grid.global_count},
                          {"members", e.ensemble.size}});
  });
  begun_ = true;
}

void RunRecord::run(const std::function<void()>& work) {
  try {
    work();
  } catch (const Stopped& stopped) {  // on all ranks together
    finish("stopped", stopped.what());
    throw;
  }
  finish("finished", "");
}

void RunRecord::finish(const std::string& status, const std::string& message) {
  if (!begun_) return;
  const Comm& comm = *domain_->comm;
  const std::string& folder = folder_;
  const auto remarks = gathered_lines(comm, domain_->forcing->remarks());
  if (!remarks.empty())
    log_info(text("forcing: ", remarks.size(), " remarks on gaps and derived variables, see run.json"));
  const auto files = inputs(*domain_, inputs_);
  const auto phases = phase_table(comm);
  const double memory = comm.max(peak_memory_mib());
  const double wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  set_current_run("");
  together(comm, [&] {
    if (!comm.root()) return;
    run_["status"] = status;
    if (!message.empty()) run_["message"] = message;
    run_["inputs"] = status == "finished" ? with_checksums(files) : Json(files);
    add_results(memory, remarks);
    run_["wall_s"] = wall_s;
    run_["phases"] = as_json(phases, wall_s);
    Json& stretch = run_["runs"].back();
    stretch["status"] = status;
    stretch["ended"] = utc_now();
    stretch["seconds"] = wall_s;
    stretch["peak_memory_per_rank_MiB"] = memory;
    stretch["windows"] = windows_of_last_start(folder);
    write_run(folder, run_);
    if (status == "stopped") event("signal", {{"message", message}});
    event("run_finished", {{"status", status}, {"exit_status", status == "stopped" ? 4 : 0}, {"seconds", wall_s}});
  });
  stop_events();
  if (comm.root() && !line_->quiet) print_summary(memory, phase_text(phases, wall_s));
}

void RunRecord::add_results(double memory_mib, const std::vector<std::string>& remarks) {
  Json parts = Json::object(), seconds = Json::object();
  for (const RunPart& p : parts_)
    parts[p.name] = {{"largest_water_residual_kg_m2", p.water},
                     {"largest_carbon_residual_g_m2", p.carbon},
                     {"largest_energy_residual_w_m2", p.energy},
                     {"members_replaced", p.replaced},
                     {"observations_used", p.used}};
  for (const auto& [phase, s] : seconds_) seconds[phase] = s;
  std::vector<std::string> warnings = warnings_;
  for (const std::string& warning : logged_warnings())
    if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(warning);
  run_["parts"] = parts;
  run_["seconds"] = seconds;
  run_["peak_memory_per_rank_MiB"] = memory_mib;
  run_["forcing_remarks"] = remarks;
  run_["warnings"] = warnings;
}

void RunRecord::print_summary(double memory_mib, const std::string& phases) const {
  for (const RunPart& p : parts_)
    fmt::print(
        "{}: largest residual of a step: water {:.2g} kg m-2, carbon {:.2g} g m-2, energy {:.2g} W m-2; members "
        "replaced {}; observations "
        "used {}\n",
        p.name, p.water, p.carbon, p.energy, p.replaced, p.used);
  fmt::print("\n{}\n", phases);
  fmt::print("{} ranks, {} columns, {} tiles, at most {:.0f} MiB per rank; results in {}\n", domain_->comm->size(),
             domain_->grid.global_count, domain_->global_tiles, memory_mib, folder_);
  std::fflush(stdout);
}

void make_folders(const Comm& comm, const std::string& run, const std::vector<std::string>& parts) {
  together(comm, [&] {
    if (!comm.root()) return;
    for (const std::string& part : parts) {
      std::error_code error;
      std::filesystem::create_directories(std::filesystem::path(run) / part, error);
      require(!error, "experiment.output: cannot make the folder ", run, "/", part, ": ", error.message(),
              "; choose a writable folder with --output DIR");
    }
    const std::string probe = run + "/.writable";
    const bool writable = bool(std::ofstream(probe) << "x");
    require(writable, "experiment.output: cannot write into ", run, "; choose a writable folder with --output DIR");
    std::filesystem::remove(probe);
  });
}

}  // namespace tilth

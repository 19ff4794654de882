#include "driver/run_record.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "driver/log.hpp"

namespace tilth {

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

void write_whole(const std::string& path, const std::string& content) {
  std::ofstream out(path + ".tmp");
  out << content << "\n";
  out.close();
  ensure(bool(out), path, ": cannot be written; is the disk full?");
  std::filesystem::rename(path + ".tmp", path);
}

}  // namespace

RunRecord::RunRecord(const Domain& domain, std::string command, bool quiet)
    : domain_(&domain), command_(std::move(command)), quiet_(quiet) {
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

void RunRecord::add(const std::string& name, Cycle& cycle) {
  const Comm& comm = *domain_->comm;
  parts_.push_back({name, comm.max(cycle.closure().water_residual_kg_m2),
                    comm.max(cycle.closure().carbon_residual_g_m2), comm.max(cycle.closure().energy_residual_w_m2),
                    comm.sum(cycle.members().replaced()), cycle.diagnostics().used()});
  time(name + ": start", cycle.spinup_seconds());
  time(name + ": windows", cycle.run_seconds());
  warn(cycle.warnings());
}

void RunRecord::write() {
  const Comm& comm = *domain_->comm;
  const Experiment& e = *domain_->experiment;
  const auto remarks = gathered_lines(comm, domain_->forcing->remarks());
  if (!remarks.empty())
    log_info(text("forcing: ", remarks.size(), " remarks on gaps and derived variables, see run.json"));
  const auto files = inputs(*domain_, inputs_);
  const double memory = comm.max(peak_memory_mib());
  if (!comm.root()) return;
  nlohmann::json input = nlohmann::json::array(), parts = nlohmann::json::object(), timing = parts;
  for (const std::string& file : files) input.push_back({{"file", file}, {"checksum", checksum(file)}});
  for (const Part& p : parts_)
    parts[p.name] = {{"largest_water_residual_kg_m2", p.water},
                     {"largest_carbon_residual_g_m2", p.carbon},
                     {"largest_energy_residual_w_m2", p.energy},
                     {"members_replaced", p.replaced},
                     {"observations_used", p.used}};
  for (const auto& [phase, seconds] : seconds_) timing[phase] = seconds;
  const nlohmann::json record{{"program", "tilth"},
                              {"version", TILTH_VERSION},
                              {"command", command_},
                              {"experiment", e.file},
                              {"configuration", e.resolved},
                              {"inputs", input},
                              {"ranks", comm.size()},
                              {"columns", domain_->grid.global_count},
                              {"tiles", domain_->global_tiles},
                              {"parts", parts},
                              {"seconds", timing},
                              {"peak_memory_per_rank_MiB", memory},
                              {"forcing_remarks", remarks},
                              {"warnings", warnings_}};
  write_whole(e.run.output + "/run.json", record.dump(1));
  if (!quiet_) print_summary(memory);
}

void RunRecord::print_summary(double memory_mib) const {
  for (const Part& p : parts_)
    fmt::print(
        "{}: largest residual of a step: water {:.2g} kg m-2, carbon {:.2g} g m-2, energy {:.2g} W m-2; members "
        "replaced {}; observations "
        "used {}\n",
        p.name, p.water, p.carbon, p.energy, p.replaced, p.used);
  for (const auto& [phase, seconds] : seconds_) fmt::print("{}: {:.1f} s\n", phase, seconds);
  fmt::print("{} ranks, {} columns, {} tiles, at most {:.0f} MiB per rank; results in {}\n", domain_->comm->size(),
             domain_->grid.global_count, domain_->global_tiles, memory_mib, domain_->experiment->run.output);
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

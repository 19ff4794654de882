#include "driver/run_record.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>

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

std::vector<std::string> inputs(const Domain& domain) {
  std::string mine;
  for (const std::string& file : domain.forcing->files()) mine += file + "\n";
  std::set<std::string> all{domain.experiment->file};
  for (const std::string& list : domain.comm->all_gather(mine)) {
    std::istringstream in(list);
    for (std::string line; std::getline(in, line);) all.insert(line);
  }
  if (!domain.experiment->grid.file.empty()) all.insert(domain.experiment->grid.file);
  return {all.begin(), all.end()};
}

}  // namespace

RunRecord::RunRecord(const Domain& domain, std::string command, bool quiet)
    : domain_(&domain), command_(std::move(command)), quiet_(quiet) {}

void RunRecord::time(const std::string& phase, double seconds) { seconds_.emplace_back(phase, seconds); }

void RunRecord::warn(const std::vector<std::string>& sentences) {
  warnings_.insert(warnings_.end(), sentences.begin(), sentences.end());
}

void RunRecord::add(const std::string& name, Cycle& cycle) {
  const Comm& comm = *domain_->comm;
  parts_.push_back({name, comm.max(cycle.closure().water_residual_kg_m2),
                    comm.max(cycle.closure().carbon_residual_g_m2), comm.sum(cycle.members().replaced()),
                    cycle.diagnostics().used()});
  time(name + ": start", cycle.spinup_seconds());
  time(name + ": windows", cycle.run_seconds());
  warn(cycle.warnings());
}

void RunRecord::write() {
  const Comm& comm = *domain_->comm;
  const Experiment& e = *domain_->experiment;
  std::string remarks;
  for (const std::string& remark : domain_->forcing->remarks()) remarks += remark + "\n";
  nlohmann::json forcing = nlohmann::json::array(), input = nlohmann::json::array();
  for (const std::string& list : comm.all_gather(remarks)) {
    std::istringstream in(list);
    for (std::string line; std::getline(in, line);) forcing.push_back(line);
  }
  if (!forcing.empty())
    log_info(text("forcing: ", forcing.size(), " remarks on gaps and derived variables, see run.json"));
  const auto files = inputs(*domain_);
  const double memory = comm.max(peak_memory_mib());
  if (!comm.root()) return;
  for (const std::string& file : files) input.push_back({{"file", file}, {"checksum", checksum(file)}});
  nlohmann::json parts = nlohmann::json::object(), timing = nlohmann::json::object();
  for (const Part& p : parts_)
    parts[p.name] = {{"largest_water_residual_kg_m2", p.water},
                     {"largest_carbon_residual_g_m2", p.carbon},
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
                              {"forcing_remarks", forcing},
                              {"warnings", warnings_}};
  std::ofstream out(e.run.output + "/run.json.tmp");
  out << record.dump(1) << "\n";
  out.close();
  std::filesystem::rename(e.run.output + "/run.json.tmp", e.run.output + "/run.json");
  if (quiet_) return;
  for (const Part& p : parts_)
    fmt::print(
        "{}: largest residual of a step: water {:.2g} kg m-2, carbon {:.2g} g m-2; members replaced {}; observations "
        "used {}\n",
        p.name, p.water, p.carbon, p.replaced, p.used);
  for (const auto& [phase, seconds] : seconds_) fmt::print("{}: {:.1f} s\n", phase, seconds);
  fmt::print("{} ranks, {} columns, {} tiles, at most {:.0f} MiB per rank; results in {}\n", comm.size(),
             domain_->grid.global_count, domain_->global_tiles, memory, e.run.output);
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

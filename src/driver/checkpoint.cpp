#include "driver/checkpoint.hpp"

#include <algorithm>
#include <filesystem>

#include "core/base/error.hpp"
#include "core/parallel/block_exchange.hpp"
#include "driver/packed_members.hpp"

namespace tilth {

namespace {

std::string parameter_name(const ParameterSet& set, int k) {
  return "parameter_" + set.definitions()[set.uncertain()[k].definition].name;
}

void queue_members(CheckpointWriter& file, Members& m, const std::string& prefix = "") {
  const Domain& domain = m.domain();
  const int n = m.size(), rows = m.state.rows();
  if (prefix.empty()) file.attribute("fingerprint", fingerprint(domain, n));
  file.distributed(prefix + "state", *domain.by_tile, rows * n,
                   packed_members(m.state.data().data(), std::size_t(m.state.first_tile(m.state.columns())) * rows, n));
  if (m.memory_rows() > 0)
    file.distributed(prefix + "forcing_memory", *domain.by_point, m.memory_rows() * n,
                     packed_members(m.memory.data(), std::size_t(domain.columns()) * m.memory_rows(), n));
  for (int k = 0; k < int(m.parameters.uncertain().size()); ++k) {
    const int units = m.parameters.units(k);
    auto values = units > 0 ? packed_members(m.parameters.row(k, 0).data(), units, n) : std::vector<double>{};
    if (m.parameters.uncertain()[k].scope == Scope::column)
      file.distributed(prefix + parameter_name(m.parameters, k), *domain.by_point, n, std::move(values));
    else
      file.replicated(prefix + parameter_name(m.parameters, k), {m.parameters.units(k), n}, values);
  }
  file.distributed(prefix + "members_replaced", *domain.by_point, 1,
                   std::vector<double>(m.failures().begin(), m.failures().end()));
}

void read_members(const CheckpointReader& file, const std::string& path, Members& m, const std::string& prefix = "") {
  const Domain& domain = m.domain();
  const int n = m.size(), rows = m.state.rows();
  require(file.text("fingerprint") == fingerprint(domain, n), path, ": belongs to another experiment (",
          file.text("fingerprint"), "), this one is ", fingerprint(domain, n),
          "; remove it or give another output folder");
  const std::size_t tiles = m.state.first_tile(m.state.columns());
  std::vector<double> buffer(tiles * rows * n);
  file.distributed(prefix + "state", *domain.by_tile, rows * n, buffer);
  unpack_members(buffer, m.state.data().data(), tiles * rows, n);
  buffer.resize(std::size_t(domain.columns()) * m.memory_rows() * n);
  if (m.memory_rows() > 0) file.distributed(prefix + "forcing_memory", *domain.by_point, m.memory_rows() * n, buffer);
  unpack_members(buffer, m.memory.data(), std::size_t(domain.columns()) * m.memory_rows(), n);
  for (int k = 0; k < int(m.parameters.uncertain().size()); ++k) {
    const int units = m.parameters.units(k);
    buffer.resize(std::size_t(units) * n);
    if (m.parameters.uncertain()[k].scope == Scope::column)
      file.distributed(prefix + parameter_name(m.parameters, k), *domain.by_point, n, buffer);
    else
      file.replicated(prefix + parameter_name(m.parameters, k), buffer);
    if (units > 0) unpack_members(buffer, m.parameters.row(k, 0).data(), units, n);
  }
  m.parameters.refresh();
  buffer.resize(std::size_t(domain.columns()));
  file.distributed(prefix + "members_replaced", *domain.by_point, 1, buffer);
  m.set_failures(buffer);
}

// The draws and windows that a run must share with the one it continues.
std::string course(const Domain& domain, std::uint64_t seed) {
  const TimeOptions& time = domain.experiment->time;
  return text("seed ", seed, ", start ", format_time(time.start), ", window ", format_duration(time.window_s));
}

void require_same_course(const CheckpointReader& file, const std::string& path, const Domain& domain,
                         std::uint64_t seed) {
  const std::string now = course(domain, seed), remedy = "; restore the options, or start anew without --resume";
  require(file.text("course") == now, path, ": is of a run with ", file.text("course"), ", this one has ", now, remedy);
  const Time reached{file.integer("time")}, end = domain.experiment->window_end(file.integer("windows_done") - 1);
  require(reached == end, path, ": its last window ended on ", format_time(reached), ", here on ", format_time(end),
          " (time.end cut it short)", remedy);
}

}  // namespace

std::string fingerprint(const Domain& domain, int members) {
  const ModelTraits& traits = domain.model->traits();
  std::string uncertain;
  for (const auto& [name, options] : domain.experiment->control.parameters)
    uncertain += " " + name + ":" + options.scope;
  for (const auto& [name, options] : domain.experiment->ensemble.parameters)
    uncertain += " " + name + ":" + options.scope;
  for (const Stream& stream : domain.streams)
    for (const BiasTerm& term : stream.biases)
      uncertain += " " + domain.parameters[term.definition].name + ":" + stream.options->bias.scope;
  return text("model ", traits.name, ", ", traits.layout.rows(), " rows, ", members, " members, ",
              domain.grid.global_count, " points, ", domain.global_tiles, " tiles, uncertain", uncertain);
}

void save_closure(CheckpointWriter& file, const Comm& comm, const std::string& prefix, const StepReport& r) {
  file.attribute(prefix + "water_residual_kg_m2", comm.max(r.water_residual_kg_m2));
  file.attribute(prefix + "carbon_residual_g_m2", comm.max(r.carbon_residual_g_m2));
  file.attribute(prefix + "energy_residual_w_m2", comm.max(r.energy_residual_w_m2));
}

void load_closure(const CheckpointReader& file, const std::string& prefix, StepReport& r) {
  r.water_residual_kg_m2 = file.real(prefix + "water_residual_kg_m2");
  r.carbon_residual_g_m2 = file.real(prefix + "carbon_residual_g_m2");
  r.energy_residual_w_m2 = file.real(prefix + "energy_residual_w_m2");
}

void save_members(const Comm& comm, const std::string& path, Members& members) {
  CheckpointWriter file(comm, path);
  queue_members(file, members);
  file.commit();
}

void load_members(const Comm& comm, const std::string& path, Members& members) {
  read_members(CheckpointReader(comm, path), path, members);
}

void save_members(CheckpointWriter& file, const std::string& prefix, Members& members) {
  queue_members(file, members, prefix);
}

void load_members(const CheckpointReader& file, const std::string& prefix, Members& members) {
  read_members(file, file.path(), members, prefix);
}

void save_spin_up(const Comm& comm, const std::string& path, Members& members, const Remembered& spin_up) {
  CheckpointWriter file(comm, path);
  queue_members(file, members);
  file.attribute("course", course(members.domain(), members.role().seed));
  spin_up.save(file);
  file.commit();
}

void load_spin_up(const Comm& comm, const std::string& path, Members& members, Remembered& spin_up) {
  const CheckpointReader file(comm, path);
  require(file.text("course") == course(members.domain(), members.role().seed), path, ": is of a run with ",
          file.text("course"));
  read_members(file, path, members);
  spin_up.load(file);
}

void save_cycle(const Comm& comm, const std::string& path, const CycleState& s) {
  CheckpointWriter file(comm, path);
  queue_members(file, *s.members);
  file.attribute("course", course(s.members->domain(), s.seed));
  file.attribute("windows_done", s.done);
  file.attribute("time", s.members->domain().experiment->window_end(s.done - 1).seconds);
  save_closure(file, comm, "", *s.closure);
  const auto rows = s.diagnostics->numbers();
  file.replicated("diagnostics", {std::int64_t(rows.size())}, rows);
  if (s.inflation) file.distributed("prior_inflation", *s.members->domain().by_point, 2, *s.inflation);
  std::vector<double> sums;
  if (s.means) s.means->queue(file, sums);
  const auto budget = s.budget ? s.budget->numbers() : std::vector<double>{};
  if (!budget.empty()) file.replicated("budget", {std::int64_t(budget.size())}, budget);
  const auto twin = s.twin ? s.twin->numbers() : std::vector<double>{};
  if (!twin.empty()) file.replicated("twin_scores", {std::int64_t(twin.size())}, twin);
  for (const Remembered* part : s.parts) part->save(file);
  if (s.window) s.window->save(file);
  file.commit();
}

Progressed load_cycle(const CheckpointReader& file, const CycleState& s) {
  const std::string& path = file.path();
  require_same_course(file, path, s.members->domain(), s.seed);
  read_members(file, path, *s.members);
  load_closure(file, "", *s.closure);
  std::vector<double> rows(file.dimensions("diagnostics").at(0));
  file.replicated("diagnostics", rows);
  s.diagnostics->restore(rows);
  require(!s.inflation || file.has("prior_inflation"), path,
          ": was written without analysis.inflation.adaptive; restore the options, or start anew without --resume");
  if (s.inflation) file.distributed("prior_inflation", *s.members->domain().by_point, 2, *s.inflation);
  if (s.means) s.means->restore(file, path);
  if (s.budget && file.has("budget")) {
    rows.resize(std::size_t(file.dimensions("budget").at(0)));
    file.replicated("budget", rows);
    s.budget->restore(rows);
  }
  require(!s.twin || file.has("twin_scores") || file.integer("windows_done") == 0, path,
          ": is of a run without verification.states; restore the option, or start anew without --resume");
  if (s.twin && file.has("twin_scores")) {
    rows.resize(file.dimensions("twin_scores").at(0));
    file.replicated("twin_scores", rows);
    s.twin->restore(rows);
  }
  for (Remembered* part : s.parts) part->load(file);
  return {file.integer("windows_done"), file.has("window_reached")};
}

void writing(const std::function<void()>& write) {
  try {
    write();
  } catch (const Error& error) {
    throw Failure(
        text(error.what(), "; the last checkpoint is good: make room or give access, then continue with --resume"));
  }
}

void clear_folder(const Comm& comm, const std::string& folder) {
  if (comm.root() && std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".nc") std::filesystem::remove(entry.path());
  }
  comm.barrier();
}

void clear_file(const Comm& comm, const std::string& path) {
  if (comm.root()) std::filesystem::remove(path);
  comm.barrier();
}

namespace {

// Restart files of a folder, oldest first.
std::vector<std::string> restart_files(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("restart_") && name.ends_with(".nc")) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

void prune_checkpoints(const Comm& comm, const std::string& folder, int keep) {
  if (comm.root()) {
    const auto all = restart_files(folder);
    std::vector<std::string> planned;
    for (const std::string& file : all)
      if (!file.ends_with("_stopped.nc"))
        planned.push_back(file);
      else if (file != all.back())
        std::filesystem::remove(file);
    for (std::size_t i = 0; i + keep < planned.size(); ++i) std::filesystem::remove(planned[i]);
  }
  comm.barrier();
}

void set_damaged_aside(const Comm& comm, const std::string& folder, const std::string& good) {
  if (comm.root()) {
    const std::string last = std::filesystem::path(good).filename().string();
    for (const std::string& file : restart_files(folder))
      if (std::filesystem::path(file).filename().string() > last) std::filesystem::rename(file, file + ".damaged");
  }
  comm.barrier();
}

}  // namespace tilth

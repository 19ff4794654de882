#include "io/checkpoint.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <variant>

#include "core/base/error.hpp"
#include "io/checksum.hpp"
#include "io/disk.hpp"
#include "io/netcdf.hpp"
#include "io/own_slabs.hpp"

namespace tilth {

namespace {

constexpr const char* checksum_name = "tilth_checksum";
constexpr const char* format_name = "tilth_checkpoint";
constexpr std::int64_t format_version = 2;

/// A queued variable: `exchange` is null for replicated values.
struct Record {
  std::string name, units;
  std::vector<std::int64_t> shape;
  std::vector<double> copy;
  const BlockExchange* exchange = nullptr;
  int width = 1;
  std::span<const double> owned;
  std::shared_ptr<const BlockExchange> kept = nullptr;
};

}  // namespace

namespace {

// What is left of the file system, for messages: a library may lose the reason why it could not write. Collective.
std::string room_at(const Comm& comm, const std::string& path) {
  std::string out;
  std::error_code none;
  if (comm.root()) {
    const auto space = std::filesystem::space(std::filesystem::absolute(path).parent_path(), none);
    if (!none) out = text("; the file system there has ", double(space.available / 1000) / 1000.0, " MB left");
  }
  comm.broadcast(out);
  return out;
}

}  // namespace

struct CheckpointWriter::Queue {
  const Comm* comm;
  std::string path;
  Attributes attributes;
  std::vector<Record> records;

  std::vector<int> define(netcdf::File& file) const {
    file.put_attribute(netcdf::global, format_name, format_version);
    file.put_attributes(attributes);
    file.put_attribute(netcdf::global, checksum_name, std::string(16, '0'));
    std::vector<int> variables;
    for (const Record& r : records) {
      std::vector<int> ids;
      for (std::size_t d = 0; d < r.shape.size(); ++d)
        ids.push_back(file.define_dimension(r.name + "_" + std::to_string(d), r.shape[d]));
      variables.push_back(file.define_variable(r.name, netcdf::Type::double_, ids));
      if (!r.units.empty()) file.put_attribute(variables.back(), "units", r.units);
    }
    file.end_definitions();
    return variables;
  }

  void put(netcdf::File& file, int variable, const Record& r, Checksum& checksum, EarlyFlush& early) const {
    std::vector<std::int64_t> start(r.shape.size(), 0), count = r.shape;
    if (r.exchange == nullptr) {
      if (!comm->root()) std::fill(count.begin(), count.end(), 0);
      const bool mine = comm->root() || r.shape.empty();
      file.put(variable, start, count, std::span(r.copy).first(mine ? r.copy.size() : 0));
      if (comm->root()) checksum.add(r.name, 0, r.copy);
      return;
    }
    netcdf::OwnSlabs slabs(*comm, file, variable, r.exchange->block_size() * r.width, r.width);
    std::vector<double> slab;
    for (std::int64_t i = 0; i < slabs.rounds(); ++i) {
      const BlockExchange::Part part{i * slabs.rows(), slabs.rows()}, here = r.exchange->within_block(part);
      slab.assign(std::size_t(here.count) * r.width, std::numeric_limits<double>::quiet_NaN());
      r.exchange->to_block(r.owned, slab, r.width, part);
      start[0] = r.exchange->block_begin() + here.first;
      count[0] = here.count;
      slabs.put(start, count, slab);
      early.wrote(std::int64_t(8 * slab.size()));
      checksum.add(r.name, start[0] * r.width, slab);
    }
    slabs.finish();
  }

  std::uint64_t write(const std::string& target) const {
    netcdf::File file = netcdf::File::create(*comm, target);
    const std::vector<int> variables = define(file);
    Checksum checksum;
    EarlyFlush early(target);
    if (comm->root()) add_structure(checksum, file, checksum_name);
    for (std::size_t i = 0; i < records.size(); ++i) put(file, variables[i], records[i], checksum, early);
    const std::uint64_t total = checksum.total(*comm);
    file.put_attribute(netcdf::global, checksum_name, hexadecimal(total));  // same length: allowed in data mode
    file.close();
    return total;
  }
};

CheckpointWriter::CheckpointWriter(const Comm& comm, std::string path)
    : queue_(std::make_unique<Queue>(Queue{&comm, std::move(path), {}, {}})) {}
CheckpointWriter::~CheckpointWriter() = default;

void CheckpointWriter::attribute(const std::string& name, const std::string& value) {
  queue_->attributes.emplace_back(name, value);
}
void CheckpointWriter::attribute(const std::string& name, double value) {
  queue_->attributes.emplace_back(name, value);
}
void CheckpointWriter::attribute(const std::string& name, std::int64_t value) {
  queue_->attributes.emplace_back(name, value);
}

void CheckpointWriter::replicated(const std::string& name, std::vector<std::int64_t> dimensions,
                                  std::span<const double> values) {
  std::int64_t product = 1;
  for (const std::int64_t d : dimensions) product *= d;
  ensure(product == std::int64_t(values.size()) && product > 0, "checkpoint variable '", name, "': ", values.size(),
         " values for dimensions with product ", product);
  queue_->records.push_back({name, "", std::move(dimensions), {values.begin(), values.end()}, nullptr, 1, {}});
}

void CheckpointWriter::distributed(const std::string& name, const BlockExchange& exchange, int width,
                                   std::span<const double> owned, const std::string& units) {
  ensure(owned.size() == exchange.owned() * std::size_t(width), "checkpoint variable '", name, "': ", owned.size(),
         " values for ", exchange.owned(), " records of width ", width);
  queue_->records.push_back({name, units, {0, width}, {}, &exchange, width, owned});
}

void CheckpointWriter::distributed(const std::string& name, const BlockExchange& exchange, int width,
                                   std::vector<double>&& owned, std::shared_ptr<const BlockExchange> kept) {
  distributed(name, exchange, width, std::span<const double>(owned));
  Record& r = queue_->records.back();
  r.copy = std::move(owned);  // r.owned stays good: a vector that moves keeps its values where they are
  r.kept = std::move(kept);
}

std::uint64_t CheckpointWriter::commit() {
  const Comm& comm = *queue_->comm;
  for (Record& r : queue_->records) {
    if (r.exchange != nullptr) r.shape[0] = comm.max(r.exchange->block_end());
    ensure(r.shape.empty() || r.shape[0] > 0, "checkpoint variable '", r.name, "' has no records");
  }
  const std::string aside = queue_->path + ".tmp";
  try {
    const std::uint64_t total = queue_->write(aside);
    netcdf::File file = netcdf::File::open(comm, aside);
    const std::uint64_t read_back = file_checksum(comm, file, checksum_name);
    file.close();
    ensure(read_back == total, queue_->path, ": what was read back differs from what was written (checksums ",
           hexadecimal(read_back), ", ", hexadecimal(total), "); the disk or the network is failing");
    flush_file(comm, aside);
    replace_file(comm, aside, queue_->path);
    return total;
  } catch (const Error& error) {  // on all ranks
    std::string room = room_at(comm, aside);
    if (comm.root()) std::remove(aside.c_str());
    throw Error(tilth::text(error.what(), room));
  } catch (...) {
    if (comm.root()) std::remove(aside.c_str());
    throw;
  }
}

// --- reading
// ----------------------------------------------------------------------------------------------------------

struct CheckpointReader::Content {
  const Comm* comm;
  netcdf::File file;
  std::uint64_t checksum = 0;
};

CheckpointReader::CheckpointReader(const Comm& comm, const std::string& path)
    : content_(std::make_unique<Content>(Content{&comm, netcdf::File::open(comm, path)})) {
  netcdf::File& file = content_->file;
  std::string problem;
  const auto stored = file.text_attribute(netcdf::global, checksum_name);
  const auto version = file.integer_attribute(netcdf::global, format_name);
  if (!stored || !version) {
    problem = "not a checkpoint of tilth";
  } else if (*version != format_version) {
    problem = tilth::text(format_name, " = ", *version, ", this program reads version ", format_version);
  } else {
    try {
      read_ahead(comm, path);
      content_->checksum = file_checksum(comm, file, checksum_name);
      if (hexadecimal(content_->checksum) != *stored)
        problem = tilth::text("checksum ", hexadecimal(content_->checksum), " instead of ", *stored,
                              ": the file is torn or was altered");
    } catch (const Error& error) {
      problem = tilth::text("cannot be read to the end (", error.what(), "): the file is torn");
    }
  }
  if (!problem.empty()) file.close();
  require(problem.empty(), path, ": ", problem, "; resume from an older checkpoint");
}
CheckpointReader::~CheckpointReader() = default;
CheckpointReader::CheckpointReader(CheckpointReader&&) noexcept = default;

bool CheckpointReader::has(const std::string& name) const {
  const std::vector<std::string> names = content_->file.attributes(netcdf::global);
  return content_->file.has_variable(name) || std::find(names.begin(), names.end(), name) != names.end();
}

std::string CheckpointReader::text(const std::string& name) const {
  const auto value = content_->file.text_attribute(netcdf::global, name);
  require(value.has_value(), content_->file.path(), ": no text attribute '", name, "'");
  return *value;
}

double CheckpointReader::real(const std::string& name) const {
  const auto value = content_->file.number_attribute(netcdf::global, name);
  require(value && value->size() == 1, content_->file.path(), ": no number attribute '", name, "'");
  return value->front();
}

std::int64_t CheckpointReader::integer(const std::string& name) const {
  const auto value = content_->file.integer_attribute(netcdf::global, name);
  require(value.has_value(), content_->file.path(), ": no integer attribute '", name, "'");
  return *value;
}

std::vector<std::int64_t> CheckpointReader::dimensions(const std::string& name) const {
  std::vector<std::int64_t> out;
  for (const netcdf::Dimension& d : content_->file.dimensions(content_->file.variable(name))) out.push_back(d.length);
  return out;
}

void CheckpointReader::replicated(const std::string& name, std::span<double> values) const {
  const netcdf::File& file = content_->file;
  const std::vector<std::int64_t> count = dimensions(name), start(count.size(), 0);
  const std::int64_t size = file.size(file.variable(name));
  require(size == std::int64_t(values.size()), file.path(), ": variable '", name, "' has ", size, " values, expected ",
          values.size(), "; the checkpoint belongs to another experiment");
  file.get(file.variable(name), start, count, values);
}

void CheckpointReader::distributed(const std::string& name, const BlockExchange& exchange, int width,
                                   std::span<double> owned) const {
  const netcdf::File& file = content_->file;
  const std::vector<std::int64_t> shape = dimensions(name);
  const std::int64_t count = content_->comm->max(exchange.block_end());
  require(shape == std::vector<std::int64_t>{count, width}, file.path(), ": variable '", name, "' is ",
          shape.empty() ? 0 : shape[0], " records of ", shape.size() < 2 ? 0 : shape[1], " values, expected ", count,
          " of ", width, "; the checkpoint belongs to another experiment");
  netcdf::OwnSlabs slabs(*content_->comm, content_->file, file.variable(name), exchange.block_size() * width, width);
  std::vector<double> slab;
  for (std::int64_t i = 0; i < slabs.rounds(); ++i) {
    const BlockExchange::Part part{i * slabs.rows(), slabs.rows()}, here = exchange.within_block(part);
    slab.resize(std::size_t(here.count) * width);
    slabs.get(std::vector<std::int64_t>{exchange.block_begin() + here.first, 0},
              std::vector<std::int64_t>{here.count, width}, slab);
    exchange.to_owner(slab, owned, width, part);
  }
  slabs.finish();
}

std::uint64_t CheckpointReader::checksum() const { return content_->checksum; }

const std::string& CheckpointReader::path() const { return content_->file.path(); }

std::optional<CheckpointReader> CheckpointReader::newest_valid(const Comm& comm, const std::string& folder,
                                                               const std::string& prefix,
                                                               std::vector<std::string>* skipped) {
  namespace fs = std::filesystem;
  std::vector<std::string> names;
  std::error_code ignored;
  if (comm.root())
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(prefix) && name.ends_with(".nc")) names.push_back(name);
    }
  std::sort(names.begin(), names.end(), std::greater<>());
  const std::int64_t count = comm.max(std::int64_t(names.size()));
  for (std::int64_t i = 0; i < count; ++i) {
    std::string path = comm.root() ? (fs::path(folder) / names[i]).string() : "";
    comm.broadcast(path);
    try {
      return CheckpointReader(comm, path);
    } catch (const Error& error) {
      if (skipped != nullptr) skipped->push_back(error.what());
    }
  }
  return {};
}

}  // namespace tilth

#include "io/rows_file.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "io/disk.hpp"

namespace tilth {

RowsFile::RowsFile(const Comm& comm, std::string path, const std::string& dimension,
                   const std::vector<std::int64_t>& ids)
    : comm_(&comm),
      path_(std::move(path)),
      order_(global_order(comm, ids, path_)),
      exchange_(comm, order_.position, order_.count),
      file_(netcdf::File::create(comm, path_ + ".tmp")),
      dimension_(file_.define_dimension(dimension, order_.count)) {}  // no rows: a record dimension of length 0

int RowsFile::define(const std::string& name, netcdf::Type type, const std::string& units, const std::string& long_name,
                     const std::string& standard_name) {
  const int id = file_.define_variable(name, type, std::span(&dimension_, 1));
  if (!standard_name.empty()) file_.put_attribute(id, "standard_name", standard_name);
  if (!long_name.empty()) file_.put_attribute(id, "long_name", long_name);
  if (!units.empty()) file_.put_attribute(id, "units", units);
  return id;
}

void RowsFile::may_be_missing(int variable) {
  file_.put_attribute(variable, "_FillValue", netcdf::Type::double_, std::span(&netcdf_missing, 1));
}

void RowsFile::put(int variable, std::span<const double> values) { put(variable, 1, values); }

void RowsFile::put(int variable, int width, std::span<const double> values) {
  ensure(values.size() == exchange_.owned() * std::size_t(width), path_, ": ", values.size(), " values of '",
         file_.name(variable), "' for ", exchange_.owned(), " rows");
  std::vector<double> block(std::size_t(exchange_.block_size()) * width);
  exchange_.to_block(values, block, width);
  for (double& v : block)
    if (!std::isfinite(v)) v = netcdf_missing;
  const std::vector<std::int64_t> start{exchange_.block_begin(), 0}, length{exchange_.block_size(), width};
  const std::size_t rank = file_.dimensions(variable).size();
  file_.put(variable, std::span(start).first(rank), std::span(length).first(rank), std::span<const double>(block));
}

void RowsFile::put(int variable, std::span<const std::int64_t> values) {
  // Integers travel as the bits of doubles: they are moved, never computed with.
  std::vector<double> bits(values.size()), block(std::size_t(exchange_.block_size()));
  std::transform(values.begin(), values.end(), bits.begin(), [](std::int64_t v) { return std::bit_cast<double>(v); });
  exchange_.to_block(bits, block, 1);
  std::vector<std::int64_t> whole(block.size());
  std::transform(block.begin(), block.end(), whole.begin(), [](double v) { return std::bit_cast<std::int64_t>(v); });
  const std::int64_t start = exchange_.block_begin(), length = exchange_.block_size();
  file_.put(variable, std::span(&start, 1), std::span(&length, 1), std::span<const std::int64_t>(whole));
}

void RowsFile::finish() {
  file_.close();
  replace_file(*comm_, path_ + ".tmp", path_);
}

}  // namespace tilth

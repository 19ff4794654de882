#include "io/own_slabs.hpp"

#include <algorithm>
#include <array>
#include <exception>

namespace tilth::netcdf {

namespace {

constexpr std::int64_t alone_bytes = std::int64_t{4} << 20;  // shares from here on are moved by each rank for itself
constexpr std::int64_t slab_bytes = std::int64_t{1} << 20;

}  // namespace

OwnSlabs::OwnSlabs(const Comm& comm, File& file, int variable, std::int64_t values, std::int64_t row)
    : file_(file), variable_(variable) {
  const std::int64_t longest = comm.max(values);
  alone_ = 8 * longest >= alone_bytes;
  rows_ = std::max<std::int64_t>(1, alone_ ? slab_bytes / (8 * row) : longest / row);
  rounds_ = std::max<std::int64_t>(1, (longest / row + rows_ - 1) / rows_);
  if (alone_) file_.begin_alone();
  open_ = alone_;
}

OwnSlabs::~OwnSlabs() {
  if (open_ && std::uncaught_exceptions() == 0) file_.end_alone();
}

void OwnSlabs::put(std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                   std::span<const double> values) {
  alone_ ? file_.put_alone(variable_, start, count, values) : file_.put(variable_, start, count, values);
}

void OwnSlabs::get(std::span<const std::int64_t> start, std::span<const std::int64_t> count, std::span<double> values) {
  alone_ ? file_.get_alone(variable_, start, count, values) : file_.get(variable_, start, count, values);
}

void OwnSlabs::finish() {
  if (!alone_) return;
  open_ = false;
  file_.end_alone();
}

}  // namespace tilth::netcdf

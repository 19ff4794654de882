#include "io/checksum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

namespace tilth {

namespace {

constexpr std::int64_t buffer_values = std::int64_t{1} << 20;  // 8 MB a read

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t key(const std::string& text) {
  std::uint64_t k = mixed(text.size());
  for (const char c : text) k = mixed(k ^ std::uint64_t(static_cast<unsigned char>(c)));
  return k;
}

std::string attribute_as_text(const netcdf::File& file, int variable, const std::string& name) {
  if (const auto text = file.text_attribute(variable, name)) return *text;
  std::string out;  // as doubles first: read as an integer, 0.1 and 0.2 are the same
  const std::vector<double> numbers = file.number_attribute(variable, name).value_or(std::vector<double>{});
  for (const double v : numbers) out += std::to_string(std::bit_cast<std::uint64_t>(v)) + " ";
  constexpr double exact = 0x1p53;  // a larger integer is not a double: its own digits count
  if (numbers.size() == 1 && std::abs(numbers[0]) >= exact && std::abs(numbers[0]) < 0x1p63)
    out += std::to_string(file.integer_attribute(variable, name).value_or(0));
  return out;
}

/// This rank's share of a variable: whole rows of its first dimension.
void add_values(Checksum& checksum, const Comm& comm, const netcdf::File& file, int variable) {
  std::vector<std::int64_t> start, count;
  for (const netcdf::Dimension& d : file.dimensions(variable)) {
    start.push_back(0);
    count.push_back(d.length);
  }
  const std::int64_t rows = count.empty() ? 1 : count[0], size = file.size(variable);
  if (size == 0) return;
  const std::int64_t row = size / rows, begin = rows * comm.rank() / comm.size();
  const std::int64_t end = rows * (comm.rank() + 1) / comm.size();
  const std::int64_t step = std::max<std::int64_t>(1, buffer_values / row);
  const std::int64_t rounds = comm.max((end - begin + step - 1) / step);
  std::vector<double> values;
  for (std::int64_t r = 0; r < rounds; ++r) {
    const std::int64_t first = std::min(begin + r * step, end), length = std::min(step, end - first);
    if (!count.empty()) {
      start[0] = first;
      count[0] = length;
    }
    values.assign(std::size_t(length * row), std::numeric_limits<double>::quiet_NaN());  // what a torn file leaves out
    file.get(variable, start, count, std::span<double>(values));
    if (count.empty() && !comm.root()) continue;  // a scalar is read by all and counted once
    checksum.add(file.name(variable), first * row, values);
  }
}

}  // namespace

void Checksum::add(const std::string& stream, std::int64_t first, std::span<const double> values) {
  const std::uint64_t k = key(stream);
  std::uint64_t position = k + std::uint64_t(first);
  for (const double v : values) sum_ += mixed(mixed(position++) ^ std::bit_cast<std::uint64_t>(v));
}

void Checksum::add(const std::string& stream, const std::string& text) {
  sum_ += mixed(key(stream) ^ mixed(key(text)));
}

std::uint64_t Checksum::total(const Comm& comm) const {
  // Halves, because a sum of signed integers must not overflow.
  std::int64_t half[2] = {std::int64_t(sum_ & 0xffffffffULL), std::int64_t(sum_ >> 32)};
  comm.sum(half);
  return std::uint64_t(half[0]) + (std::uint64_t(half[1]) << 32);
}

void add_structure(Checksum& checksum, const netcdf::File& file, const std::string& except) {
  const std::vector<std::string> names = file.variables();
  for (int v = netcdf::global; v < int(names.size()); ++v) {
    const std::string owner = v == netcdf::global ? "" : names[v];
    for (const std::string& name : file.attributes(v))
      if (name != except) checksum.add(owner + ":" + name, attribute_as_text(file, v, name));
    if (v == netcdf::global) continue;
    std::string shape = std::to_string(int(file.type(v)));
    for (const netcdf::Dimension& d : file.dimensions(v)) shape += " " + d.name + "=" + std::to_string(d.length);
    checksum.add(owner + "(" + std::to_string(v) + ")", shape);
  }
}

std::uint64_t file_checksum(const Comm& comm, const netcdf::File& file, const std::string& except) {
  Checksum checksum;
  if (comm.root()) add_structure(checksum, file, except);
  const int count = int(file.variables().size());
  for (int v = 0; v < count; ++v) add_values(checksum, comm, file, v);
  return checksum.total(comm);
}

std::string hexadecimal(std::uint64_t value) {
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  return digits;
}

}  // namespace tilth

#include "io/checksum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <vector>

#include "core/base/simd/clones.hpp"
#include "io/own_slabs.hpp"

namespace tilth {

namespace {

// Odd steps of the keys: the golden ratio and the square root of 3, in 64 bits.
constexpr std::uint64_t key_step[2] = {0x9e3779b97f4a7c15ULL, 0xbb67ae8584caa73bULL};

TILTH_CLONES void add_products(const double* values, std::size_t n, std::uint64_t key0, std::uint64_t key1,
                               std::uint64_t* sums) {
  constexpr std::uint64_t half = 0xffffffffULL;
  std::uint64_t sum0 = 0, sum1 = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(values[i]);
    const std::uint64_t a = bits ^ key0, b = bits ^ key1;
    sum0 += (a & half) * (a >> 32);
    sum1 += (b & half) * (b >> 32);
    key0 += key_step[0];
    key1 += key_step[1];
  }
  sums[0] += sum0;
  sums[1] += sum1;
}

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

// This rank's share of a variable: whole rows of its first dimension.
void add_values(Checksum& checksum, const Comm& comm, netcdf::File& file, int variable) {
  std::vector<std::int64_t> start, count;
  for (const netcdf::Dimension& d : file.dimensions(variable)) {
    start.push_back(0);
    count.push_back(d.length);
  }
  const std::int64_t rows = count.empty() ? 1 : count[0], size = file.size(variable);
  if (size == 0) return;
  const std::int64_t row = size / rows, begin = rows * comm.rank() / comm.size();
  const std::int64_t end = rows * (comm.rank() + 1) / comm.size();
  netcdf::OwnSlabs slabs(comm, file, variable, (end - begin) * row, row);
  std::vector<double> values;
  for (std::int64_t r = 0; r < slabs.rounds(); ++r) {
    const std::int64_t first = std::min(begin + r * slabs.rows(), end), length = std::min(slabs.rows(), end - first);
    if (!count.empty()) {
      start[0] = first;
      count[0] = length;
    }
    values.assign(std::size_t(length * row), std::numeric_limits<double>::quiet_NaN());  // what a torn file leaves out
    slabs.get(start, count, values);
    if (count.empty() && !comm.root()) continue;  // a scalar is read by all and counted once
    checksum.add(file.name(variable), first * row, values);
  }
  slabs.finish();
}

}  // namespace

void Checksum::add(const std::string& stream, std::int64_t first, std::span<const double> values) {
  const std::uint64_t k = key(stream), at = std::uint64_t(first);
  add_products(values.data(), values.size(), k + at * key_step[0], mixed(k) + at * key_step[1], sums_);
}

void Checksum::add(const std::string& stream, const std::string& text) {
  const std::uint64_t k = mixed(key(stream) ^ mixed(key(text)));
  sums_[0] += k;
  sums_[1] += mixed(k);
}

std::uint64_t Checksum::total(const Comm& comm) const {
  std::int64_t halves[4];  // because a sum of signed integers must not overflow
  for (int i = 0; i < 4; ++i) halves[i] = std::int64_t(sums_[i / 2] >> (i % 2 * 32) & 0xffffffffULL);
  comm.sum(halves);
  const auto whole = [&](int i) { return std::uint64_t(halves[i]) + (std::uint64_t(halves[i + 1]) << 32); };
  return mixed(whole(0) ^ mixed(whole(2)));
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

std::uint64_t file_checksum(const Comm& comm, netcdf::File& file, const std::string& except) {
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

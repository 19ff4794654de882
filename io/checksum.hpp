#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/parallel/comm.hpp"
#include "io/netcdf.hpp"

namespace tilth {

/// Sum modulo 2^64 of mixed (stream, position, bits): independent of the order and of who holds which value, so any
/// number of ranks finds the same (the mixer is splitmix64; Steele, Lea & Flood 2014).
class Checksum {
 public:
  /// Values `first, first + 1, ...` of the stream named `stream`.
  void add(const std::string& stream, std::int64_t first, std::span<const double> values);
  void add(const std::string& stream, const std::string& text);
  /// Total over the ranks of what each added. Collective.
  std::uint64_t total(const Comm& comm) const;

 private:
  std::uint64_t sum_ = 0;
};

/// Names, shapes, types and attributes of a file (all but `except`), as rank 0 adds them.
void add_structure(Checksum& checksum, const netcdf::File& file, const std::string& except);

/// Reads the whole file, each rank its share, and sums structure and values. Collective.
std::uint64_t file_checksum(const Comm& comm, const netcdf::File& file, const std::string& except);

/// 16 hexadecimal digits.
std::string hexadecimal(std::uint64_t value);

}  // namespace tilth

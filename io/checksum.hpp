#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/parallel/comm.hpp"
#include "io/netcdf.hpp"

namespace tilth {

/// Sums modulo 2^64 over (stream, position, bits): independent of the order and of who holds which value, so any number
/// of ranks finds the same. A value adds the product of its halves, each shifted by a key of its position (NH of Black
/// et al. 1999, UMAC), in two sums with keys of their own: a change goes unseen with a chance near 2^-64, and memory
/// limits the speed.
class Checksum {
 public:
  /// Values `first, first + 1, ...` of the stream named `stream`.
  void add(const std::string& stream, std::int64_t first, std::span<const double> values);
  void add(const std::string& stream, const std::string& text);
  /// Total over the ranks of what each added. Collective.
  std::uint64_t total(const Comm& comm) const;

 private:
  std::uint64_t sums_[2] = {0, 0};
};

/// Names, shapes, types and attributes of a file (all but `except`), as rank 0 adds them.
void add_structure(Checksum& checksum, const netcdf::File& file, const std::string& except);

/// Reads the whole file, each rank its share, and sums structure and values. Collective.
std::uint64_t file_checksum(const Comm& comm, netcdf::File& file, const std::string& except);

/// 16 hexadecimal digits.
std::string hexadecimal(std::uint64_t value);

}  // namespace tilth

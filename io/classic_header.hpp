#pragma once

#include <cstdint>
#include <string>

#include "core/parallel/comm.hpp"

namespace tilth::netcdf {

/// What the header of a classic NetCDF file says about the file, and what is wrong with it.
struct HeaderCheck {
  std::string problem;               ///< empty: sound; starts with the place in the file, ends with a remedy
  std::int64_t length = 0;           ///< bytes of the file
  std::int64_t header = 0;           ///< bytes of the header
  std::int64_t end_of_data = 0;      ///< bytes that header and data need
  std::int64_t bytes_of_record = 0;  ///< 0: no variable has records
  /// Whole records behind those that the header counts.
  std::int64_t uncounted_records() const { return bytes_of_record > 0 ? (length - end_of_data) / bytes_of_record : 0; }
};

/// Whether a file must hold all records that its header counts, or the last may be cut off: who continues a file writes
/// them again.
enum class Tail { whole, may_be_cut };

/// Reads the header (CDF-1, 2 or 5) within the bounds of the file and checks it: counts, names, types, dimensions,
/// sizes, and that the data of all variables lie in the file without overlap. Local; throws nothing.
HeaderCheck check_header(const std::string& path, Tail tail = Tail::whole);

/// `Error` on all ranks unless `path` is a file that can be read and whose header is sound: the library underneath
/// trusts headers, and fills up what a cut file lacks. Collective.
void require_sound(const Comm& comm, const std::string& path, Tail tail = Tail::whole);

/// `Error` on all ranks when whole records follow those that the header counts. Collective.
void require_all_counted(const Comm& comm, const std::string& path);

}  // namespace tilth::netcdf

#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/parallel/block_exchange.hpp"
#include "core/parallel/comm.hpp"
#include "io/netcdf.hpp"
#include "io/order.hpp"

namespace tilth {

/// A NetCDF file with one row per record, written in the global order of ids whatever rank holds them; under
/// `path.tmp` until `finish`. Used for observations and feedback.
class RowsFile {
 public:
  /// Creates the file with the dimension of the rows. Collective.
  RowsFile(const Comm& comm, std::string path, const std::string& dimension, const std::vector<std::int64_t>& ids);

  netcdf::File& file() { return file_; }
  int dimension() const { return dimension_; }
  std::int64_t count() const { return order_.count; }
  /// Defines a variable along the rows with its attributes; empty texts are left out.
  int define(const std::string& name, netcdf::Type type, const std::string& units, const std::string& long_name,
             const std::string& standard_name = "");
  /// Declares `netcdf_missing` as fill value of a floating-point variable.
  void may_be_missing(int variable);
  void end_definitions() { file_.end_definitions(); }
  /// Writes one value per row; not finite is written as missing. Collective.
  void put(int variable, std::span<const double> values);
  void put(int variable, std::span<const std::int64_t> values);
  /// Writes `width` values per row. Collective.
  void put(int variable, int width, std::span<const double> values);
  /// Closes and renames. Collective.
  void finish();

 private:
  const Comm* comm_;
  std::string path_;
  GlobalOrder order_;
  BlockExchange exchange_;
  netcdf::File file_;
  int dimension_;
};

/// Fill value of doubles in files of rows and tables (NC_FILL_DOUBLE).
inline constexpr double netcdf_missing = 9.9692099683868690e+36;

}  // namespace tilth

#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/parallel/block_exchange.hpp"
#include "io/netcdf.hpp"
#include "io/product.hpp"

namespace tilth {

// What stands behind `ProductFile`; private to this folder.

inline constexpr int station_name_length = 32;  ///< bytes of a station name in the file

/// How a variable with a declared range is packed: stored = (value - offset) / scale.
struct ShortPacking {
  static constexpr double fill = -32768.0, largest = 32767.0;
  explicit ShortPacking(const ProductVariable& v)
      : scale((v.packed_upper - v.packed_lower) / (2.0 * largest)), offset(0.5 * (v.packed_upper + v.packed_lower)) {}
  double scale, offset;
};

struct ProductFile::State {
  const Comm* comm;
  std::string path;
  std::vector<ProductVariable> variables;
  BlockExchange exchange;
  std::vector<std::int64_t> point_ids;
  bool list, means, odd_cells;
  netcdf::File file;
  std::int64_t records = 0;
  static constexpr const char* outside_name = "values_outside_packing";
  bool packed() const {
    return std::any_of(variables.begin(), variables.end(), [](const ProductVariable& v) { return v.is_packed(); });
  }
  /// Members of the variables that have any; 0: none has.
  int realizations() const {
    int most = 0;
    for (const ProductVariable& v : variables) most = std::max(most, v.members);
    return most;
  }
  bool positioned = true;  // false: the first write decides where to go on
  Time last_end{std::numeric_limits<std::int64_t>::min()};

  int define_axis(netcdf::File& f, const char* name, std::int64_t length, const char* units, const char* axis,
                  int bounds) const;
  void define(netcdf::File& f, const Raster& raster, const std::string& title, const Attributes& attributes) const;
  int define_realizations(netcdf::File& f) const;
  void define_variables(netcdf::File& f, std::span<const int> dimensions) const;
  void define_area(netcdf::File& f, std::span<const int> dimensions) const;
  void put_axes(netcdf::File& f, const Grid& grid) const;
  void put_area(netcdf::File& f, const Grid& grid) const;
  void put_stations(netcdf::File& f, const Grid& grid) const;
  void create(const Grid& grid, const std::string& title, const Attributes& attributes);
  void reopen(const Raster& raster, const Attributes& attributes);
  void put_record(const ProductVariable& variable, std::span<const double> values);
  std::int64_t pack(const ProductVariable& variable, std::vector<double>& values) const;
  void require_same(const ProductVariable& variable, std::span<const std::int64_t> shape) const;
  void position(Time begin);
};

}  // namespace tilth

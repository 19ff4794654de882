#pragma once

#include <string>
#include <vector>

#include "driver/domain.hpp"
#include "driver/verify/regions.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// Sums of impacts by stream, region and dominant plant functional type; the last type stands for all.
class ImpactSums {
 public:
  explicit ImpactSums(const Domain& domain);

  /// Of one own observation; the column decides its type.
  struct Item {
    int stream = 0, column = 0;
    double lon = 0.0, lat = 0.0, value = 0.0;
  };
  /// Adds the signals of the observations that one analysis used, or their impacts (change of the error, negative:
  /// smaller). The bits do not depend on ranks. Collective.
  void add_signals(const std::vector<Item>& items);
  void add_impacts(const std::vector<Item>& items);
  /// Adds the change of the error by one analysis, as forecasts found it, and the error without it.
  void add_change(double change, double before);

  /// Writes the table `impact` with its attributes. Collective.
  void write(const std::string& path, const std::string& experiment, const std::string& norm, std::int64_t lead) const;

  /// For restart files.
  std::vector<double> numbers() const;
  void restore(std::span<const double> numbers);

 private:
  struct Cell {
    double signal = 0.0, signals = 0.0, impact = 0.0, impacts = 0.0, beneficial = 0.0;
  };
  std::size_t index(std::size_t stream, std::size_t region, std::size_t pft) const;
  template <class Visit>
  void each_cell(const Item& item, const Visit& visit) const;
  /// Sum and number of the items of every cell over all ranks. Collective.
  void totals(const std::vector<Item>& items, std::vector<double>& sum, std::vector<std::int64_t>& count) const;

  const Domain* domain_;
  std::vector<Region> regions_;
  std::vector<Cell> cells_;
  double analyses_ = 0.0, estimate_ = 0.0, change_ = 0.0, before_ = 0.0;
};

}  // namespace tilth

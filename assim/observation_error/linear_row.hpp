#pragma once

#include <algorithm>
#include <vector>

#include "core/obs/obs_table.hpp"

namespace tilth {

/// What a linear map of observations acts on: value, prediction of the mean member (0 when not known), predictions of
/// all members with their padding.
inline std::vector<double> linear_row(const ObsTable& table, std::size_t i) {
  std::vector<double> row{table.value[i], table.hx_mean.empty() ? 0.0 : table.hx_mean[i]};
  row.insert(row.end(), table.predictions(i), table.predictions(i) + table.stride());
  return row;
}

/// Puts it back.
inline void set_linear_row(ObsTable& table, std::size_t i, const std::vector<double>& row) {
  table.value[i] = row[0];
  if (!table.hx_mean.empty()) table.hx_mean[i] = row[1];
  std::copy(row.begin() + 2, row.end(), table.predictions(i));
}

}  // namespace tilth

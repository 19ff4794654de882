#include "assim/observation_error/superob.hpp"

#include <algorithm>
#include <cmath>

#include "assim/observation_error/boxes.hpp"
#include "assim/observation_error/linear_row.hpp"

namespace tilth {

namespace {

/// Shares of the inverse error variances; their sum is 1.
std::vector<double> weights(const ObsTable& table, const std::vector<std::size_t>& rows) {
  std::vector<double> w;
  double sum = 0.0;
  for (const std::size_t i : rows) {
    w.push_back(1.0 / (table.error_sd[i] * table.error_sd[i]));
    sum += w.back();
  }
  for (double& x : w) x /= sum;
  return w;
}

double mean_error_sd(const ObsTable& table, const std::vector<std::size_t>& rows, const std::vector<double>& w,
                     const ErrorCorrelation& correlation) {
  std::vector<double> sd;
  std::vector<Time> time;
  for (const std::size_t i : rows) {
    sd.push_back(table.error_sd[i]);
    time.push_back(middle(table.begin[i], table.end[i]));
  }
  return averaged_error_sd(w, sd, time, correlation);
}

/// Replaces the first row of a box by the mean of all.
void average(ObsTable& table, const std::vector<std::size_t>& rows, const ErrorCorrelation& correlation) {
  const std::vector<double> w = weights(table, rows);
  const std::size_t first = rows[0];
  table.error_sd[first] = mean_error_sd(table, rows, w, correlation);
  double east = 0.0, north = 0.0;
  std::vector<double> mean(2 + std::size_t(table.stride()), 0.0);
  for (std::size_t j = 0; j < rows.size(); ++j) {
    const std::size_t i = rows[j];
    east += w[j] * std::remainder(table.lon[i] - table.lon[first], 360.0);
    north += w[j] * (table.lat[i] - table.lat[first]);
    const std::vector<double> row = linear_row(table, i);
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += w[j] * row[k];
  }
  for (const std::size_t i : rows) {
    table.begin[first] = std::min(table.begin[first], table.begin[i]);
    table.end[first] = std::max(table.end[first], table.end[i]);
  }
  const double lon = table.lon[first] + east;
  table.lon[first] = lon >= 180.0 ? lon - 360.0 : lon < -180.0 ? lon + 360.0 : lon;
  table.lat[first] += north;
  set_linear_row(table, first, mean);
}

}  // namespace

ObsTable superobbed(const ObsTable& table, int type, const BoxOptions& options, const ErrorCorrelation& correlation) {
  ObsTable out = table;
  std::vector<char> keep(table.size(), 1);
  for (const ObsBox& box : observation_boxes(table, type, options)) {
    if (box.rows.size() == 1) continue;
    average(out, box.rows, correlation);
    for (std::size_t j = 1; j < box.rows.size(); ++j) keep[box.rows[j]] = 0;
  }
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (keep[i]) kept.push_back(i);
  out = out.selected(kept);
  out.sort_by_id();
  return out;
}

}  // namespace tilth

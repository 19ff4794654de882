#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "parallel/driver/small_run.hpp"

namespace tilth::test {

/// A window of forecast and analysis with an observation table of one's choice.
struct Window {
  Window(const Comm& comm, const std::string& yaml, const std::function<ObsTable(const Domain&)>& observe)
      : run(comm, yaml),
        members(young_members(run, run.role())),
        products(product_definitions(run.domain.model->traits().layout), run.domain.columns(), members->size()),
        obs(observe(run.domain)) {
    const Time begin = run.experiment.window_begin(0), end = run.experiment.window_end(0);
    forecast_window(*members, begin, end, obs, products);
    feedback = check_observations(run.domain, obs);
  }
  AnalysisSummary analyse() {
    return WindowAnalysis(*members, products.definitions()).update(0, obs, products, feedback);
  }
  /// All states by point id, then column and shared parameters, then products: what an analysis may change.
  std::vector<double> everything() {
    std::vector<double> out = shared_rows(members->parameters);
    for (std::int64_t id = 0; id < run.domain.grid.global_count; ++id)
      for (int c = 0; c < run.domain.columns(); ++c) {
        if (run.domain.grid.points[c].id != id) continue;
        const auto state = column_values(*members, c);
        out.insert(out.end(), state.begin(), state.end());
        const auto lma = members->parameters.row(1, c);
        out.insert(out.end(), lma.begin(), lma.end());
        for (int p = 0; p < int(products.definitions().size()); ++p)
          out.insert(out.end(), products.row(c, p), products.row(c, p) + padded(members->size()));
      }
    return out;
  }
  SmallRun run;
  std::unique_ptr<Members> members;
  Products products;
  ObsTable obs;
  FeedbackColumns feedback;
};

/// Bit patterns, as NaN must compare too.
inline std::vector<std::uint64_t> bits(const std::vector<double>& values) {
  std::vector<std::uint64_t> out;
  for (const double x : values) out.push_back(std::bit_cast<std::uint64_t>(x));
  return out;
}

inline ObsTable leaf_area(const Domain& domain, const std::vector<std::int64_t>& points, std::uint32_t flag = 0) {
  return observations_at(domain, points, 2.5, 0.3, 6, flag);
}

}  // namespace tilth::test

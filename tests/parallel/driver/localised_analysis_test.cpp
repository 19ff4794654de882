#include <gtest/gtest.h>

#include <cmath>

#include "parallel/driver/small_window.hpp"

namespace tilth {
namespace {

using test::bits;
using test::Window;

const std::string base =
    "control: {states: [soil_moisture, carbon_leaf], parameters: {lma: {scope: column}, d_theta_s: {scope: column}}}\n"
    "observations:\n"
    "  - {name: lai, operator: {lai: {}}, files: [none.nc], half_width_km: 300}\n"
    "  - {name: sm, operator: {surface_soil_moisture: {}}, files: [none.nc], half_width_km: 300}\n";

/// One observation of each stream at every point, each far from the forecast.
ObsTable both(const Domain& domain) {
  ObsTable obs = test::observations_at(domain, {0, 1, 2, 3, 0, 1, 2, 3}, 0.30, 0.03, 6);
  for (std::size_t i = 0; i < obs.size(); ++i) {
    obs.type[i] = obs.id[i] < 4 ? 0 : 1;
    if (obs.type[i] == 0) obs.value[i] = 2.5, obs.error_sd[i] = 0.3;
  }
  return obs;
}

/// Which of them count.
ObsTable of_stream(const Domain& domain, int type) {
  ObsTable obs = both(domain);
  for (std::size_t i = 0; i < obs.size(); ++i)
    if (obs.type[i] != type) obs.flag[i] = qc_withheld;
  return obs;
}

using Values = std::vector<std::vector<double>>;  // [column] of members, tiles and layers

Values state(Window& w, const std::string& name, int layer = -1) {
  const StateLayout& layout = w.run.domain.model->traits().layout;
  Values out(w.run.domain.columns());
  for (int c = 0; c < w.run.domain.columns(); ++c) {
    const ColumnView column = w.members->state.column(c);
    for (int t = 0; t < column.tiles(); ++t)
      for (int l = 0; l < layout.variable(name).layers; ++l)
        if (layer < 0 || l == layer)
          out[c].insert(out[c].end(), column.row(t, layout.row(name) + l), column.row(t, layout.row(name) + l) + 6);
  }
  return out;
}

Values parameter(Window& w, int k) {
  Values out;
  for (int c = 0; c < w.run.domain.columns(); ++c) {
    const auto row = w.members->parameters.row(k, c);
    out.emplace_back(row.begin(), row.end());
  }
  return out;
}

bool same_bits(const Values& a, const Values& b) {
  for (std::size_t c = 0; c < a.size(); ++c)
    if (bits(a[c]) != bits(b[c])) return false;
  return true;
}

double moved(const Values& a, const Values& b) {
  double most = 0.0;
  for (std::size_t c = 0; c < a.size(); ++c)
    for (std::size_t i = 0; i < a[c].size(); ++i) most = std::max(most, std::abs(a[c][i] - b[c][i]));
  return most;
}

const std::string apart =
    "analysis: {localisation: {rules: ["
    "{rows: [d_theta_s, soil_moisture], observations: [lai], weight: 0}, "
    "{rows: [lma, carbon_leaf], observations: [sm], weight: 0}]}}\n";

TEST(LocalisedAnalysis, MovesOnlyTheRowsThatAStreamMayMove) {
  const Comm comm = Comm::world();
  for (const int type : {0, 1}) {
    Window w(comm, test::options(base + apart), [&](const Domain& d) { return of_stream(d, type); });
    const Values water = state(w, "soil_moisture"), leaf = state(w, "carbon_leaf"), lma = parameter(w, 0),
                 pores = parameter(w, 1);
    w.analyse();
    // 1e-6 is far above round-off and far below the increments, some per cent of the spread.
    const bool by_leaf_area = type == 0;
    EXPECT_EQ(same_bits(parameter(w, 1), pores), by_leaf_area || pores.empty());
    EXPECT_EQ(same_bits(parameter(w, 0), lma), !by_leaf_area || lma.empty());
    EXPECT_EQ(comm.any(moved(state(w, "soil_moisture"), water) > 1e-6), !by_leaf_area);
    EXPECT_EQ(comm.any(moved(state(w, "carbon_leaf"), leaf) > 1e-6), by_leaf_area);
  }
}

TEST(LocalisedAnalysis, MovesDeeperLayersLessAndThoseBeyondReachNotAtAll) {
  const Comm comm = Comm::world();
  const auto increments = [&](const std::string& more) {
    Window w(comm, test::options(base + more), [&](const Domain& d) { return of_stream(d, 1); });
    std::vector<Values> before;
    for (int l = 0; l < 8; ++l) before.push_back(state(w, "soil_moisture", l));
    w.analyse();
    std::vector<double> out;
    for (int l = 0; l < 8; ++l) out.push_back(comm.max(moved(state(w, "soil_moisture", l), before[l])));
    return out;
  };
  const auto everywhere = increments("");
  const auto tapered = increments(
      "analysis: {localisation: {rules: [{rows: [soil_moisture], observations: [sm], level_half_width: 0.25}]}}\n");
  // Layers are centred at 1, 4.5, 11, 22.5, 45, 85 cm, ...; the observation at some 4 cm; the taper ends 50 cm from it.
  EXPECT_GT(everywhere[6], 1e-6);
  for (int l = 0; l < 8; ++l) {
    EXPECT_LE(tapered[l], everywhere[l] * (1.0 + 1e-9)) << l;
    if (l >= 5) {
      EXPECT_EQ(tapered[l], 0.0) << l;
    } else {
      EXPECT_GT(tapered[l], 0.0) << l;
    }
  }
  for (int l = 2; l < 5; ++l) EXPECT_LT(tapered[l] / everywhere[l], tapered[l - 1] / everywhere[l - 1]) << l;
  EXPECT_GT(tapered[1] / everywhere[1], 0.9);
}

}  // namespace
}  // namespace tilth

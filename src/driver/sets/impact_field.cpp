#include "driver/sets/impact_field.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assim/field/column_problems.hpp"
#include "assim/field/local_analysis.hpp"
#include "assim/gram.hpp"
#include "assim/observation_impact.hpp"
#include "core/base/error.hpp"
#include "core/parallel/exchange.hpp"
#include "core/parallel/reproducible_sum.hpp"

namespace tilth {

namespace {

// Whole multiples of a unit: their sums do not depend on the order, nor on which rank holds which.
class FixedPoint {
 public:
  /// @pre at least the magnitude of every value
  explicit FixedPoint(double bound) : exponent_(bound > 0.0 ? std::ilogb(bound) + 1 : 0) {}
  __int128 of(double x) const { return __int128(std::scalbn(x, bits - exponent_)); }
  double value(__int128 q) const { return std::scalbn(double(q), exponent_ - bits); }

 private:
  static constexpr int bits = 96;  // leaves room for 2^30 terms
  int exponent_;
};

// What an observation gets from the columns of one rank.
struct Share {
  std::int64_t id;
  std::int64_t high;
  std::uint64_t low;
};

// The observations that moved a class of rows of one column, and what their departures did to its error.
struct Reached {
  LocalProblem problem;
  std::vector<double> v;  // A^-1 g
};

double norm_of(std::span<const double> x) { return std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0)); }

std::vector<Reached> reached_by(const JudgedAnalysis& a, const ObsTable& table, const ObsSpace& space, int c,
                                const NearObs& near, std::vector<VerifiedRow> rows) {
  std::vector<FieldRow> fields;
  for (VerifiedRow& row : rows) {
    row.anomalies.resize(std::size_t(table.stride()), 0.0);
    fields.push_back({row.anomalies.data(), row.kind});
  }
  std::vector<Reached> out;
  for (LocalProblem& problem : column_problems(a.rules, table, near, fields)) {
    if (problem.obs.empty()) continue;
    std::vector<double> g(std::size_t(space.members), 0.0);
    for (const double* x : problem.rows) {
      const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.anomalies.data() == x; });
      for (std::size_t k = 0; k < g.size(); ++k) g[k] += row->error * x[k];
    }
    if (!a.factors.empty())
      for (double& x : g) x *= a.factors[std::size_t(c)];
    auto v = gain_sensitivity(anomaly_gram(space, problem), a.prior_weight, g);
    out.push_back({std::move(problem), std::move(v)});
  }
  return out;
}

// Sums at the observations' owners what ranks found for them. Collective.
std::vector<double> owned_sums(const JudgedAnalysis& a, const ObsTable& table, const std::vector<__int128>& sums,
                               const FixedPoint& fixed) {
  const Comm& comm = *a.domain.comm;
  const auto owners = locate(comm, a.domain.grid, table.point);
  std::vector<std::vector<Share>> out(std::size_t(comm.size()));
  for (std::size_t i = 0; i < table.size(); ++i)
    if (sums[i] != 0)
      out[std::size_t(owners[i].rank)].push_back({table.id[i], std::int64_t(sums[i] >> 64), std::uint64_t(sums[i])});
  std::vector<std::size_t> by_id(a.seen.size());
  std::iota(by_id.begin(), by_id.end(), std::size_t{0});
  std::sort(by_id.begin(), by_id.end(), [&](std::size_t i, std::size_t j) { return a.seen.id[i] < a.seen.id[j]; });
  std::vector<__int128> total(a.seen.size(), 0);
  for (const auto& part : all_to_all(comm, out))
    for (const Share& share : part) {
      const auto at = std::lower_bound(by_id.begin(), by_id.end(), share.id,
                                       [&](std::size_t i, std::int64_t id) { return a.seen.id[i] < id; });
      total[*at] += (__int128(share.high) << 64) + __int128(share.low);
    }
  std::vector<double> impacts;
  for (const __int128 q : total) impacts.push_back(fixed.value(q));
  return impacts;
}

std::vector<double> local_impacts(const JudgedAnalysis& a, const std::function<std::vector<VerifiedRow>(int)>& rows) {
  const Domain& domain = a.domain;
  std::vector<double> radius;
  for (int t = 0; t < a.rules.types(); ++t) radius.push_back(a.rules.reach_km(t));
  const ObsTable table = exchange_halo(*domain.comm, domain.grid, a.seen, radius, domain.caps.get());
  const PreparedObs prepared(table, false, {});
  const ObsSpace space = prepared.space();
  ColumnSearch search(table);
  std::vector<Reached> all;
  double bound = 0.0;
  constexpr int batch = 64;
  for (int c = 0; c < domain.columns(); ++c) {
    if (c % batch == 0)
      search.gather(domain.points().subspan(std::size_t(c), std::size_t(std::min(batch, domain.columns() - c))),
                    a.rules.largest_reach_km());
    for (Reached& one : reached_by(a, table, space, c, search.near(domain.grid.points[std::size_t(c)]), rows(c))) {
      const double longest = norm_of(one.v);
      for (const std::int32_t i : one.problem.obs) {
        const std::span<const double> y = space.Y.subspan(std::size_t(i) * std::size_t(space.stride), one.v.size());
        bound = std::max(bound, std::abs(space.d[i]) / space.variance[i] * norm_of(y) * longest);
      }
      all.push_back(std::move(one));
    }
  }
  const FixedPoint fixed(domain.comm->max(2.0 * bound));  // weights of rules may exceed 1 by round-off
  std::vector<__int128> sums(table.size(), 0);
  for (const Reached& one : all)
    for (std::size_t j = 0; j < one.problem.obs.size(); ++j) {
      const std::int32_t i = one.problem.obs[j];
      sums[std::size_t(i)] += fixed.of(impact(space, i, one.problem.taper[j], one.v));
    }
  return owned_sums(a, table, sums, fixed);
}

// Without localisation all columns have the same gain.
std::vector<double> global_impacts(const JudgedAnalysis& a, const std::function<std::vector<VerifiedRow>(int)>& rows) {
  const Comm& comm = *a.domain.comm;
  const int N = int(comm.max(std::int64_t{a.seen.members}));
  std::vector<std::vector<double>> all;
  double bound = 0.0;
  for (int c = 0; c < a.domain.columns(); ++c) {
    all.push_back(error_direction(rows(c), N));
    for (double& x : all.back()) {
      if (!a.factors.empty()) x *= a.factors[std::size_t(c)];
      bound = std::max(bound, std::abs(x));
    }
  }
  bound = comm.max(bound);
  ReproducibleSum sum(std::size_t(N), bound > 0.0 ? bound : 1.0);
  for (const auto& g : all)
    for (std::size_t k = 0; k < g.size(); ++k) sum.add(k, g[k]);
  std::vector<std::int32_t> used;
  for (std::size_t i = 0; i < a.seen.size(); ++i)
    if (a.seen.flag[i] == qc_used) used.push_back(std::int32_t(i));
  const PreparedObs prepared(a.seen, false, {});
  const ObsGram gram = reproducible_gram(comm, prepared.space(), used, std::vector<double>(used.size(), 1.0));
  const auto v = gain_sensitivity(gram, a.prior_weight, sum.total(comm));
  std::vector<double> out(a.seen.size(), 0.0);
  for (const std::int32_t i : used) out[std::size_t(i)] = impact(prepared.space(), i, 1.0, v);
  return out;
}

}  // namespace

std::vector<double> error_direction(std::span<const VerifiedRow> rows, int members) {
  std::vector<double> g(std::size_t(members), 0.0);
  for (const VerifiedRow& row : rows)
    for (std::size_t k = 0; k < g.size(); ++k) g[k] += row.error * row.anomalies[k];
  return g;
}

std::vector<double> column_impacts(const JudgedAnalysis& a, const std::function<std::vector<VerifiedRow>(int)>& rows) {
  return a.rules.is_local() ? local_impacts(a, rows) : global_impacts(a, rows);
}

}  // namespace tilth

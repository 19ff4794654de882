#include "driver/failures.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {

void HealthyRange::describe(Schema& s) {
  s.real("from", from).required().about("Least value of a member that is well, in the units of the variable.");
  s.real("to", to).required().about("Largest one.");
  require(!s.is_reading() || from < to, s.where(), ": from = ", from, " must be less than to = ", to);
}

void FailureOptions::describe(Schema& s) {
  s.text("policy", policy)
      .one_of({"neighbour", "random", "stop"})
      .about(
          "Whose state a failed member takes over in that column: the next member's that is well, that of a member "
          "drawn "
          "by lot, or none: the run stops.");
  s.real("limit", limit)
      .in(0.0, 1.0)
      .about("The run stops when a larger share of all members of all columns fails on one day.");
  s.real("column_limit", column_limit)
      .in(0.0, 0.99)
      .about("The run stops when a larger share of the members of one column fails on one day.");
  s.map("ranges", ranges)
      .about("State variables with the range outside which a member counts as failed, beside what the model says.");
}

namespace {

constexpr std::int64_t replacement_draw = -1;  // apart from the draws of the noise, which count rows from 0

// Whether all of a row are finite, in whole registers: every value of every column is asked every day.
bool is_finite(std::span<const double> x) {
  constexpr std::uint64_t exponent = 0x7ff0000000000000ULL;
  std::uint64_t bad = 0;
  for (const double v : x) bad |= std::uint64_t((std::bit_cast<std::uint64_t>(v) & exponent) == exponent);
  return bad == 0;
}

}  // namespace

Failures::Failures(const Domain& domain, int members, std::uint64_t seed)
    : domain_(&domain),
      options_(&domain.experiment->ensemble.failures),
      members_(members),
      lot_(seed, Purpose::model_noise) {
  const StateLayout& layout = domain.model->traits().layout;
  std::vector<std::string> names;
  for (const Variable& v : layout.variables()) names.push_back(v.name);
  for (const auto& [name, range] : options_->ranges) {
    require(layout.has(name), domain.experiment->file, ": ensemble.failures.ranges: the model has no variable '", name,
            "'", did_you_mean(name, names));
    ranges_.push_back({layout.row(name), layout.variable(name).layers, range.from, range.to});
  }
}

std::vector<int> Failures::find(const ColumnView& column, const std::vector<int>& told) const {
  std::vector<int> failed = told;
  for (int t = 0; t < column.tiles(); ++t) {
    for (const Range& range : ranges_)
      for (int r = range.row; r < range.row + range.layers; ++r)
        for (int k = 0; k < members_; ++k) {
          const double x = column.row(t, r)[k];
          if (!(x >= range.from && x <= range.to)) failed.push_back(k);
        }
    for (int r = 0; r < column.rows(); ++r) {
      if (is_finite(column.members_of(t, r))) continue;
      for (int k = 0; k < members_; ++k)
        if (!std::isfinite(column.row(t, r)[k])) failed.push_back(k);
    }
  }
  std::sort(failed.begin(), failed.end());
  failed.erase(std::unique(failed.begin(), failed.end()), failed.end());
  return failed;
}

std::vector<Replacement> Failures::replacements(int c, Time day, const std::vector<int>& failed) const {
  if (failed.empty()) return {};
  const GridPoint& point = domain_->grid.points[c];
  const auto where = [&] {
    return text("column ", point.id, " (", point.lat, " N, ", point.lon, " E) on ", format_time(day), ": ",
                failed.size(), " of ", members_, " members failed");
  };
  ensure(options_->policy != "stop", where(), " and ensemble.failures.policy is stop; the last checkpoint is good");
  ensure(double(failed.size()) <= options_->column_limit * members_, where(), ", ensemble.failures.column_limit is ",
         options_->column_limit, "; look at the forcing and the parameters there; the last checkpoint is good");
  std::vector<char> bad(std::size_t(members_), 0);
  for (const int k : failed) bad[std::size_t(k)] = 1;
  std::vector<Replacement> out;
  for (const int k : failed) {
    int source = k;
    if (options_->policy == "random") {
      const double u =
          lot_.uniform({.cycle = day.seconds / seconds_per_day, .member = k, .id = point.id, .draw = replacement_draw});
      source = std::min(int(u * members_), members_ - 1);
    }
    while (bad[std::size_t(source)]) source = (source + 1) % members_;
    out.push_back({k, source});
  }
  return out;
}

void Failures::require_few(Time day, std::int64_t failed) const {
  const std::int64_t all = domain_->comm->sum(failed), members = domain_->grid.global_count * members_;
  ensure(double(all) <= options_->limit * double(members), format_time(day), ": ", all, " of ", members,
         " members of all columns failed, ensemble.failures.limit is ", options_->limit,
         "; look at the forcing and the parameters; the last checkpoint is good");
}

void replace(const ColumnView& column, const std::vector<Replacement>& replacements) {
  if (replacements.empty()) return;
  for (int t = 0; t < column.tiles(); ++t)
    for (int r = 0; r < column.rows(); ++r) {
      double* x = column.row(t, r);
      for (const Replacement& p : replacements) x[p.member] = x[p.source];
      std::fill(x + column.members(), x + column.stride(), x[column.members() - 1]);
    }
}

}  // namespace tilth

#include "core/state/parameter_set.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/base/error.hpp"

namespace tilth {
namespace {

constexpr double inside = 1e-6;  // relative distance of drawn values from their bounds

/// Lower and upper limit of a drawn value in unconstrained space: just inside the bounds, finite.
std::array<double, 2> drawn_limits(const ParameterDefinition& d) {
  const bool log = d.transform.kind == Transform::Kind::log;
  const double origin = d.transform.lower, width = d.upper - d.lower;
  const double above = log && d.lower > origin ? inside * (d.lower - origin) : inside * width;
  const double below = log ? inside * (d.upper - origin) : inside * width;
  return {d.transform.to_unconstrained(d.lower + above), d.transform.to_unconstrained(d.upper - below)};
}

void check(const ParameterDefinition& d) {
  require(d.lower < d.upper, "parameter ", d.name, ": bounds ", d.lower, " .. ", d.upper,
          "; the lower must be below the upper");
  if (d.transform.kind == Transform::Kind::log)
    require(d.lower >= d.transform.lower, "parameter ", d.name, ": lower bound ", d.lower,
            " is below the origin of its logarithm, ", d.transform.lower);
  if (d.transform.kind == Transform::Kind::logit || d.transform.kind == Transform::Kind::probit)
    require(d.lower >= d.transform.lower && d.upper <= d.transform.upper, "parameter ", d.name, ": bounds ", d.lower,
            " .. ", d.upper, " exceed those of its ", to_string(d.transform.kind), ", ", d.transform.lower, " .. ",
            d.transform.upper);
  for (int pft = 1; pft < pft_count; ++pft)
    require(d.value[std::size_t(pft)] >= d.lower && d.value[std::size_t(pft)] <= d.upper, "parameter ", d.name,
            ": default ", d.value[std::size_t(pft)], " of ", pft_names[std::size_t(pft)], " is outside ", d.lower,
            " .. ", d.upper);
}

}  // namespace

bool ParameterDefinition::varies(int pft) const {
  const double x = value[std::size_t(pft)];
  return x >= lower && x <= upper && std::isfinite(transform.to_unconstrained(x));
}

ParameterSet::ParameterSet(std::vector<ParameterDefinition> definitions, std::vector<UncertainParameter> uncertain,
                           int members, const Grid& grid, int viewed)
    : definitions_(std::move(definitions)),
      uncertain_(std::move(uncertain)),
      members_(members),
      stride_(padded(members)),
      columns_(int(grid.points.size())),
      viewed_(viewed < 0 ? int(definitions_.size()) : viewed),
      column_parameter_(definitions_.size(), -1) {
  require(members >= 1, "parameters: ensemble size ", members, ", must be at least 1");
  for (const ParameterDefinition& d : definitions_) check(d);
  for (const GridPoint& p : grid.points) {
    column_ids_.push_back(p.id);
    require(!p.surface.tiles.empty(), "grid point ", p.id, " has no tiles; give it at least bare ground");
    column_pft_.push_back(dominant_pft(p));
    first_tile_.push_back(std::int64_t(tile_pft_.size()));
    for (const Tile& t : p.surface.tiles) tile_pft_.push_back(t.pft);
  }
  first_tile_.push_back(std::int64_t(tile_pft_.size()));
  std::vector<int> seen(definitions_.size(), 0);
  for (std::size_t k = 0; k < uncertain_.size(); ++k) {
    const UncertainParameter& u = uncertain_[k];
    assert(u.definition >= 0 && std::size_t(u.definition) < definitions_.size());
    const ParameterDefinition& d = definitions_[std::size_t(u.definition)];
    require(seen[std::size_t(u.definition)]++ == 0, "parameter ", d.name, " is listed twice; give it one scope");
    require(std::isfinite(u.sd) && u.sd >= 0.0, "parameter ", d.name, ": sd ", u.sd,
            " in transformed space; expected a finite value, not negative");
    if (u.scope == Scope::column) column_parameter_[std::size_t(u.definition)] = int(k);
    unconstrained_.emplace_back(std::size_t(units(int(k))) * std::size_t(stride_), 0.0);
    column_table_.emplace_back(u.scope == Scope::column ? tile_pft_.size() * std::size_t(stride_) : 0, 0.0);
    for (int unit = 0; unit < units(int(k)); ++unit) std::fill_n(padded_row(int(k), unit), stride_, mean(int(k), unit));
  }
  fill_defaults();
  refresh();
}

void ParameterSet::fill_defaults() {
  table_.resize(std::size_t(pft_count) * definitions_.size() * std::size_t(stride_));
  for (int pft = 0; pft < pft_count; ++pft)
    for (std::size_t d = 0; d < definitions_.size(); ++d)
      std::fill_n(table_row(int(d), pft), stride_, definitions_[d].value[std::size_t(pft)]);
}

int ParameterSet::units(int k) const {
  switch (uncertain_[std::size_t(k)].scope) {
    case Scope::global:
      return 1;
    case Scope::pft:
      return pft_count;
    case Scope::column:
      break;
  }
  return columns_;
}

int ParameterSet::reference_pft(int k, int unit) const {
  const UncertainParameter& u = uncertain_[std::size_t(k)];
  if (u.scope == Scope::pft) return unit;
  const ParameterDefinition& d = definitions_[std::size_t(u.definition)];
  if (u.scope == Scope::column && d.varies(column_pft_[std::size_t(unit)])) return column_pft_[std::size_t(unit)];
  for (int pft = 1; pft < pft_count; ++pft)
    if (d.varies(pft)) return pft;
  return 1;
}

double ParameterSet::mean(int k, int unit) const {
  const ParameterDefinition& d = definitions_[std::size_t(uncertain_[std::size_t(k)].definition)];
  const auto [low, high] = drawn_limits(d);
  const int pft = reference_pft(k, unit);
  if (d.varies(pft)) return d.transform.to_unconstrained(d.value[std::size_t(pft)]);
  return std::clamp(d.transform.to_unconstrained(std::clamp(d.value[std::size_t(pft)], d.lower, d.upper)), low, high);
}

void ParameterSet::sample_prior(const Random& random, std::int64_t first_member) {
  for (int k = 0; k < int(uncertain_.size()); ++k) {
    const UncertainParameter& u = uncertain_[std::size_t(k)];
    const ParameterDefinition& d = definitions_[std::size_t(u.definition)];
    const auto [low, high] = drawn_limits(d);
    for (int unit = 0; unit < units(k); ++unit) {
      const bool varied = d.varies(reference_pft(k, unit));
      const std::int64_t id = u.scope == Scope::column ? column_ids_[std::size_t(unit)] : unit;
      const double centre = mean(k, unit);
      for (int m = 0; m < members_; ++m) {
        const Random::Key key{.cycle = 0, .member = first_member + m, .id = id, .draw = u.definition};
        const double step = varied ? u.sd * random.normal(key) : 0.0;
        padded_row(k, unit)[m] = std::clamp(centre + step, low, high);
      }
    }
  }
  refresh();
}

double* ParameterSet::padded_row(int k, int unit) {
  assert(unit >= 0 && unit < units(k));
  return unconstrained_[std::size_t(k)].data() + std::int64_t{unit} * stride_;
}

std::span<double> ParameterSet::row(int k, int unit) { return {padded_row(k, unit), std::size_t(members_)}; }

}  // namespace tilth

#include "assim/field/localisation_rules.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/base/text.hpp"

namespace tilth {

void LocalisationRule::describe(Schema& s) {
  s.words("rows", rows).about("State variables, parameters or products; or all, states, parameters, products.");
  s.words("observations", observations).about("Names of observation streams, or all.");
  s.real("half_width_km", half_width_km).units("km").about("Half width of the taper; negative: that of the stream.");
  s.real("level_half_width", level_half_width)
      .about("Half width of the taper within the column, in units of the level; negative: none.");
  s.real("weight", weight).in(0.0, 1.0).about("Factor on the taper; 0: these observations do not move these rows.");
  s.text("correlation", correlation)
      .one_of(correlation_taper_words())
      .about("Further weight from the sample correlation of row and prediction, for links without a distance.");
  s.real("noise_levels", noise_levels)
      .in(0.0, 100.0)
      .about("Threshold of hard and gaspari_cohn correlation weights, in units of 1 / sqrt(N - 1).");
  if (!s.is_reading()) return;
  require(correlation != "none" || !s.given("noise_levels"), s.where(),
          ".noise_levels has no effect without 'correlation'; remove it or choose a correlation weight");
}

void LocalisationOptions::describe(Schema& s) {
  s.text("taper", taper)
      .one_of(taper_words())
      .about(
          "Shape of the taper by distance and by level; none: every observation moves every row at full weight (rules "
          "excepted).");
  s.real("level_period", level_period)
      .in(0.0, 1e9)
      .about("Levels are periodic with this period (the ring of lorenz96); 0: they are not.");
  s.list("rules", rules).about("Which observations may move which rows, and how far; of several, the last one wins.");
}

namespace {

constexpr double half_circumference_km = std::numbers::pi * earth_radius_km;

bool matches(const std::vector<std::string>& words, const RowKind& kind) {
  using Role = RowKind::Role;
  return std::any_of(words.begin(), words.end(), [&](const std::string& w) {
    return w == kind.name || w == "all" || (w == "states" && kind.role == Role::state) ||
           (w == "parameters" && kind.role == Role::parameter) || (w == "products" && kind.role == Role::product);
  });
}

bool matches(const std::vector<std::string>& words, const std::string& name) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& w) { return w == name || w == "all"; });
}

void check_names(const LocalisationRule& rule, const std::vector<RowKind>& kinds, const std::vector<ObsKind>& types,
                 const std::string& where) {
  std::vector<std::string> rows{"all", "states", "parameters", "products"}, streams{"all"};
  for (const RowKind& kind : kinds)
    if (kind.role != RowKind::Role::prediction) rows.push_back(kind.name);
  for (const ObsKind& type : types) streams.push_back(type.name);
  const auto check = [&](const char* key, const std::string& word, const std::vector<std::string>& known) {
    require(std::find(known.begin(), known.end(), word) != known.end(), where, ".rules.", key, ": nothing is named '",
            word, "'", did_you_mean(word, known), "; known: ", joined(known));
  };
  for (const auto& word : rule.rows) check("rows", word, rows);
  for (const auto& word : rule.observations) check("observations", word, streams);
}

}  // namespace

LocalisationRules::LocalisationRules(const LocalisationOptions& options, std::vector<RowKind> kinds,
                                     std::vector<ObsKind> types, const std::string& where)
    : taper_(taper_of(options.taper)), period_(options.level_period), types_(std::move(types)) {
  for (const LocalisationRule& rule : options.rules) check_names(rule, kinds, types_, where);
  for (const RowKind& kind : kinds)
    for (const ObsKind& type : types_) {
      Pair pair{type.half_width_km};
      for (const LocalisationRule& rule : options.rules) {
        if (!matches(rule.rows, kind) || !matches(rule.observations, type.name)) continue;
        pair = {rule.half_width_km > 0.0 ? rule.half_width_km : type.half_width_km, rule.level_half_width, rule.weight,
                correlation_taper_of(rule.correlation), rule.noise_levels};
      }
      pairs_.push_back(pair);
    }
  const std::size_t n = types_.size();
  reach_km_.assign(n, 0.0);
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    bool levels = false, correlations = false;
    int same = int(k);
    for (std::size_t t = 0; t < n; ++t) {
      const Pair& p = pair(int(k), int(t));
      levels = levels || p.level_half_width > 0.0;
      correlations = correlations || p.correlation != CorrelationTaper::none;
      local_ = local_ || taper_ != Taper::none || levels || correlations || p.weight != 1.0;
      const double reach = std::min(support(taper_, p.half_width_km), half_circumference_km);
      if (p.weight > 0.0) reach_km_[t] = std::max(reach_km_[t], reach);
    }
    for (std::size_t other = 0; other < k && same == int(k); ++other)
      if (std::equal(pairs_.begin() + other * n, pairs_.begin() + (other + 1) * n, pairs_.begin() + k * n))
        same = int(other);
    class_.push_back(same);
    level_dependent_.push_back(levels);
    correlation_dependent_.push_back(correlations);
  }
}

double LocalisationRules::largest_reach_km() const {
  return reach_km_.empty() ? 0.0 : *std::max_element(reach_km_.begin(), reach_km_.end());
}

double LocalisationRules::level_taper(const Pair& p, double a, double b) const {
  if (p.level_half_width <= 0.0 || std::isnan(a) || std::isnan(b)) return 1.0;
  double apart = std::abs(a - b);
  if (period_ > 0.0) {
    apart = std::fmod(apart, period_);
    apart = std::min(apart, period_ - apart);
  }
  return taper(taper_ == Taper::none ? Taper::gaspari_cohn : taper_, apart, p.level_half_width);
}

double LocalisationRules::weight(int kind, int type, double distance_km, double row_level, double obs_level) const {
  const Pair& p = pair(kind, type);
  if (p.weight == 0.0) return 0.0;
  const double horizontal = taper(taper_, distance_km, p.half_width_km);
  if (horizontal == 0.0) return 0.0;
  return p.weight * horizontal * level_taper(p, row_level, std::isnan(obs_level) ? types_[type].level : obs_level);
}

double LocalisationRules::between_reach_km(int type) const {
  return std::min(support(taper_, types_[type].half_width_km), half_circumference_km);
}

double LocalisationRules::between(int a, int b, double distance_km, double level_a, double level_b) const {
  const double half_width = std::min(types_[a].half_width_km, types_[b].half_width_km);
  const double horizontal = taper(taper_, distance_km, half_width);
  double level_half_width = -1.0;
  for (const Pair& p : pairs_) level_half_width = std::max(level_half_width, p.level_half_width);
  const double la = std::isnan(level_a) ? types_[a].level : level_a,
               lb = std::isnan(level_b) ? types_[b].level : level_b;
  return horizontal * level_taper({half_width, level_half_width}, la, lb);
}

double LocalisationRules::correlation_weight(int kind, int type, double r, int members) const {
  const Pair& p = pair(kind, type);
  return correlation_taper(p.correlation, r, members, p.noise_levels);
}

}  // namespace tilth

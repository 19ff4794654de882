#pragma once

#include <span>
#include <string>
#include <vector>

#include "assim/field/field_problem.hpp"
#include "assim/localisation.hpp"
#include "assim/sampling_error.hpp"
#include "core/config/schema.hpp"

namespace tilth {

/// One item of `analysis.localisation.rules`: which observations may move which rows, and how far.
struct LocalisationRule {
  std::vector<std::string> rows{"all"};          ///< names of kinds, or all | states | parameters | products
  std::vector<std::string> observations{"all"};  ///< names of streams, or all
  double half_width_km = -1.0;                   ///< negative: that of the stream
  double level_half_width = -1.0;                ///< negative: no localisation within the column
  double weight = 1.0;                           ///< factor on the taper; 0: no influence
  std::string correlation = "none";              ///< weight by the sample correlation of row and prediction
  double noise_levels = 3.0;                     ///< threshold of the correlation, in units of its sampling error
  void describe(Schema& s);
};

/// `analysis.localisation:`
struct LocalisationOptions {
  std::string taper = "gaspari_cohn";
  double level_period = 0.0;
  std::vector<LocalisationRule> rules;
  void describe(Schema& s);
};

/// An observation type as localisation and methods see it.
struct ObsKind {
  std::string name;
  double half_width_km = 300.0;
  double level = std::numeric_limits<double>::quiet_NaN();  ///< place within the column unless the observation has one
  bool rank_histogram = false;  ///< its predictions are a bounded rank histogram, not normal
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
};

/// Resolved rules: the weight of every (row kind, observation type). Later rules win.
class LocalisationRules {
 public:
  /// `where` starts the message when a rule names an unknown row or stream.
  LocalisationRules(const LocalisationOptions& options, std::vector<RowKind> kinds, std::vector<ObsKind> types,
                    const std::string& where);

  int types() const { return int(types_.size()); }
  const ObsKind& type(int t) const { return types_[t]; }
  /// False when nothing depends on distance or level and every pair has weight 1: one global analysis.
  bool is_local() const { return local_; }
  /// Shape of the taper by distance.
  Taper shape() const { return taper_; }
  /// Distance beyond which observations of a type move no row (half the circumference without localisation).
  double reach_km(int type) const { return reach_km_[type]; }
  double largest_reach_km() const;
  /// Factor on the inverse error variance (or on the covariance) of an observation of `type` for rows of `kind`.
  double weight(int kind, int type, double distance_km, double row_level, double obs_level) const;
  /// Whether a rule gives rows of `kind` another half width than the observation type's own.
  bool has_own_width(int kind, int type) const {
    return taper_ != Taper::none && pair(kind, type).half_width_km != types_[type].half_width_km;
  }
  /// Taper of an observation type's own half width, rules aside.
  double taper_of_type(int type, double distance_km) const {
    return taper(taper_, distance_km, types_[type].half_width_km);
  }
  /// Whether the weight of a kind's rows also depends on their own correlation with predictions.
  bool depends_on_correlation(int kind) const { return correlation_dependent_[kind]; }
  /// Further factor on the weight, from the sample correlation r of a row and the members' predictions.
  double correlation_weight(int kind, int type, double r, int members) const;
  /// Rows of kinds with the same class (and level, where the class depends on levels) see the same weights.
  int class_of(int kind) const { return class_[kind]; }
  bool depends_on_level(int kind) const { return level_dependent_[kind]; }
  /// Weight between two observations, for methods that localise covariances: rule-free taper of the smaller half width.
  double between(int type_a, int type_b, double distance_km, double level_a, double level_b) const;
  /// Distance from which on the weight between an observation of this type and any other is 0.
  double between_reach_km(int type) const;

 private:
  struct Pair {
    double half_width_km = 0.0, level_half_width = -1.0, weight = 1.0;
    CorrelationTaper correlation = CorrelationTaper::none;
    double noise_levels = 3.0;
    bool operator==(const Pair&) const = default;
  };
  const Pair& pair(int kind, int type) const { return pairs_[std::size_t(kind) * types_.size() + type]; }
  double level_taper(const Pair& pair, double a, double b) const;

  Taper taper_;
  double period_;
  std::vector<ObsKind> types_;
  std::vector<Pair> pairs_;  // [kind][type]
  std::vector<double> reach_km_;
  std::vector<int> class_;
  std::vector<bool> level_dependent_, correlation_dependent_;
  bool local_ = false;
};

}  // namespace tilth

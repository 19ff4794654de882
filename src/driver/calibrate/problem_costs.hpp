#pragma once

#include <vector>

#include "driver/calibrate/methods/calibration_method.hpp"
#include "driver/calibrate/observed_features.hpp"
#include "driver/calibrate/problems.hpp"
#include "driver/calibrate/site_cost.hpp"

namespace tilth {

/// Covariance of z under the prior, and whether it is a term of J.
struct PriorRule {
  calibration::Matrix covariance;
  bool in_cost = true;
};

/// J of problems: the sum of the observation terms of their sites, and the background z' B^-1 z / 2 once.
class ProblemCosts {
 public:
  /// `pool` must outlive this. `rules`: one per stream.
  ProblemCosts(RunPool& pool, std::vector<Problem> problems, std::vector<StreamRule> rules, PriorRule prior);

  /// A request on problem `problem`.
  struct Part {
    std::size_t problem = 0;
    SearchRequest request;
  };
  /// Results of every part, row by row: all that is missing runs together. Collective.
  std::vector<std::vector<SetResult>> evaluate(std::span<const Part> parts);

  const std::vector<Problem>& problems() const { return problems_; }
  const std::vector<StreamRule>& rules() const { return rules_; }
  const PriorRule& prior() const { return prior_; }
  const SiteCost& site(int site) const { return sites_[std::size_t(site)]; }
  RunPool& pool() { return *pool_; }
  const SiteRuns& runs() const { return pool_->runs(); }
  /// Observations of each stream over the sites of a problem.
  std::vector<StreamCount> counts(std::size_t problem) const;
  /// Features of the observations of its sites, under the names of these where there are several.
  std::vector<ObservedFeature> features(std::size_t problem);
  /// Departures of one set.
  calibration::Index departures(std::size_t problem) const;
  double background(const calibration::Vector& z) const;

 private:
  std::vector<calibration::Vector> run(SearchRequest::What what, std::span<const RunTask> tasks);
  calibration::Vector derived(SearchRequest::What what, const RunTask& task) const;
  const ObservedFeatures& features_of(int site);
  SetResult combined(SearchRequest::What what, const calibration::Vector& z,
                     std::span<const calibration::Vector> sites) const;
  void add_term(SearchRequest::What what, const calibration::Vector& z, const calibration::Matrix& rows,
                SetResult& result) const;

  RunPool* pool_;
  std::vector<Problem> problems_;
  std::vector<StreamRule> rules_;
  PriorRule prior_;
  Eigen::MatrixXd prior_root_;  // lower
  std::vector<SiteCost> sites_;
  std::vector<ObservedFeatures> features_;  // of sites, once they are asked for
};

/// The system of residuals by z from the results (departures) at `difference_sets`, without the background.
calibration::Matrix differences(const calibration::Matrix& sets, std::span<const SetResult> results);

}  // namespace tilth

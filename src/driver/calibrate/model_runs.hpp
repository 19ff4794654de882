#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "driver/calibrate/model_outputs.hpp"
#include "driver/calibrate/parameter_coordinates.hpp"
#include "driver/calibrate/run_predictions.hpp"
#include "driver/calibrate/site_column.hpp"
#include "driver/calibrate/site_observations.hpp"
#include "driver/calibrate/site_runs.hpp"
#include "driver/calibrate/site_weather.hpp"
#include "model/derivatives.hpp"

namespace tilth {

/// How runs of a calibration are made.
struct ModelRunOptions {
  enum class Start {
    once,  ///< equilibrium of the prior once per site; disequilibrium factors multiply its pools
    each   ///< every set is brought to its own equilibrium
  };
  Start start = Start::once;
  std::int64_t warmup_s = 365 * seconds_per_day;  ///< from there to the start of the period, with the set's parameters
  double bounds_sd = 3.0;                         ///< of the box, in prior standard deviations
  std::vector<std::pair<Time, Time>> training;    ///< observations outside validate; empty: all train
  std::vector<ParameterDefault> defaults;         ///< later ones overrule earlier ones
  bool outputs = false;                           ///< series of runs go on with those of the model's outputs
};

/// Runs of the land model of an experiment at the columns of its grid. Every rank knows all of them, in the order of
/// their ids.
///
/// A set of parameters is a member without perturbed weather, noise or replacement. What the run of the prior (z = 0)
/// flags (snow, frost, no prediction) is unused in all runs of the site, so that a cost counts the same observations
/// for all sets. Observations of a simulated stream are flagged qc_bad_value until `observe` gives them values.
class ModelRuns final : public SiteRuns {
 public:
  /// Reads weather and observations and runs the prior, sites dealt to the ranks of `comm`. `Error` when the prior of a
  /// site fails. `experiment` must outlive this. Collective.
  ModelRuns(const Comm& comm, const Experiment& experiment, ModelRunOptions options);
  ~ModelRuns() override;

  int sites() const override { return int(columns_.size()); }
  std::string name(int site) const override;
  const GridPoint& point(int site) const override { return domain_.grid.points[std::size_t(column(site))]; }
  const std::vector<CalibrationParameter>& parameters() const override { return coordinates_->list(); }
  calibration::Box box(int site) const override { return coordinates_->box(site); }
  double physical(int site, int parameter, double z) const override {
    return coordinates_->physical(site, parameter, z);
  }
  const std::vector<std::string>& streams() const override { return streams_; }
  const std::vector<ObsRecord>& observations(int site) const override {
    return observations_[std::size_t(site)].records();
  }
  Time begin() const override { return domain_.experiment->time.start; }
  Time end() const override { return domain_.experiment->time.end; }
  SiteRun run(int site, const calibration::Matrix& z, RunReach reach) const override;
  std::string without_derivatives() const override;
  SiteDerivatives run_with_derivatives(int site, const calibration::Vector& z) const override;

  /// Replaces the values of all observations by what the model predicts with a row of z per site, plus `noise` times
  /// their error standard deviation times normal draws keyed by `seed`, stream, point and id. Collective, over the
  /// ranks given to the constructor.
  void observe(const Comm& comm, const calibration::Matrix& truth, std::uint64_t seed, double noise = 1.0);

  const Domain& domain() const { return domain_; }
  const ParameterCoordinates& coordinates() const { return *coordinates_; }
  /// Their series stand behind those of the streams; none unless asked for.
  const std::vector<ModelOutput>& outputs() const { return outputs_; }
  const std::vector<std::string>& files() const { return files_; }  ///< observations read

 private:
  int column(int site) const { return columns_[std::size_t(site)]; }
  void read_observations();
  void withhold_validation(std::vector<ObsRecord>& records) const;
  void prepare(const Comm& comm);
  /// The members with these rows of z at the beginning of the warm-up.
  std::unique_ptr<SiteColumn> started(int site, const calibration::Matrix& z) const;
  /// From there to the end.
  void run_through(int site, SiteColumn& members, int days, const StepSeen& seen) const;
  int days_of(int site, RunReach reach) const;  // from the start of the weather
  /// Equilibrium, then the flags of the prior run.
  std::vector<double> prior(int site);
  std::vector<DerivativeInput> inputs(int site, const calibration::Vector& z, std::vector<int>& parameter) const;

  Comm self_;
  ModelRunOptions options_;
  Domain domain_;
  std::vector<int> columns_;  // of sites
  std::unique_ptr<ParameterCoordinates> coordinates_;
  std::unique_ptr<SiteWeather> weather_;
  std::vector<std::string> streams_, files_;
  std::vector<ModelOutput> outputs_;
  std::vector<SiteObservations> observations_;
  std::vector<std::vector<double>> equilibrium_;  // of sites: [tile * rows + row], disequilibrium factors 1
};

}  // namespace tilth

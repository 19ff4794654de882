#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assim/calibration/box.hpp"
#include "core/config/plugin.hpp"
#include "driver/calibrate/observed_feature.hpp"
#include "io/table.hpp"

namespace tilth {

/// Runs that a search wants next.
struct SearchRequest {
  enum class What {
    cost,           ///< J with its parts
    gradient,       ///< and dJ/dz
    least_squares,  ///< and a small system of residuals with the same J, gradient and Gauss-Newton matrix
    departures,     ///< and all whitened departures of the observations from the predictions
    features        ///< and features of the predictions of the observations
  } what = What::cost;
  calibration::Matrix z = {};  ///< sets as rows
};

/// What a search is told of one set. A failed run: J is not-a-number, the rest is empty.
struct SetResult {
  double J = std::numeric_limits<double>::quiet_NaN();  ///< observation term and background
  calibration::Vector chi2 = {};                        ///< of each stream, without its weight
  calibration::Vector gradient = {};
  calibration::Vector residuals = {};   ///< least_squares: half the sum of squares is J, background rows last
  calibration::Matrix jacobian = {};    ///< of the residuals by z
  calibration::Vector departures = {};  ///< prediction - observation, whitened and weighted: error variance 1
  calibration::Vector features = {};    ///< as in SearchSetting::features
  int by_differences = 0;               ///< runs whose derivatives are differences of runs
};

/// Sets of parameters with what is known of their runs, for a file of their own.
struct SetTable {
  std::string name;            ///< of the file
  calibration::Matrix z = {};  ///< sets as rows
  std::vector<std::string> results = {};
  calibration::Matrix values = {};  ///< set x result; a row of not-a-number: the run failed
};

/// What a search has found.
struct SearchResult {
  calibration::Vector best = {};
  double value = std::numeric_limits<double>::infinity();  ///< J there
  calibration::Matrix optima = {};                         ///< one row per start, restart or chain; may be empty
  calibration::Vector optimum_values = {};
  calibration::Matrix sample = {};      ///< of the posterior, as rows; empty where the method has none
  std::string sample_of = {};           ///< what the sample is: ensemble, chain, ...
  std::vector<std::string> notes = {};  ///< sentences for the report
  /// Numbers per parameter for the report, such as R-hat.
  std::vector<std::pair<std::string, calibration::Vector>> diagnostics = {};
  std::vector<Table> tables = {};   ///< more of it, for files
  std::vector<SetTable> sets = {};  ///< designs that can be read again
};

/// What a search knows of its problem.
struct SearchSetting {
  calibration::Box box = {};
  calibration::Vector start = {};
  calibration::Matrix prior = {};         ///< covariance of z; mean 0
  calibration::Index departures = 0;      ///< how many there are of one set
  std::vector<std::string> streams = {};  ///< with training observations or not
  std::vector<std::int64_t> used = {};    ///< training observations of each stream
  std::uint64_t seed = 1;
  std::vector<std::string> parameters = {};    ///< names
  std::string problem = {};                    ///< its name
  std::vector<ObservedFeature> features = {};  ///< of the observations
};

/// A search on one problem. It knows no ranks, files or models; every rank holds one and repeats the same steps. It is
/// not saved: a search that is run again on the journal of a stopped one goes the same way.
class CalibrationSearch {
 public:
  virtual ~CalibrationSearch() = default;
  /// The same until it is told. @pre not finished
  virtual SearchRequest ask() const = 0;
  /// Results of the rows asked for.
  virtual void tell(std::span<const SetResult> results) = 0;
  virtual bool finished() const = 0;
  virtual SearchResult result() const = 0;
};

/// A method of calibration: one plugin, one line in list.hpp.
class CalibrationMethod {
 public:
  virtual ~CalibrationMethod() = default;
  /// Whether its searches ask for gradients, which only runs with derivatives give.
  virtual bool needs_derivatives() const = 0;
  virtual std::unique_ptr<CalibrationSearch> start(const SearchSetting& setting) const = 0;
};

/// The registered methods, in the order of list.hpp.
const Registry<CalibrationMethod>& calibration_methods();

}  // namespace tilth

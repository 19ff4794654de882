#pragma once

#include <map>
#include <string>
#include <vector>

#include "driver/calibrate/site_runs.hpp"
#include "driver/domain.hpp"

namespace tilth {

/// Another default of a parameter than the model's: where z is 0, and the value of what is not calibrated.
struct ParameterDefault {
  std::string parameter;
  std::string pft;   ///< short name; empty: all where the parameter varies
  std::string site;  ///< name, or id of the grid point; empty: all
  double value = 0.0;
  std::string where;  ///< for messages: file and line
};

/// The parameters that a calibration moves, and what a coordinate z of them is at a site.
///
/// Tile t of a site has the unconstrained value T(default of its PFT) + sd * z; where that PFT's default is structural
/// it stays. The reference of a site is its largest tile whose PFT varies.
class ParameterCoordinates {
 public:
  /// `columns`: the column of each site. Later defaults overrule earlier ones. `Error` when nothing is to be moved, for
  /// unknown names and defaults out of bounds.
  ParameterCoordinates(const Domain& domain, std::vector<int> columns, const std::vector<ParameterDefault>& defaults,
                       double bounds_sd);

  const std::vector<CalibrationParameter>& list() const { return list_; }
  /// Within `bounds_sd` and the physical bounds of the reference.
  calibration::Box box(int site) const;
  /// Value of the reference of the site.
  double physical(int site, int parameter, double z) const;
  /// Derivative of the physical value of a PFT by z; 0 where it is structural or cut at a bound.
  double slope(int site, int parameter, int pft, double z) const;
  /// Parameters of a column of the site with a member per row of z. `settled`: disequilibrium factors are 1.
  ParameterSet members(int site, const calibration::Matrix& z, bool settled = false) const;
  /// Definitions with the defaults of the site.
  const std::vector<ParameterDefinition>& definitions(int site) const;

 private:
  const ParameterDefinition& definition(int site, int parameter) const {
    return definitions(site)[std::size_t(list_[std::size_t(parameter)].definition)];
  }
  const GridPoint& point(int site) const { return domain_->grid.points[std::size_t(columns_[std::size_t(site)])]; }
  int reference_pft(int site, int parameter) const;
  void take(const ParameterDefault& given);

  const Domain* domain_;
  std::vector<int> columns_;
  double bounds_sd_;
  std::vector<CalibrationParameter> list_;
  std::vector<ParameterDefinition> definitions_;
  std::map<int, std::vector<ParameterDefinition>> of_site_;  // where they differ
};

}  // namespace tilth

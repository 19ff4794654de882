#include "model/proof/proof_model.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tilth {

namespace {

constexpr double unbounded = std::numeric_limits<double>::infinity();

// Members of a tile with a value that is not finite, ascending.
std::vector<int> broken(const ColumnView& column, int tile) {
  std::vector<int> out;
  for (int m = 0; m < column.members(); ++m) {
    bool finite = true;
    for (int r = 0; r < column.rows() && finite; ++r) finite = std::isfinite(column.row(tile, r)[m]);
    if (!finite) out.push_back(m);
  }
  return out;
}

}  // namespace

ProofModel::ProofModel(ModelTraits traits) : traits_(std::move(traits)) {
  traits_.needs_forcing = false;
  traits_.default_states = {"x"};
}

void ProofModel::cold_start(const GridPoint&, ColumnParameters parameters, ColumnView column) const {
  for (int t = 0; t < column.tiles(); ++t) {
    for (int i = 0; i < layers(); ++i) std::fill_n(column.row(t, i), column.stride(), start(i));
    diagnose(parameters.value.data() + std::size_t(t) * traits_.parameters.size(), column.row(t, 0), column.stride());
  }
}

StepReport ProofModel::advance(const GridPoint&, ColumnParameters parameters, Time begin, const DayWeather&,
                               ColumnView column, const StepSeen& seen) const {
  thread_local AlignedVector<double> before;
  const std::size_t size = std::size_t(column.rows()) * column.stride();
  StepReport report;
  for (int t = 0; t < column.tiles(); ++t) {
    double* state = column.row(t, 0);
    const double* const* parameter = parameters.value.data() + std::size_t(t) * traits_.parameters.size();
    before.assign(state, state + size);
    step(parameter, state, column.stride());
    diagnose(parameter, state, column.stride());
    for (const int m : broken(column, t)) {
      for (int r = 0; r < column.rows(); ++r)
        column.row(t, r)[m] = before[std::size_t(r) * column.stride() + std::size_t(m)];
      report.failed.push_back(m);
    }
  }
  std::sort(report.failed.begin(), report.failed.end());
  report.failed.erase(std::unique(report.failed.begin(), report.failed.end()), report.failed.end());
  if (seen) seen({begin, begin + seconds_per_day, true});
  return report;
}

RepairReport ProofModel::repair(const GridPoint&, ColumnParameters, ColumnView before, ColumnView column) const {
  RepairReport report;
  for (int t = 0; t < column.tiles(); ++t)
    for (int i = 0; i < layers(); ++i)
      for (int m = 0; m < column.stride(); ++m) {
        if (std::isfinite(column.row(t, i)[m])) continue;
        column.row(t, i)[m] = before.row(t, i)[m];
        report.clipped += m < column.members() ? 1 : 0;
      }
  return report;
}

StepReport ProofModel::equilibrate(const GridPoint&, ColumnParameters, Time, std::span<const MetDay>,
                                   ColumnView) const {
  return {};
}

Variable proof_variable(std::string long_name, int layers, double start_sd, double noise_sd) {
  Variable v;
  v.name = "x";
  v.long_name = std::move(long_name);
  v.units = "1";
  v.layers = layers;
  v.lower = -unbounded;
  v.upper = unbounded;
  v.start_sd = start_sd;
  v.noise_sd = noise_sd;
  for (int layer = 0; layer < layers; ++layer) v.levels.push_back(layer);
  return v;
}

Variable proof_diagnostic(std::string name, std::string long_name, int layers) {
  Variable v = proof_variable(std::move(long_name), layers, 0.0, 0.0);
  v.name = std::move(name);
  v.kind = Variable::Kind::diagnostic;
  return v;
}

ParameterDefinition proof_parameter(std::string name, std::string about, double value, double limit, double prior_sd) {
  ParameterDefinition p;
  p.name = std::move(name);
  p.units = "1";
  p.about = std::move(about);
  p.value.fill(value);
  p.lower = -limit;
  p.upper = limit;
  p.prior_sd = prior_sd;
  return p;
}

}  // namespace tilth

// Runs of ModelRuns that carry derivatives along.
#include <cmath>

#include "core/base/error.hpp"
#include "driver/calibrate/model_runs.hpp"
#include "driver/calibrate/run_jacobian.hpp"
#include "model/disequilibrium.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

std::string ModelRuns::without_derivatives() const {
  if (options_.start == ModelRunOptions::Start::each)
    return "every set is brought to its own equilibrium (start: each), which carries no derivatives along";
  if (!domain_.model->dual()) return "the model " + domain_.model->traits().name + " carries no derivatives along";
  return "";
}

// What the model is differentiated by, and the parameter of each: those that move something at the site.
std::vector<DerivativeInput> ModelRuns::inputs(int site, const Vector& z, std::vector<int>& parameter) const {
  const auto& tiles = point(site).surface.tiles;
  const ModelTraits& traits = domain_.model->traits();
  const auto& equilibrium = equilibrium_[std::size_t(site)];
  const auto factors = disequilibria(traits);
  std::vector<DerivativeInput> out;
  for (int k = 0; k < int(parameters().size()); ++k) {
    const int definition = parameters()[std::size_t(k)].definition;
    if (definition >= int(traits.parameters.size())) continue;  // the bias of a stream
    DerivativeInput input{DerivativeInput::Kind::parameter, definition, -1, {}};
    for (const Tile& tile : tiles) input.slope.push_back(coordinates_->slope(site, k, tile.pft, z[k]));
    for (const Disequilibrium& d : factors) {
      if (d.parameter != definition) continue;
      input.kind = DerivativeInput::Kind::state;
      input.index = d.row;
      const ParameterSet set = coordinates_->members(site, Matrix(z.transpose()));
      for (std::size_t t = 0; t < tiles.size(); ++t)
        input.slope[t] *= d.slope_of(equilibrium[t * std::size_t(traits.layout.rows()) + std::size_t(d.row)],
                                     *set.physical(definition, tiles[t].pft, 0));
    }
    if (std::ranges::all_of(input.slope, [](double s) { return s == 0.0; })) continue;
    out.push_back(std::move(input));
    parameter.push_back(k);
  }
  return out;
}

SiteDerivatives ModelRuns::run_with_derivatives(int site, const Vector& z) const {
  require(without_derivatives().empty(), domain_.experiment->file, ": no exact derivatives: ", without_derivatives());
  const SiteObservations& observed = observations_[std::size_t(site)];
  const auto member = started(site, Matrix(z.transpose()));
  std::vector<int> parameter;
  const auto inputs = this->inputs(site, z, parameter);
  std::vector<double> physical;
  for (const double* value : member->physical()) physical.push_back(*value);
  DualRun run(*domain_.model->dual(), point(site), physical, member->state(0), inputs);
  RunJacobian jacobian(domain_, point(site), observed, member->physical(), inputs);
  SiteDerivatives out{Vector::Constant(observed.count(), std::nan("")),
                      Matrix::Constant(observed.count(), Index(parameters().size()), std::nan(""))};
  const DerivativesSeen unseen, see = [&](const StepSpan&span, const DualRows&rows) { jacobian.see(span, rows); };
  const int days = days_of(site, RunReach::training);
  for (int d = 0; d < days; ++d) {
    const Time day = weather_->begin() + d * seconds_per_day;
    const bool looked_at = !observed.of_day(day).empty();
    if (!run.advance(day, weather_->day(column(site), d), weather_->steps(column(site), d), looked_at ? see : unseen))
      return out;
  }
  if (!run.rows().finite()) return out;
  jacobian.finish(member->parameters());
  Vector predictions(observed.count());
  Matrix by_z = Matrix::Zero(observed.count(), Index(parameters().size()));
  for (int i = 0; i < observed.count(); ++i) {
    predictions[i] = 0.0;
    if (!observed.predicted_by(i, weather_->begin() + days * seconds_per_day)) continue;
    predictions[i] = jacobian.prediction(i);
    for (std::size_t k = 0; k < inputs.size(); ++k) by_z(i, parameter[k]) = jacobian.derivatives(i)[k];
    const Predictand wanted = observed.predictand(i);
    for (const BiasTerm& term : wanted.stream->biases)
      for (int k = 0; k < int(parameters().size()); ++k)
        if (parameters()[std::size_t(k)].definition == term.definition)
          by_z(i, k) = bias_predictor(term.predictor, middle(wanted.begin, wanted.end)) *
                       coordinates_->slope(site, k, point(site).surface.tiles.front().pft, z[k]);
  }
  if (predictions.allFinite() && by_z.allFinite()) out = {std::move(predictions), std::move(by_z)};
  return out;
}

}  // namespace tilth

#include "driver/instrument/simulated_errors.hpp"

#include <algorithm>
#include <cmath>

#include "assim/observation_error/representativeness.hpp"
#include "assim/observation_error/simulated_error.hpp"
#include "driver/observation_errors.hpp"

namespace tilth {

namespace {

constexpr double seconds_per_year = 365.25 * double(seconds_per_day);
constexpr std::int64_t draws_per_look = std::int64_t{1} << 40;

// Independent errors of the levels and looks of a day.
std::int64_t draw_of(const Look& look, double level) {
  const std::int64_t of_level = std::isnan(level)            ? 0
                                : level == std::floor(level) ? std::llround(level)
                                                             : std::llround(1e6 * level);
  return look.number * draws_per_look + of_level;
}

}  // namespace

FootprintErrors footprint_errors(const InstrumentErrors& o, const Look& look, double cell_km2, double sd,
                                 double within) {
  const double n = look.footprints, c = o.footprint_correlation;
  const double piece_km =
      o.landscape_km * o.landscape_km < cell_km2 ? std::max(o.footprint_km, o.landscape_km) : o.footprint_km;
  const double all = cell_km2 / (piece_km * piece_km);
  FootprintErrors out{sd * std::sqrt((1.0 - c) / n + c), representativeness_sd(within, o.footprint_km, cell_km2)};
  if (all <= 1.0) return out;
  // A strip meets at least one piece of land in each of its parts as long as a piece.
  const double met = std::max(1.0, look.length_km / piece_km) * std::max(1.0, look.width_km / piece_km);
  const double sample = std::clamp(std::min(n, met), 1.0, all);
  out.representativeness = within * std::sqrt((1.0 - sample / all) / sample);
  return out;
}

SimulatedErrors::SimulatedErrors(const Domain& domain, int type)
    : domain_(domain),
      type_(type),
      error_(domain.experiment->run.seed, Purpose::observation_error),
      pattern_(domain.experiment->run.seed, Purpose::observation_bias),
      within_(domain.experiment->run.seed, Purpose::observation_place) {
  const ObservationOptions& o = *domain.streams[type].options;
  const InstrumentErrors& e = o.simulate.errors;
  correlation_time_s_ = e.correlation_time_s >= 0 ? e.correlation_time_s : o.errors.error.correlation_time_s;
  if (e.correlation_km > 0.0) lattice_.emplace(e.correlation_km);
  if (e.bias_correlation_km > 0.0) bias_lattice_.emplace(e.bias_correlation_km);
}

double SimulatedErrors::bias(double truth, const Look& look, int column) const {
  const InstrumentErrors& e = domain_.streams[type_].options->simulate.errors;
  double sum = e.bias;
  if (e.bias_drift_per_year != 0.0)
    sum += e.bias_drift_per_year * double(look.begin - domain_.experiment->time.start) / seconds_per_year;
  if (e.bias_relative != 0.0) sum += e.bias_relative * truth;
  if (e.bias_sd == 0.0) return sum;
  const GridPoint& point = domain_.grid.points[column];
  if (!bias_lattice_) return sum + e.bias_sd * pattern_.normal({0, type_, point.id, look.number});
  const SphereLattice::Stencil s = bias_lattice_->stencil(look.lon, look.lat);
  double pattern = 0.0;
  for (int i = 0; i < 4; ++i)
    if (s.weight[i] != 0.0) pattern += s.weight[i] * pattern_.normal({0, type_, s.node[i], 0});
  return sum + e.bias_sd * pattern;
}

double SimulatedErrors::noise(const Look& look, double level, int column) const {
  const std::int64_t day = look.begin.seconds / seconds_per_day, draw = draw_of(look, level);
  if (!lattice_) return simulated_ar1(error_, {day, type_, domain_.grid.points[column].id, draw}, correlation_time_s_);
  const SphereLattice::Stencil s = lattice_->stencil(look.lon, look.lat);
  double z = 0.0;
  for (int i = 0; i < 4; ++i)
    if (s.weight[i] != 0.0)
      z += s.weight[i] * simulated_ar1(error_, {day, type_, s.node[i], draw}, correlation_time_s_);
  return z;
}

Measured SimulatedErrors::measured(double truth, const Look& look, double level, int column) const {
  const Stream& stream = domain_.streams[type_];
  const ErrorOptions& assumed = stream.options->errors.error;
  const InstrumentErrors& e = stream.options->simulate.errors;
  const double declared = declared_error_sd(stream, truth);
  const double area_km2 = domain_.grid.points[column].area_m2 * 1e-6;
  if (!e.counts_footprints()) {
    const double total =
        total_error_sd(declared, representativeness_sd(assumed.representativeness, assumed.footprint_km, area_km2));
    return {truth + bias(truth, look, column) + e.error_scale * total * noise(look, level, column), declared};
  }
  const bool own = e.error_sd >= 0.0 || e.error_relative >= 0.0;
  const double sd = own ? std::max({0.0, e.error_sd, e.error_relative * std::abs(truth)}) : declared;
  const double within = std::max(e.representativeness, e.representativeness_relative * std::abs(truth));
  const FootprintErrors of_mean = footprint_errors(e, look, area_km2, sd, within);
  const std::int64_t day = look.begin.seconds / seconds_per_day;
  const double place = within_.normal({day, type_, domain_.grid.points[column].id, draw_of(look, level)});
  const double error = of_mean.instrument * noise(look, level, column) + of_mean.representativeness * place;
  return {truth + bias(truth, look, column) + e.error_scale * error,
          total_error_sd(of_mean.instrument, of_mean.representativeness)};
}

}  // namespace tilth

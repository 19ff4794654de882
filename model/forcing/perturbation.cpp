#include "model/forcing/perturbation.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "model/forcing/humidity.hpp"

namespace tilth {
namespace {

constexpr std::int64_t start_day = -(std::int64_t{1} << 40);  // key of the first draw, before every calendar day

double lower(Met m) { return met_variables[int(m)].lower; }
double upper(Met m) { return met_variables[int(m)].upper; }

}  // namespace

void ForcingPerturbation::Options::describe(Schema& s) {
  s.real("precipitation_sd", precipitation_sd).in(0.0, 3.0).about("Standard deviation of the factor on precipitation.");
  s.real("shortwave_sd", shortwave_sd).in(0.0, 2.0).about("Standard deviation of the factor on shortwave radiation.");
  s.real("longwave_sd", longwave_sd)
      .in(0.0, 100.0)
      .units("W m-2")
      .about("Standard deviation added to longwave radiation.");
  s.real("temperature_sd", temperature_sd).in(0.0, 10.0).units("K").about("Standard deviation added to temperature.");
  const auto correlation = [&s](const char* key, double& value, const char* between) {
    s.real(key, value).in(-0.99, 0.99).about(std::string("Correlation of the errors of ") + between + ".");
  };
  correlation("precipitation_shortwave", precipitation_shortwave, "precipitation and shortwave");
  correlation("precipitation_longwave", precipitation_longwave, "precipitation and longwave");
  correlation("shortwave_longwave", shortwave_longwave, "shortwave and longwave");
  correlation("precipitation_temperature", precipitation_temperature, "precipitation and temperature");
  correlation("shortwave_temperature", shortwave_temperature, "shortwave and temperature");
  correlation("longwave_temperature", longwave_temperature, "longwave and temperature");
  s.real("persistence_days", persistence_days).in(0.0, 60.0).units("day").about("E-folding time; 0: new every day.");
  s.real("correlation_km", correlation_km)
      .in(0.0, 5000.0)
      .units("km")
      .about("Distance over which errors are alike, 0 or at least 50; 0: every column on its own.");
  require(!s.is_reading() || correlation_km == 0.0 || correlation_km >= 50.0, s.where(),
          ".correlation_km = ", correlation_km, ", must be 0 (every column on its own) or at least 50");
}

ForcingPerturbation::ForcingPerturbation(Options options) : options_(options) {
  const Options& o = options_;
  require(o.correlation_km == 0.0 || o.correlation_km >= 50.0,
          "forcing.perturbations.correlation_km = ", o.correlation_km,
          ": must be 0 (every column on its own) or at least 50");
  off_ = o.precipitation_sd == 0.0 && o.shortwave_sd == 0.0 && o.longwave_sd == 0.0 && o.temperature_sd == 0.0;
  if (o.correlation_km > 0.0) lattice_.emplace(o.correlation_km);
  persistence_ = o.persistence_days > 0.0 ? std::exp(-1.0 / o.persistence_days) : 0.0;
  fresh_ = std::sqrt(1.0 - persistence_ * persistence_);
  log_sd_[precipitation] = std::sqrt(std::log1p(o.precipitation_sd * o.precipitation_sd));
  log_sd_[shortwave] = std::sqrt(std::log1p(o.shortwave_sd * o.shortwave_sd));

  const double ps = o.precipitation_shortwave, pl = o.precipitation_longwave, pt = o.precipitation_temperature;
  const double sl = o.shortwave_longwave, st = o.shortwave_temperature, lt = o.longwave_temperature;
  const double c[variables][variables] = {{1, ps, pl, pt}, {ps, 1, sl, st}, {pl, sl, 1, lt}, {pt, st, lt, 1}};
  for (int i = 0; i < variables; ++i)
    for (int j = 0; j <= i; ++j) {
      double rest = c[i][j];
      for (int k = 0; k < j; ++k) rest -= root_[i][k] * root_[j][k];
      if (i == j)
        require(rest > 1e-9,
                "forcing.perturbations: the correlations contradict each other (not positive definite); "
                "bring them nearer to 0, or use the defaults");
      root_[i][j] = i == j ? std::sqrt(rest) : rest / root_[j][j];
    }
}

const double* ForcingPerturbation::draws_of(const Random& random, const DrawKey& key, std::int64_t node) const {
  NodeDraws& draws = nodes_[node];
  if (draws.generation == generation_) return draws.normal.data();
  draws.normal.resize(std::size_t(variables) * key.stride);
  for (int v = 0; v < variables; ++v)
    for (int k = 0; k < key.stride; ++k)
      draws.normal[v * key.stride + k] =
          random.normal({.cycle = key.day, .member = key.first_member + k, .id = node, .draw = v});
  draws.generation = generation_;
  return draws.normal.data();
}

// e <- L n, last variable first, since e_v needs n_0..n_v.
void ForcingPerturbation::mix(int stride) const {
  double* e = blend_.data();
  for (int v = variables - 1; v >= 0; --v)
    for (int k = 0; k < stride; ++k) {
      double sum = 0.0;
      for (int u = 0; u <= v; ++u) sum += root_[v][u] * e[u * stride + k];
      e[v * stride + k] = sum;
    }
}

const double* ForcingPerturbation::innovations(const Random& random, std::int64_t day, const GridPoint& point,
                                               std::int64_t first_member, int stride) const {
  const int values = variables * stride;
  blend_.assign(values, 0.0);
  if (!lattice_) {
    for (int v = 0; v < variables; ++v)
      for (int k = 0; k < stride; ++k)
        blend_[v * stride + k] = random.normal({.cycle = day, .member = first_member + k, .id = point.id, .draw = v});
  } else {
    const DrawKey key{day, first_member, stride, random.uniform({.cycle = start_day, .draw = -1})};
    if (key_ != key) {
      key_ = key;
      ++generation_;
    }
    const SphereLattice::Stencil s = lattice_->stencil(point.lon, point.lat);
    for (int i = 0; i < 4; ++i) {
      if (s.weight[i] == 0.0) continue;
      const double* normal = draws_of(random, key, s.node[i]);
      for (int k = 0; k < values; ++k) blend_[k] += s.weight[i] * normal[k];
    }
  }
  mix(stride);
  return blend_.data();
}

void ForcingPerturbation::start(const Random& random, const GridPoint& point, std::int64_t first_member, int members,
                                double* memory) const {
  if (off_) return;
  const int stride = padded(members);
  const double* e = innovations(random, start_day, point, first_member, stride);
  std::copy(e, e + variables * stride, memory);
}

void ForcingPerturbation::apply(const Random& random, Time day, const GridPoint& point, std::int64_t first_member,
                                const MetDay& base, double* memory, MetMembers& out) const {
  out.fill(base);
  if (off_) return;
  const Time begin = midnight(day);
  const double* e = innovations(random, begin.seconds / seconds_per_day, point, first_member, out.stride);
  for (int k = 0; k < variables * out.stride; ++k) memory[k] = persistence_ * memory[k] + fresh_ * e[k];
  if (sun_day_ != begin) {
    sun_day_ = begin;
    sun_ = sun_at(begin + seconds_per_day / 2);
  }
  const double clear = clear_sky_transmissivity(point.surface.elevation_m) * solar_day(sun_, point.lat).toa_mean_w_m2;
  write(base, std::max(clear, base[Met::shortwave]), memory, out);
}

void ForcingPerturbation::write(const MetDay& base, double shortwave_cap, const double* memory, MetMembers& out) const {
  const int n = out.stride;
  const auto factor = [&](Variable v, int k) {  // lognormal, mean one
    return std::exp(log_sd_[v] * memory[v * n + k] - 0.5 * log_sd_[v] * log_sd_[v]);
  };
  if (options_.precipitation_sd > 0.0 && base[Met::precipitation] > 0.0)
    for (int k = 0; k < n; ++k)
      out.row(Met::precipitation)[k] =
          std::min(base[Met::precipitation] * factor(precipitation, k), upper(Met::precipitation));
  if (options_.shortwave_sd > 0.0)
    for (int k = 0; k < n; ++k)
      out.row(Met::shortwave)[k] = std::min(base[Met::shortwave] * factor(shortwave, k), shortwave_cap);
  if (options_.longwave_sd > 0.0)
    for (int k = 0; k < n; ++k)
      out.row(Met::longwave)[k] = std::clamp(base[Met::longwave] + options_.longwave_sd * memory[longwave * n + k],
                                             lower(Met::longwave), upper(Met::longwave));
  if (options_.temperature_sd == 0.0) return;
  const double coldest = lower(Met::air_temperature_min) - base[Met::air_temperature_min];
  const double warmest = upper(Met::air_temperature_max) - base[Met::air_temperature_max];
  for (int k = 0; k < n; ++k) {
    const double shift = std::clamp(options_.temperature_sd * memory[temperature * n + k], coldest, warmest);
    for (const Met m : {Met::air_temperature, Met::air_temperature_min, Met::air_temperature_max})
      out.row(m)[k] = base[m] + shift;
    out.row(Met::vapour_pressure)[k] =
        std::min(base[Met::vapour_pressure], saturation_pressure(base[Met::air_temperature] + shift));
  }
}

}  // namespace tilth

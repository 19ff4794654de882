#include "driver/instrument/instruments.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/instrument/instrument_table.hpp"
#include "driver/instrument/orbit.hpp"

namespace tilth {

const std::vector<Instrument>& instruments() {
  static const std::vector<Instrument> all = [] {
    std::vector<Instrument> list;
    for (const auto& group : {optical_instruments(), microwave_instruments(), other_instruments()})
      list.insert(list.end(), group.begin(), group.end());
    for (Instrument& i : list) i.options.instrument = i.name;
    return list;
  }();
  return all;
}

const Instrument* find_instrument(const std::string& name) {
  const auto& all = instruments();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Instrument& i) { return i.name == name; });
  return found == all.end() ? nullptr : &*found;
}

void require_fit(const std::string& where, const std::string& instrument, const std::string& op,
                 const std::string& quantity) {
  const Instrument* known = find_instrument(instrument);
  if (!known) return;
  const auto& fits = known->operators;
  std::vector<std::string> others;
  for (const Instrument& i : instruments())
    if (std::find(i.operators.begin(), i.operators.end(), op) != i.operators.end()) others.push_back(i.name);
  require(std::find(fits.begin(), fits.end(), op) != fits.end(), where, ".simulate.instrument: '", instrument,
          "' does not observe '", op, "' but ", joined(fits), "; change the operator, or use ",
          others.empty() ? std::string("sampling and errors without an instrument") : "one of " + joined(others));
  require(quantity.find(known->quantity) != std::string::npos, where, ".simulate.instrument: '", instrument,
          "' observes ", known->quantity, ", the operator predicts ", quantity, "; ", known->remedy);
}

namespace {

std::string sampling_text(const SamplingOptions& s) {
  switch (s.kind()) {
    case SamplingOptions::Kind::regular:
      return "regular";
    case SamplingOptions::Kind::swath: {
      const SwathOptions& o = s.swath;
      std::string text = fmt::format("{} d / {} rev., {:g} h {}{}, {:g} km", o.repeat_days, o.revolutions,
                                     o.local_time_h, o.node, o.both ? " and 12 h later" : "", o.width_km);
      if (o.gap_km > 0.0) text += fmt::format(" less {:g} km", o.gap_km);
      if (!std::isnan(o.incidence_deg)) return text + fmt::format(", {:g} deg", o.incidence_deg);
      return o.view_limit_deg < 90.0 ? text + fmt::format(", up to {:g} deg", o.view_limit_deg) : text;
    }
    case SamplingOptions::Kind::geostationary:
      return fmt::format("{:g} E, every {}, up to {:g} deg", fmt::join(s.geostationary.longitudes, ", "),
                         format_duration(s.geostationary.interval_s), s.geostationary.view_limit_deg);
    case SamplingOptions::Kind::tracks:
      return fmt::format("{} tracks within {:g} km, {:g} deg inclination, {:g} m apart, per {}", s.tracks.beams,
                         s.tracks.width_km, s.tracks.inclination_deg, s.tracks.spacing_m,
                         format_duration(s.tracks.composite_s));
    case SamplingOptions::Kind::towers:
      return s.towers.every_days == 1 ? "stations, every day"
                                      : fmt::format("stations, every {} days", s.towers.every_days);
  }
  return "";
}

// What stands for an error: absolute, relative, or that of the operator.
std::string error_text(double absolute, double relative) {
  std::string text = absolute > 0.0 ? fmt::format("{:g}", absolute) : "";
  if (relative > 0.0) text += fmt::format("{}{:g} %", text.empty() ? "" : " or ", 100.0 * relative);
  return text.empty() ? "operator's" : text;
}

}  // namespace

std::string instrument_table() {
  std::string out =
      "| Instrument | Operators | Sampling | Footprint, km | Error of a footprint | Correlation in a cell, over km | "
      "Within a cell | Coverage | Clouds | Source |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Instrument& i : instruments()) {
    const InstrumentErrors& e = i.options.errors;
    out += fmt::format("| `{}` | {} | {} | {:g} | {} | {:g}, {:g} | {} | {:g} | {:g} | {} |\n", i.name,
                       joined(i.operators), sampling_text(i.options.sampling), e.footprint_km,
                       error_text(e.error_sd, e.error_relative), e.footprint_correlation, e.correlation_km,
                       e.representativeness + e.representativeness_relative > 0.0
                           ? error_text(e.representativeness, e.representativeness_relative)
                           : "0",
                       i.options.coverage, i.options.cloud_sensitivity, i.source);
  }
  return out;
}

}  // namespace tilth

#include "assim/observation_error/ar1_whitening.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "assim/observation_error/place.hpp"
#include "core/base/error.hpp"

namespace tilth {

namespace {

struct Element {
  Place place;
  Time time;
  std::int64_t id = 0;
  std::size_t row = 0;
  bool operator<(const Element& o) const { return std::tie(place, time, id) < std::tie(o.place, o.time, o.id); }
};

/// Used observations of a stream, place by place in the order of time.
std::vector<Element> sequences(const ObsTable& table, int type) {
  std::vector<Element> out;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (is_used(table, i, type))
      out.push_back({place_of(table, i), middle(table.begin[i], table.end[i]), table.id[i], i});
  std::sort(out.begin(), out.end());
  return out;
}

bool coincide(const Element& a, const Element& b) { return a.place == b.place && a.time == b.time; }

/// Row `i` becomes (row i - phi * row before) * factor; `before` holds what the row before was.
void innovate(ObsTable& table, std::size_t i, const std::vector<double>& before, double phi, double factor) {
  table.value[i] = (table.value[i] - phi * before[0]) * factor;
  double* hx = table.predictions(i);
  for (int k = 0; k < table.stride(); ++k) hx[k] = (hx[k] - phi * before[1 + std::size_t(k)]) * factor;
}

}  // namespace

std::pair<std::int64_t, std::int64_t> coincident_observations(const ObsTable& table, int type) {
  const auto order = sequences(table, type);
  const auto found = std::adjacent_find(order.begin(), order.end(), coincide);
  if (found == order.end()) return {-1, -1};
  return {found->id, (found + 1)->id};
}

void whiten_sequences(ObsTable& table, int type, double time_s) {
  const auto order = sequences(table, type);
  const std::size_t stride = std::size_t(table.stride());
  std::vector<double> before, now(1 + stride);
  for (std::size_t s = 0; s < order.size(); ++s) {
    const std::size_t i = order[s].row;
    const double sd = table.error_sd[i];
    table.value[i] = now[0] = table.value[i] / sd;
    double* hx = table.predictions(i);
    for (std::size_t k = 0; k < stride; ++k) hx[k] = now[1 + k] = hx[k] / sd;
    table.error_sd[i] = 1.0;
    if (s > 0 && order[s - 1].place == order[s].place) {
      require(!coincide(order[s - 1], order[s]), "observations ", order[s - 1].id, " and ", order[s].id,
              " are at one place and time, but error.correlation_time makes the errors of a place a sequence in time; "
              "average them with superob, or choose with thinning");
      const double phi = std::exp(-double(order[s].time - order[s - 1].time) / time_s);
      innovate(table, i, before, phi, 1.0 / std::sqrt(1.0 - phi * phi));
    }
    before.swap(now);
    now.resize(1 + stride);
  }
}

}  // namespace tilth

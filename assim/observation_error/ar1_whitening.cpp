#include "assim/observation_error/ar1_whitening.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "assim/observation_error/linear_row.hpp"
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

}  // namespace

std::pair<std::int64_t, std::int64_t> coincident_observations(const ObsTable& table, int type) {
  const auto order = sequences(table, type);
  const auto found = std::adjacent_find(order.begin(), order.end(), coincide);
  if (found == order.end()) return {-1, -1};
  return {found->id, (found + 1)->id};
}

void whiten_sequences(ObsTable& table, int type, double time_s) {
  const auto order = sequences(table, type);
  std::vector<double> before;  // the row before, divided by its error
  for (std::size_t s = 0; s < order.size(); ++s) {
    const std::size_t i = order[s].row;
    std::vector<double> now = linear_row(table, i);
    for (double& x : now) x /= table.error_sd[i];
    std::vector<double> white = now;
    if (s > 0 && order[s - 1].place == order[s].place) {
      require(!coincide(order[s - 1], order[s]), "observations ", order[s - 1].id, " and ", order[s].id,
              " are at one place and time, but error.correlation_time makes the errors of a place a sequence in time; "
              "average them with superob, or choose with thinning");
      const double phi = std::exp(-double(order[s].time - order[s - 1].time) / time_s);
      const double factor = 1.0 / std::sqrt(1.0 - phi * phi);
      for (std::size_t k = 0; k < now.size(); ++k) white[k] = (now[k] - phi * before[k]) * factor;
    }
    set_linear_row(table, i, white);
    table.error_sd[i] = 1.0;
    before.swap(now);
  }
}

}  // namespace tilth

#include "model/forcing/weather_fields.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tilth {
namespace {

constexpr double memory_kept = 1e-2;  // the window ends where the slowest field has forgotten all but this
constexpr std::int64_t no_day = std::numeric_limits<std::int64_t>::min();

}  // namespace

WeatherFields::WeatherFields(std::uint64_t seed, double spacing_km, double persistence_days)
    : random_(seed, Purpose::weather),
      lattice_(spacing_km),
      window_(1 + int(std::ceil(-std::log(memory_kept) * persistence_days))),
      kernel_(std::size_t(window_) * field_count),
      ring_day_(window_, no_day),
      ring_(window_) {
  for (int f = 0; f < field_count; ++f) {
    const double days = Field(f) == Field::temperature ? persistence_days : persistence_days * 2.0 / 3.0;
    double squares = 0.0;
    for (int back = 0; back < window_; ++back) {
      const double value = std::exp(-back / days);
      kernel_[back * field_count + f] = value;
      squares += value * value;
    }
    for (int back = 0; back < window_; ++back) kernel_[back * field_count + f] /= std::sqrt(squares);
  }
}

void WeatherFields::set_points(std::span<const GridPoint> points) {
  std::vector<SphereLattice::Stencil> all;
  nodes_.clear();
  for (const GridPoint& point : points) {
    all.push_back(lattice_.stencil(point.lon, point.lat));
    nodes_.insert(nodes_.end(), all.back().node.begin(), all.back().node.end());
  }
  std::sort(nodes_.begin(), nodes_.end());
  nodes_.erase(std::unique(nodes_.begin(), nodes_.end()), nodes_.end());
  stencils_.clear();
  for (const SphereLattice::Stencil& s : all) {
    PointStencil local{{}, s.weight};
    for (int k = 0; k < 4; ++k)
      local.node[k] = int(std::lower_bound(nodes_.begin(), nodes_.end(), s.node[k]) - nodes_.begin());
    stencils_.push_back(local);
  }
  std::fill(ring_day_.begin(), ring_day_.end(), no_day);
  for (auto& noise : ring_) noise.assign(nodes_.size() * field_count, 0.0);
  node_value_.assign(nodes_.size() * field_count, 0.0);
  point_value_.assign(stencils_.size() * field_count, 0.0);
}

const std::vector<double>& WeatherFields::white_noise(std::int64_t day) {
  const auto slot = std::size_t((day % window_ + window_) % window_);
  std::vector<double>& noise = ring_[slot];
  if (ring_day_[slot] == day) return noise;
  for (std::size_t n = 0; n < nodes_.size(); ++n)
    for (int f = 0; f < field_count; ++f)
      noise[n * field_count + f] = random_.normal({.cycle = day, .member = 0, .id = nodes_[n], .draw = f});
  ring_day_[slot] = day;
  return noise;
}

void WeatherFields::blend_days(std::int64_t day) {
  std::fill(node_value_.begin(), node_value_.end(), 0.0);
  for (int back = 0; back < window_; ++back) {
    const std::vector<double>& noise = white_noise(day - back);
    const double* kernel = kernel_.data() + back * field_count;
    for (std::size_t n = 0; n < nodes_.size(); ++n)
      for (int f = 0; f < field_count; ++f) node_value_[n * field_count + f] += kernel[f] * noise[n * field_count + f];
  }
}

std::span<const double> WeatherFields::on_day(std::int64_t day) {
  blend_days(day);
  for (std::size_t p = 0; p < stencils_.size(); ++p) {
    const PointStencil& s = stencils_[p];
    for (int f = 0; f < field_count; ++f) {
      double sum = 0.0;
      for (int k = 0; k < 4; ++k) sum += s.weight[k] * node_value_[std::size_t(s.node[k]) * field_count + f];
      point_value_[p * field_count + f] = sum;
    }
  }
  return point_value_;
}

}  // namespace tilth

#include "core/obs/nearby_search.hpp"

#include <algorithm>
#include <cmath>
#include <nanoflann.hpp>

#include "core/base/simd/clones.hpp"

namespace tilth {
namespace {

using Place = NearbySearch::Place;

/// Places in the form nanoflann asks for.
struct Cloud {
  std::vector<Place> places;
  std::size_t kdtree_get_point_count() const { return places.size(); }
  double kdtree_get_pt(std::size_t i, std::size_t axis) const { return places[i][axis]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

/// Result set that keeps the indices of all places within a squared distance.
class Collector {
 public:
  Collector(double squared, std::vector<std::int32_t>& out) : squared_(squared), out_(out) {}
  bool addPoint(double, std::uint32_t i) {
    out_.push_back(std::int32_t(i));
    return true;
  }
  double worstDist() const { return squared_; }
  bool full() const { return true; }
  std::size_t size() const { return out_.size(); }

 private:
  double squared_;
  std::vector<std::int32_t>& out_;
};

TILTH_CLONES void square_distances(const Place& from, int n, const double* x, const double* y, const double* z,
                                   double* out) {
  const double x0 = from[0], y0 = from[1], z0 = from[2];
  for (int i = 0; i < n; ++i)
    out[i] = ((x[i] - x0) * (x[i] - x0) + (y[i] - y0) * (y[i] - y0)) + (z[i] - z0) * (z[i] - z0);
}

TILTH_CLONES void take_roots(int n, double* x) {
  for (int i = 0; i < n; ++i) x[i] = std::sqrt(x[i]);
}

}  // namespace

struct NearbySearch::Tree {
  using Index =
      nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud, 3, std::uint32_t>;
  explicit Tree(std::vector<Place> places)
      : cloud{std::move(places)}, index(3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(16)) {}
  Cloud cloud;
  Index index;
};

NearbySearch::NearbySearch(std::vector<Place> places) : tree_(std::make_unique<Tree>(std::move(places))) {}

NearbySearch::~NearbySearch() = default;

void NearbySearch::gather(std::span<const Place> group, double radius) {
  candidates_.clear();
  const auto& places = tree_->cloud.places;
  if (!group.empty() && !places.empty()) {
    Place low = group[0], high = group[0];
    for (const Place& p : group)
      for (int a = 0; a < 3; ++a) low[a] = std::min(low[a], p[a]), high[a] = std::max(high[a], p[a]);
    Place centre;
    double half_diagonal2 = 0.0;
    for (int a = 0; a < 3; ++a) {
      centre[a] = 0.5 * (low[a] + high[a]);
      half_diagonal2 += 0.25 * (high[a] - low[a]) * (high[a] - low[a]);
    }
    constexpr double round_off = 1.0 + 1e-9;
    const double reach = (std::sqrt(half_diagonal2) + radius) * round_off;
    Collector found(reach * reach, candidates_);
    tree_->index.findNeighbors(found, centre.data(), nanoflann::SearchParams());
    std::sort(candidates_.begin(), candidates_.end());
  }
  for (auto* list : {&x_, &y_, &z_, &squared_}) list->resize(candidates_.size());
  near_.resize(candidates_.size());
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const Place& p = places[std::size_t(candidates_[i])];
    x_[i] = p[0], y_[i] = p[1], z_[i] = p[2];
  }
}

void NearbySearch::within(const Place& from, double radius, std::vector<std::int32_t>& index,
                          std::vector<double>& distance) {
  const int n = int(candidates_.size());
  square_distances(from, n, x_.data(), y_.data(), z_.data(), squared_.data());
  std::size_t count = 0;
  for (int i = 0; i < n; ++i) {  // without branches: half of the candidates are too far
    const double squared = squared_[i];
    const bool is_near = squared <= radius * radius;
    near_[count] = candidates_[i];
    squared_[count] = squared;
    count += is_near;
  }
  index.assign(near_.begin(), near_.begin() + std::ptrdiff_t(count));
  distance.assign(squared_.begin(), squared_.begin() + std::ptrdiff_t(count));
  take_roots(int(count), distance.data());
}

}  // namespace tilth

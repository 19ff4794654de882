#include "core/grid/sphere_tree.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <nanoflann.hpp>
#include <numbers>

#include "core/base/sphere.hpp"

namespace tilth {
namespace {

using Vector = std::array<double, 3>;

/// Places in the form nanoflann asks for.
struct Cloud {
  std::vector<Vector> places;
  std::size_t kdtree_get_point_count() const { return places.size(); }
  double kdtree_get_pt(std::size_t i, std::size_t axis) const { return places[i][axis]; }
  template <class Box>
  bool kdtree_get_bbox(Box&) const {
    return false;
  }
};

using Tree = nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Cloud>, Cloud, 3, std::uint32_t>;

/// Squared chord of a distance, a little enlarged: the exact test is on the great-circle distance.
double search_radius(double distance_km) {
  const double c = chord(std::clamp(distance_km, 0.0, std::numbers::pi * earth_radius_km));
  return c * c * (1.0 + 1e-9) + 1e-24;
}

/// Result set that keeps the places within a great-circle distance.
class Collector {
 public:
  Collector(const std::vector<Vector>& places, const Vector& from, double radius_km, std::vector<std::int32_t>& out)
      : places_(places), from_(from), radius_km_(radius_km), chord2_(search_radius(radius_km)), out_(out) {}
  bool addPoint(double, std::uint32_t i) {
    if (great_circle_km(from_, places_[i]) <= radius_km_) out_.push_back(std::int32_t(i));
    return true;
  }
  double worstDist() const { return chord2_; }
  bool full() const { return true; }
  std::size_t size() const { return out_.size(); }

 private:
  const std::vector<Vector>& places_;
  const Vector& from_;
  double radius_km_, chord2_;
  std::vector<std::int32_t>& out_;
};

}  // namespace

struct SphereTree::Index {
  explicit Index(std::vector<Vector> places)
      : cloud{std::move(places)}, tree(3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(16)) {}
  Cloud cloud;
  Tree tree;
};

SphereTree::SphereTree(std::span<const double> lon, std::span<const double> lat) {
  assert(lon.size() == lat.size());
  std::vector<Vector> places(lon.size());
  for (std::size_t i = 0; i < lon.size(); ++i) places[i] = unit_vector(lon[i], lat[i]);
  index_ = std::make_unique<Index>(std::move(places));
}

SphereTree::~SphereTree() = default;
SphereTree::SphereTree(SphereTree&&) noexcept = default;
SphereTree& SphereTree::operator=(SphereTree&&) noexcept = default;

std::size_t SphereTree::size() const { return index_->cloud.places.size(); }

const Vector& SphereTree::place(std::int32_t i) const { return index_->cloud.places[std::size_t(i)]; }

void SphereTree::within(const Vector& from, double radius_km, std::vector<std::int32_t>& out) const {
  out.clear();
  if (size() == 0 || !(radius_km >= 0.0)) return;
  Collector found(index_->cloud.places, from, radius_km, out);
  index_->tree.findNeighbors(found, from.data(), nanoflann::SearchParams());
  std::sort(out.begin(), out.end());
}

bool SphereTree::any_within(const Vector& from, double radius_km) const {
  constexpr double round_off_km = 1e-6;  // the tree orders places by chord, the test is on the great-circle distance
  const double nearest = nearest_km(from);
  if (std::abs(nearest - radius_km) > round_off_km) return nearest < radius_km;
  std::vector<std::int32_t> found;
  within(from, radius_km, found);
  return !found.empty();
}

double SphereTree::nearest_km(const Vector& from) const {
  if (size() == 0) return std::numeric_limits<double>::infinity();
  std::uint32_t i = 0;
  double chord2 = 0.0;
  index_->tree.knnSearch(from.data(), 1, &i, &chord2);
  return great_circle_km(from, index_->cloud.places[i]);
}

}  // namespace tilth

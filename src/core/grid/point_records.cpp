#include "core/grid/point_records.hpp"

#include <cassert>
#include <cstring>
#include <type_traits>

namespace tilth {
namespace {

/// Writes values one after the other.
class Writer {
 public:
  explicit Writer(std::vector<char>& bytes) : bytes_(bytes) {}
  template <class T>
  void item(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto* first = reinterpret_cast<const char*>(&value);
    bytes_.insert(bytes_.end(), first, first + sizeof(T));
  }
  template <class List>
  void list(const List& values) {
    item(std::int64_t(values.size()));
    for (const auto& v : values) item(v);
  }

 private:
  std::vector<char>& bytes_;
};

/// Reads them back in the same order.
class Reader {
 public:
  explicit Reader(const std::vector<char>& bytes) : bytes_(bytes) {}
  bool done() const { return at_ == bytes_.size(); }
  template <class T>
  void item(T& value) {
    assert(at_ + sizeof(T) <= bytes_.size());
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
  }
  template <class List>
  void list(List& values) {
    std::int64_t n = 0;
    item(n);
    values.resize(std::size_t(n));
    for (auto& v : values) item(v);
  }

 private:
  const std::vector<char>& bytes_;
  std::size_t at_ = 0;
};

/// The one list of fields, for both directions.
template <class Stream, class Point>
void fields(Stream& s, Point& p) {
  s.item(p.id);
  s.item(p.cell);
  s.item(p.lon);
  s.item(p.lat);
  s.item(p.area_m2);
  s.list(p.name);
  auto& f = p.surface;
  s.item(f.elevation_m);
  s.item(f.sand_percent);
  s.item(f.clay_percent);
  s.item(f.organic_fraction);
  s.item(f.soil_depth_m);
  s.item(f.soil_red_dry);
  s.item(f.soil_nir_dry);
  s.item(f.topographic_sd_m);
  s.item(f.canopy_height_m);
  s.item(f.wind_height_m);
  s.list(f.tiles);
}

// A field added to Surface must be added above; this stops the build until it is.
static_assert(sizeof(Surface) == 10 * sizeof(double) + sizeof(std::vector<Tile>));
static_assert(sizeof(GridPoint) == 5 * sizeof(double) + sizeof(std::string) + sizeof(Surface));

}  // namespace

void append_record(const GridPoint& point, std::vector<char>& bytes) {
  Writer writer(bytes);
  fields(writer, point);
}

std::vector<GridPoint> points_of(const std::vector<char>& bytes) {
  std::vector<GridPoint> points;
  Reader reader(bytes);
  while (!reader.done()) fields(reader, points.emplace_back());
  return points;
}

}  // namespace tilth

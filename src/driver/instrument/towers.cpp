#include "driver/instrument/towers.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {

const std::vector<Tower>& known_towers() {
  static const std::vector<Tower> all{
      {"AR-SLu", -33.465, -66.460}, {"AU-ASM", -22.283, 133.249}, {"AU-GWW", -30.191, 120.654},
      {"AU-How", -12.494, 131.152}, {"AU-Stp", -17.151, 133.350}, {"AU-Tum", -35.657, 148.152},
      {"AU-Wom", -37.422, 144.094}, {"BE-Bra", 51.308, 4.520},    {"BE-Vie", 50.305, 5.998},
      {"BR-Sa1", -2.857, -54.959},  {"BR-Sa3", -3.018, -54.971},  {"CA-Man", 55.880, -98.481},
      {"CA-Oas", 53.629, -106.198}, {"CA-Obs", 53.987, -105.118}, {"CA-Qfo", 49.693, -74.342},
      {"CA-TP4", 42.710, -80.357},  {"CG-Tch", -4.289, 11.656},   {"CH-Dav", 46.815, 9.856},
      {"CH-Oe2", 47.286, 7.734},    {"CN-Cha", 42.403, 128.096},  {"CN-Din", 23.173, 112.536},
      {"CN-HaM", 37.370, 101.180},  {"CZ-BK1", 49.502, 18.537},   {"DE-Geb", 51.100, 10.915},
      {"DE-Hai", 51.079, 10.452},   {"DE-Kli", 50.893, 13.522},   {"DE-Tha", 50.963, 13.565},
      {"DK-Sor", 55.486, 11.645},   {"DK-ZaH", 74.473, -20.550},  {"ES-LJu", 36.927, -2.752},
      {"FI-Hyy", 61.847, 24.295},   {"FI-Sod", 67.362, 26.639},   {"FR-Gri", 48.844, 1.952},
      {"FR-LBr", 44.717, -0.769},   {"FR-Pue", 43.741, 3.596},    {"GF-Guy", 5.279, -52.925},
      {"GH-Ank", 5.269, -2.694},    {"IT-Col", 41.849, 13.588},   {"IT-Ren", 46.587, 11.434},
      {"IT-Ro2", 42.390, 11.921},   {"JP-MBF", 44.387, 142.319},  {"JP-SMF", 35.262, 137.079},
      {"MY-PSO", 2.973, 102.306},   {"NL-Loo", 52.167, 5.744},    {"PA-SPn", 9.318, -79.635},
      {"RU-Cok", 70.829, 147.494},  {"RU-Fyo", 56.462, 32.922},   {"RU-SkP", 62.255, 129.168},
      {"SD-Dem", 13.283, 30.478},   {"SN-Dhr", 15.403, -15.432},  {"US-ARM", 36.606, -97.489},
      {"US-Atq", 70.470, -157.409}, {"US-GLE", 41.366, -106.240}, {"US-Ha1", 42.538, -72.172},
      {"US-KS2", 28.609, -80.672},  {"US-Me2", 44.452, -121.557}, {"US-MMS", 39.323, -86.413},
      {"US-Ne1", 41.165, -96.477},  {"US-NR1", 40.033, -105.546}, {"US-SRM", 31.821, -110.866},
      {"US-Ton", 38.431, -120.966}, {"US-UMB", 45.560, -84.714},  {"US-Var", 38.413, -120.951},
      {"US-WCr", 45.806, -90.080},  {"US-Wkg", 31.737, -109.942}, {"ZA-Kru", -25.020, 31.497},
      {"ZM-Mon", -15.438, 23.253}};
  return all;
}

namespace {

std::string trimmed(std::string word) {
  const auto drop = [](char x) { return std::isspace(static_cast<unsigned char>(x)) || x == '"'; };
  while (!word.empty() && drop(word.back())) word.pop_back();
  word.erase(word.begin(), std::find_if_not(word.begin(), word.end(), drop));
  return word;
}

std::vector<std::string> cells(const std::string& line) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (const char x : line) {
    if (x == '"') quoted = !quoted;
    if (x == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += x;
  }
  for (std::string& word : out) word = trimmed(word);
  return out;
}

std::size_t column_of(const std::vector<std::string>& head, const std::vector<std::string>& names,
                      const std::string& path) {
  for (const std::string& name : names) {
    const auto found = std::find(head.begin(), head.end(), name);
    if (found != head.end()) return std::size_t(found - head.begin());
  }
  require(false, path, ": line 1: no column '", joined(names), "' among ", joined(head),
          "; the table needs name, lat and lon");
  return 0;
}

double degrees(const std::string& word, double limit, const std::string& where, const char* what) {
  std::size_t used = 0;
  double value = std::nan("");
  try {
    value = std::stod(word, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  require(used == word.size() && used > 0 && std::abs(value) <= limit, where, ": ", what, " = '", word,
          "', must be degrees between ", -limit, " and ", limit);
  return value;
}

}  // namespace

std::vector<Tower> read_towers(const std::string& path) {
  std::ifstream file(path);
  require(file.good(), path, ": cannot be read; give a table of stations with the columns name, lat, lon");
  std::string line;
  std::getline(file, line);
  const auto head = cells(line);
  const std::size_t name = column_of(head, {"name", "site"}, path), lat = column_of(head, {"lat", "latitude"}, path),
                    lon = column_of(head, {"lon", "longitude"}, path);
  std::vector<Tower> out;
  for (int number = 2; std::getline(file, line); ++number) {
    if (trimmed(line).empty()) continue;
    const auto row = cells(line);
    const std::string where = text(path, ": line ", number);
    require(row.size() > std::max({name, lat, lon}), where, ": ", row.size(), " columns, the head line has ",
            head.size());
    const double east = degrees(row[lon], 360.0, where, "lon");
    out.push_back({row[name], degrees(row[lat], 90.0, where, "lat"), east >= 180.0 ? east - 360.0 : east});
  }
  require(!out.empty(), path, ": holds no station");
  return out;
}

std::vector<Tower> named_towers(const std::vector<Tower>& towers, const std::vector<std::string>& names,
                                const std::string& where) {
  if (names.empty()) return towers;
  std::vector<std::string> known;
  for (const Tower& t : towers) known.push_back(t.name);
  for (const std::string& name : names)
    require(std::find(known.begin(), known.end(), name) != known.end(), where, ".names: no station '", name, "'",
            did_you_mean(name, known), "; known: ", joined(known));
  std::vector<Tower> out;
  for (const Tower& t : towers)
    if (std::find(names.begin(), names.end(), t.name) != names.end()) out.push_back(t);
  return out;
}

}  // namespace tilth

#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/config/schema.hpp"
#include "core/parallel/comm.hpp"
#include "core/state/forcing.hpp"

namespace tilth {

class Co2Table;

/// Declares the option `steps_per_day` of a source of weather files.
void describe_steps(Schema& s, int& steps_per_day);

/// How missing weather is completed; common to site and gridded files.
struct MetRules {
  std::string out_of_range = "refuse";  ///< or `gap`: treat as missing, with a remark
  double wind_speed = 2.5;              ///< m s-1, where a file has no wind
  std::string co2_file;                 ///< CSV year,co2_ppm; then used instead of what the files say
  double co2 = 400.0;                   ///< umol mol-1, when neither a CO2 file nor a variable gives it
  double co2_outlier = 0.15;            ///< site CO2 further than this from its median of the record is a gap
  bool estimate_radiation = false;      ///< shortwave from temperature range, or wet and dry days, when absent
  void describe(Schema& s);
};

/// Weather from one CF time series file per site, completed by the documented rules (docs/file-formats.md): days, and
/// with `steps_per_day` the steps of files finer than daily, of which the days are then the means.
class SiteForcing final : public ForcingSource {
 public:
  struct Options {
    std::string files;              ///< pattern; `{site}` is replaced by the point's name; * and ? match
    std::int64_t time_shift_s = 0;  ///< added to the files' times
    int interpolate_days = 3;       ///< gaps up to this are interpolated, precipitation 0
    int longest_dry_spell = 0;      ///< days; of a daily record, longer ones are gaps written as 0; 0: never
    bool recycle = true;            ///< longer gaps and days outside the record from the nearest other year
    int steps_per_day = 0;          ///< 24 or 48; 0: days only; -1: as the files allow
    MetRules rules;
    void describe(Schema& s);
  };
  /// Reads and completes the records of this rank's points. `Error` naming the site and file on all ranks. Collective.
  SiteForcing(const Comm& comm, Options options, std::span<const GridPoint> points);
  ~SiteForcing() override;

  void read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) override;
  int steps_per_day() const override { return per_day_; }
  void read_steps(Time day, std::span<const GridPoint> points, std::span<MetSteps> out) override;
  /// Whether the day is inside the site's record, and not in a dry spell that is none.
  bool own_weather(std::size_t point, Time day) const override;
  std::vector<std::string> files() const override;
  /// One sentence per site and rule used, of this rank's sites.
  std::vector<std::string> remarks() const override;
  /// First day and the day after the last of the record all sites of all ranks share; begin > end when there is none.
  struct Period {
    Time begin, end;
  };
  Period common_period() const;
  /// The record of one of this rank's sites, by index of the points given at construction.
  Period period(std::size_t point) const;

 private:
  struct Site;
  std::string path_of(const GridPoint& point) const;
  int common_steps(std::span<const GridPoint> points, const Comm& self) const;
  std::size_t index_of(const Site& site, Time day) const;

  const Comm* comm_;
  Options options_;
  std::vector<Site> sites_;
  std::unique_ptr<Co2Table> co2_;  // null: CO2 of the files
  Period common_;
  int per_day_ = 0;
};

/// Weather from gridded CF files (lat, lon, time), daily or finer, of the nearest cell with data: days, and with
/// `steps_per_day` the steps of finer files, of which the days are then the means.
class GridForcing final : public ForcingSource {
 public:
  struct Options {
    std::vector<std::string> files;  ///< patterns; files may split time and variables
    std::int64_t time_shift_s = 0;   ///< added to the files' times, e.g. local time -> UTC, or end -> start of interval
    double reach_km = 200.0;         ///< farthest cell taken for a point
    bool recycle = true;             ///< days that no file has from the nearest other year
    int steps_per_day = 0;           ///< 24 or 48; 0: days only; -1: as the files allow
    MetRules rules;
    void describe(Schema& s);
  };
  /// Reads axes and finds the cells of this rank's points. Collective.
  GridForcing(const Comm& comm, Options options, std::span<const GridPoint> points);
  ~GridForcing() override;

  void read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) override;
  int steps_per_day() const override;
  void read_steps(Time day, std::span<const GridPoint> points, std::span<MetSteps> out) override;
  std::vector<std::string> files() const override;
  std::vector<std::string> remarks() const override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tilth

#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/obs/obs_table.hpp"
#include "driver/domain.hpp"
#include "io/bias_statistics.hpp"

namespace tilth {

/// One observation with its owner.
struct ObsRecord {
  std::int64_t id = 0;  ///< stream number * 2^40 + row in the stream's files
  std::int64_t point = -1;
  std::int32_t type = 0, column = -1;
  Time begin, end;
  double lon = 0.0, lat = 0.0, value = 0.0, error_sd = 0.0;
  double level = 0.0;  ///< place within the column; NaN: none
  std::uint32_t flag = 0;
  double view_zenith_deg = std::numeric_limits<double>::quiet_NaN();  ///< NaN: not given
};

/// All observations of a run on the ranks that own their columns, sorted by (middle of the interval, id).
class ObservationStore {
 public:
  /// Reads the files of every stream that has any, compares with the nearest land point, routes to the owner, averages
  /// and withholds as the options say. Flags, drops nothing but missing values and what an average leaves out: flagged
  /// observations and intervals with less than a quarter of their days. `simulated_files`: by stream; a simulated
  /// stream without files is passed over. Collective.
  static ObservationStore read(const Domain& domain, const std::vector<std::vector<std::string>>& simulated_files);

  /// Observations whose interval has its middle inside [begin, end): sorted by id, predictions empty.
  ObsTable window(Time begin, Time end, int members) const;
  std::int64_t size() const { return std::int64_t(records_.size()); }
  const std::vector<ObsRecord>& records() const { return records_; }
  /// The files read, all streams.
  const std::vector<std::string>& files() const { return files_; }
  /// Writes `folder/bias_correction_<stream>.nc` for every stream that is corrected. Collective.
  void write_bias_statistics(const Domain& domain, const std::string& folder) const;

 private:
  std::vector<std::pair<int, BiasStatistics>> bias_statistics_;  ///< by stream
  std::vector<std::string> files_;
  std::vector<ObsRecord> records_;
};

/// Farthest land point that an observation of a stream is compared with.
double stream_reach_km(const Domain& domain, const ObservationOptions& options);

}  // namespace tilth

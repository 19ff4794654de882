#include "driver/climatology.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <tuple>

#include "assim/observation_error/bias_correction.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/grid/decomposition.hpp"
#include "core/obs/obs_table.hpp"
#include "core/parallel/exchange.hpp"
#include "io/feedback.hpp"

namespace tilth {

namespace {

struct Pair {
  std::int64_t point = -1, id = 0;
  std::int32_t column = -1, season = 0;
  double observed = 0.0, modelled = 0.0;
};

std::vector<std::string> feedback_files(const std::string& where, const std::string& folder) {
  std::vector<std::string> files;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(folder, absent))
    if (entry.path().extension() == ".nc") files.push_back(entry.path().string());
  require(!files.empty(), where, ".reference: no feedback file (*.nc) in '", folder,
          "'; run 'tilth assimilate' without bias_correction first and give its open_loop/feedback");
  std::sort(files.begin(), files.end());
  return files;
}

/// The usable pairs of a stream among the rows of a feedback file.
void append(std::vector<Pair>& out, const Feedback& feedback, const std::string& stream, int seasons) {
  const auto& names = feedback.type_names;
  const int type = int(std::find(names.begin(), names.end(), stream) - names.begin());
  const FeedbackColumns& f = feedback.columns;
  for (std::size_t i = 0; i < f.size(); ++i) {
    if (f.type[i] != type || (f.flag[i] & ~std::uint32_t(qc_background))) continue;
    if (!std::isfinite(f.value[i]) || !std::isfinite(f.prior_mean[i])) continue;
    const Time time = middle(f.begin[i], f.end[i]);
    out.push_back({f.point[i], f.id[i], -1, season_of(time, seasons), f.value[i], f.prior_mean[i]});
  }
}

/// Every pair to the owner of its point; pairs of points that this grid does not have are left out.
std::vector<Pair> route(const Domain& domain, const std::vector<Pair>& pairs) {
  std::vector<std::int64_t> points;
  for (const Pair& p : pairs) points.push_back(p.point);
  const auto owners = locate(*domain.comm, domain.grid, points);
  std::vector<std::vector<Pair>> out(std::size_t(domain.comm->size()));
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (owners[i].rank < 0) continue;
    Pair p = pairs[i];
    p.column = owners[i].index;
    out[std::size_t(owners[i].rank)].push_back(p);
  }
  std::vector<Pair> mine;
  for (const auto& part : all_to_all(*domain.comm, out)) mine.insert(mine.end(), part.begin(), part.end());
  return mine;
}

}  // namespace

std::vector<ClimatologyPairs> read_pairs(const Domain& domain, int type, const std::string& folder, int seasons,
                                         std::vector<std::string>& files) {
  const Comm& comm = *domain.comm;
  const std::string& stream = domain.streams[type].options->name;
  const std::string where = text(domain.experiment->file, ": observations (", stream, ").bias_correction");
  std::vector<std::string> found;
  together(comm, [&] { found = feedback_files(where, folder); });
  std::vector<Pair> pairs;
  for (const std::string& file : found) {
    const Feedback feedback = read_feedback(comm, file);
    const auto& names = feedback.type_names;
    require_all(comm, std::find(names.begin(), names.end(), stream) != names.end(),
                text(where, ".reference: ", file, " has no stream '", stream, "'", did_you_mean(stream, names)));
    const auto& corrected = feedback.corrected;
    require_all(comm, std::find(corrected.begin(), corrected.end(), stream) == corrected.end(),
                text(where, ".reference: the observations in ", file,
                     " are already corrected; give a run without bias_correction of this stream"));
    append(pairs, feedback, stream, seasons);
  }
  files.insert(files.end(), found.begin(), found.end());
  pairs = route(domain, pairs);
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return std::tie(a.column, a.season, a.id, a.observed, a.modelled) <
           std::tie(b.column, b.season, b.id, b.observed, b.modelled);
  });
  std::vector<ClimatologyPairs> out(std::size_t(domain.columns()) * std::size_t(seasons));
  for (const Pair& p : pairs) {
    ClimatologyPairs& target = out[std::size_t(p.column) * std::size_t(seasons) + std::size_t(p.season)];
    target.observed.push_back(p.observed);
    target.modelled.push_back(p.modelled);
  }
  return out;
}

namespace {

constexpr int bins = 4096;

/// `size` quantiles, from integer counts in bins between the extremes: exact sums, so the same for any rank count.
std::vector<double> pooled_quantiles(const Comm& comm, const std::vector<double>& mine, int size) {
  double low = 1e300, high = -1e300;
  for (const double x : mine) low = std::min(low, x), high = std::max(high, x);
  low = comm.min(low), high = comm.max(high);
  std::vector<std::int64_t> count(bins, 0);
  const double width = high > low ? (high - low) / bins : 1.0;
  for (const double x : mine) ++count[std::size_t(std::clamp(int((x - low) / width), 0, bins - 1))];
  comm.sum(std::span<std::int64_t>(count));
  std::int64_t total = 0, before = 0;
  for (const std::int64_t n : count) total += n;
  std::vector<double> out;
  if (total == 0) return out;
  int bin = 0;
  for (int j = 0; j < size; ++j) {
    const double rank = (j + 0.5) / size * double(total);
    while (bin + 1 < bins && double(before + count[std::size_t(bin)]) < rank) before += count[std::size_t(bin++)];
    const double inside = (rank - double(before)) / double(std::max<std::int64_t>(count[std::size_t(bin)], 1));
    out.push_back(high > low ? low + (bin + std::clamp(inside, 0.0, 1.0)) * width : low);
  }
  return out;
}

}  // namespace

ClimatologyPairs pooled(const Comm& comm, const ClimatologyPairs& mine, int size) {
  return {pooled_quantiles(comm, mine.observed, size), pooled_quantiles(comm, mine.modelled, size)};
}

}  // namespace tilth

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <sstream>

#include "core/base/error.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/verify/verification.hpp"
#include "io/feedback.hpp"

namespace tilth {

namespace {

struct Pair {
  double observed, predicted, time;  // s
};
using Key = std::pair<std::int64_t, std::int32_t>;          // point, stream
using Pairs = std::map<Key, std::map<std::int64_t, Pair>>;  // by observation

// NetCDF files of a folder by name, as rank 0 sees them. Collective.
std::vector<std::string> files_in(const Comm& comm, const std::string& folder) {
  require_all(comm, !comm.root() || std::filesystem::is_directory(folder),
              folder + ": no such folder; run 'tilth assimilate' with verification.open_loop and output.feedback");
  std::string lines;
  if (comm.root()) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".nc") lines += entry.path().string() + "\n";
  }
  comm.broadcast(lines);
  std::istringstream in(lines);
  std::vector<std::string> files;
  for (std::string line; std::getline(in, line);) files.push_back(line);
  std::sort(files.begin(), files.end());
  return files;
}

// Withheld observations that are otherwise good, with the mean prediction before any use, of all feedback files.
Pairs withheld(const Comm& comm, const std::string& folder) {
  std::vector<double> rows;
  for (const auto& file : files_in(comm, folder)) {
    const Feedback feedback = read_feedback(comm, file);
    const FeedbackColumns& f = feedback.columns;
    for (std::size_t i = 0; i < f.size(); ++i) {
      if ((f.flag[i] & ~std::uint32_t(qc_background)) != qc_withheld || f.point[i] < 0 ||
          !std::isfinite(f.prior_mean[i]))
        continue;
      rows.insert(rows.end(), {double(f.point[i]), double(f.type[i]), double(f.id[i]), f.value[i], f.prior_mean[i],
                               0.5 * double(f.begin[i].seconds + f.end[i].seconds)});
    }
  }
  Pairs out;
  const auto all = comm.all_gather(std::span<const double>(rows));
  for (std::size_t i = 0; i + 6 <= all.size(); i += 6)
    out[{std::int64_t(all[i]), std::int32_t(all[i + 1])}][std::int64_t(all[i + 2])] = {all[i + 3], all[i + 4],
                                                                                       all[i + 5]};
  return out;
}

// Streams that are never assimilated are scored over the period that is withheld of the others at their place.
void keep_withheld_period(const Domain& domain, Pairs& pairs) {
  std::map<std::int64_t, double> begin;
  for (const auto& [key, series] : pairs) {
    if (!domain.streams.at(key.second).options->assimilate) continue;
    double& first = begin.try_emplace(key.first, std::numeric_limits<double>::infinity()).first->second;
    for (const auto& [id, pair] : series) first = std::min(first, pair.time);
  }
  for (auto& [key, series] : pairs) {
    const auto found = begin.find(key.first);
    if (found == begin.end() || domain.streams.at(key.second).options->assimilate) continue;
    std::erase_if(series, [&](const auto& item) { return item.second.time < found->second; });
  }
}

// Observations that both runs could predict and did not screen, in the order of their ids.
struct Common {
  std::vector<double> observed, prior, posterior;
};

Common common(const std::map<std::int64_t, Pair>& prior, const std::map<std::int64_t, Pair>& posterior) {
  Common out;
  for (const auto& [id, pair] : prior) {
    const auto found = posterior.find(id);
    if (found == posterior.end()) continue;
    out.observed.push_back(pair.observed);
    out.prior.push_back(pair.predicted);
    out.posterior.push_back(found->second.predicted);
  }
  return out;
}

}  // namespace

SiteScore::Skill skill(std::span<const double> observed, std::span<const double> predicted) {
  const double n = double(observed.size());
  double so = 0.0, sp = 0.0;
  for (std::size_t i = 0; i < observed.size(); ++i)  // running means: exact where the values do not differ
    so += (observed[i] - so) / double(i + 1), sp += (predicted[i] - sp) / double(i + 1);
  double oo = 0.0, pp = 0.0, op = 0.0, e2 = 0.0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    const double o = observed[i] - so, p = predicted[i] - sp, e = observed[i] - predicted[i];
    oo += o * o, pp += p * p, op += o * p, e2 += e * e;
  }
  return {oo > 0.0 ? 1.0 - e2 / oo : std::nan(""), std::sqrt(e2 / n), sp - so,
          oo > 0.0 && pp > 0.0 ? op / std::sqrt(oo * pp) : std::nan("")};
}

std::vector<SiteScore> score_sites(const Domain& domain, const std::string& run) {
  Pairs prior = withheld(*domain.comm, run + "/open_loop/feedback");
  Pairs posterior = withheld(*domain.comm, run + "/analysis/feedback");
  keep_withheld_period(domain, prior);
  keep_withheld_period(domain, posterior);
  constexpr std::size_t fewest = 10;  // pairs below which a score says nothing
  std::vector<SiteScore> scores;
  for (const auto& [key, pairs] : prior) {
    const auto found = posterior.find(key);
    if (found == posterior.end()) continue;
    const Common both = common(pairs, found->second);
    if (both.observed.size() < fewest) continue;
    const ObservationOptions& o = *domain.streams.at(key.second).options;
    const auto& sites = domain.experiment->grid.sites;
    const std::string name = key.first < std::int64_t(sites.size()) ? sites[key.first].name : text("point ", key.first);
    scores.push_back({name, o.name, o.assimilate, std::int64_t(both.observed.size()), skill(both.observed, both.prior),
                      skill(both.observed, both.posterior)});
  }
  return scores;
}

}  // namespace tilth

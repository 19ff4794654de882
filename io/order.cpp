#include "io/order.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include "core/base/error.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {

namespace {

/// Values that split the ids of all ranks in about equal parts: one fewer than ranks.
std::vector<std::int64_t> splitters(const Comm& comm, std::vector<std::int64_t> sorted) {
  std::sort(sorted.begin(), sorted.end());
  constexpr std::size_t samples_per_rank = 32;
  const std::size_t taken = std::min(samples_per_rank, sorted.size());
  std::vector<std::int64_t> mine;
  for (std::size_t k = 0; k < taken; ++k) mine.push_back(sorted[(2 * k + 1) * sorted.size() / (2 * taken)]);
  std::vector<std::int64_t> all = comm.all_gather(std::span<const std::int64_t>(mine));
  std::sort(all.begin(), all.end());
  std::vector<std::int64_t> cuts;
  for (int r = 1; r < comm.size() && !all.empty(); ++r) cuts.push_back(all[all.size() * r / comm.size()]);
  return cuts;
}

}  // namespace

GlobalOrder global_order(const Comm& comm, const std::vector<std::int64_t>& ids, const std::string& what) {
  const std::vector<std::int64_t> cuts = splitters(comm, ids);
  std::vector<std::vector<std::int64_t>> out(comm.size());
  std::vector<std::vector<std::size_t>> sent(comm.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto r = std::size_t(std::upper_bound(cuts.begin(), cuts.end(), ids[i]) - cuts.begin());
    out[r].push_back(ids[i]);
    sent[r].push_back(i);
  }
  const std::vector<std::vector<std::int64_t>> in = all_to_all(comm, out);
  std::vector<std::int64_t> sorted;
  for (const auto& list : in) sorted.insert(sorted.end(), list.begin(), list.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  const std::string problem = twice == sorted.end() ? "" : text(what, ": id ", *twice, " occurs twice");
  together(comm, [&] { ensure(problem.empty(), problem); });
  const std::int64_t before = comm.exclusive_scan(std::int64_t(sorted.size()));
  std::vector<std::vector<std::int64_t>> places(comm.size());
  for (std::size_t r = 0; r < in.size(); ++r)
    for (const std::int64_t id : in[r])
      places[r].push_back(before + (std::lower_bound(sorted.begin(), sorted.end(), id) - sorted.begin()));
  const std::vector<std::vector<std::int64_t>> back = all_to_all(comm, places);
  GlobalOrder order{std::vector<std::int64_t>(ids.size()), comm.sum(std::int64_t(sorted.size()))};
  for (std::size_t r = 0; r < sent.size(); ++r)
    for (std::size_t k = 0; k < sent[r].size(); ++k) order.position[sent[r][k]] = back[r][k];
  return order;
}

}  // namespace tilth

#include "core/grid/id_directory.hpp"

#include <algorithm>
#include <cassert>

#include "core/base/error.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {

IdDirectory::IdDirectory(const Comm& comm, const Grid& grid)
    : comm_(comm),
      count_(grid.global_count),
      block_(std::max<std::int64_t>(1, (grid.global_count + comm.size() - 1) / comm.size())) {
  std::vector<std::vector<std::int64_t>> out(std::size_t(comm.size()));  // id, index
  for (std::size_t i = 0; i < grid.points.size(); ++i) {
    assert(grid.points[i].id >= 0 && grid.points[i].id < count_);
    auto& list = out[std::size_t(keeper(grid.points[i].id))];
    list.insert(list.end(), {grid.points[i].id, std::int64_t(i)});
  }
  const auto in = all_to_all(comm, out);
  for (std::size_t r = 0; r < in.size(); ++r)
    for (std::size_t k = 0; k + 1 < in[r].size(); k += 2)
      entries_.push_back({in[r][k], {std::int32_t(r), std::int32_t(in[r][k + 1])}});
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.id < b.id; });
}

void IdDirectory::require_unique() const {
  together(comm_, [&] {
    const auto twice = std::adjacent_find(entries_.begin(), entries_.end(),
                                          [](const Entry& a, const Entry& b) { return a.id == b.id; });
    if (twice != entries_.end())
      throw Error(text("grid point ", twice->id, " is held twice; give every land point its own id"));
  });
}

Location IdDirectory::entry(std::int64_t id) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), id,
                                      [](const Entry& e, std::int64_t wanted) { return e.id < wanted; });
  return found != entries_.end() && found->id == id ? found->at : Location{};
}

std::vector<Location> IdDirectory::locate(const std::vector<std::int64_t>& ids) const {
  std::vector<std::vector<std::int64_t>> asked(std::size_t(comm_.size()));
  std::vector<std::vector<std::size_t>> position(asked.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] < 0 || ids[i] >= count_) continue;
    asked[std::size_t(keeper(ids[i]))].push_back(ids[i]);
    position[std::size_t(keeper(ids[i]))].push_back(i);
  }
  std::vector<std::vector<std::int64_t>> answers(asked.size());  // rank, index
  const auto questions = all_to_all(comm_, asked);
  for (std::size_t r = 0; r < questions.size(); ++r) {
    for (const std::int64_t id : questions[r]) {
      const Location at = entry(id);
      answers[r].insert(answers[r].end(), {at.rank, at.index});
    }
  }
  std::vector<Location> found(ids.size());
  const auto replies = all_to_all(comm_, answers);
  for (std::size_t r = 0; r < replies.size(); ++r)
    for (std::size_t k = 0; k < position[r].size(); ++k)
      found[position[r][k]] = {std::int32_t(replies[r][2 * k]), std::int32_t(replies[r][2 * k + 1])};
  return found;
}

std::vector<Location> locate(const Comm& comm, const Grid& grid, const std::vector<std::int64_t>& ids) {
  return IdDirectory(comm, grid).locate(ids);
}

}  // namespace tilth

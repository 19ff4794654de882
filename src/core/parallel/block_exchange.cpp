#include "core/parallel/block_exchange.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "core/base/error.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {
namespace {

// Even contiguous shares: the first `count % ranks` ranks hold one id more than the others.
struct Shares {
  std::int64_t count, ranks;
  std::int64_t begin(std::int64_t rank) const { return rank * (count / ranks) + std::min(rank, count % ranks); }
  std::size_t holder(std::int64_t id) const {
    const std::int64_t small = count / ranks, longer = count % ranks, split = longer * (small + 1);
    return static_cast<std::size_t>(id < split ? id / (small + 1) : longer + (id - split) / small);
  }
};

using Lists = std::vector<std::vector<double>>;

void exchange(const Comm& comm, const Lists& out, Lists& in) {
  std::vector<std::span<const std::byte>> sent;
  std::vector<std::span<std::byte>> received;
  for (const auto& list : out) sent.push_back(std::as_bytes(std::span(list)));
  for (auto& list : in) received.push_back(std::as_writable_bytes(std::span(list)));
  exchange_bytes(comm, sent, received);
}

// The records of `from` that `places` lists, one list per rank.
template <class Index>
Lists packed(const std::vector<std::vector<Index>>& places, std::span<const double> from, int width) {
  Lists lists(places.size());
  for (std::size_t r = 0; r < places.size(); ++r) {
    lists[r].reserve(places[r].size() * static_cast<std::size_t>(width));
    for (const Index place : places[r]) {
      const auto record = from.subspan(static_cast<std::size_t>(place) * width, width);
      lists[r].insert(lists[r].end(), record.begin(), record.end());
    }
  }
  return lists;
}

template <class Index>
void unpack(const std::vector<std::vector<Index>>& places, const Lists& lists, std::span<double> to, int width) {
  for (std::size_t r = 0; r < places.size(); ++r) {
    auto next = lists[r].begin();
    for (const Index place : places[r]) {
      std::copy_n(next, width, to.begin() + static_cast<std::ptrdiff_t>(place) * width);
      next += width;
    }
  }
}

template <class Index>
Lists sized_for(const std::vector<std::vector<Index>>& places, int width) {
  Lists lists(places.size());
  for (std::size_t r = 0; r < places.size(); ++r) lists[r].resize(places[r].size() * static_cast<std::size_t>(width));
  return lists;
}

}  // namespace

BlockExchange::BlockExchange(const Comm& comm, std::vector<std::int64_t> ids, std::int64_t global_count)
    : comm_(&comm), ids_(std::move(ids)) {
  const Shares shares{global_count, comm.size()};
  begin_ = shares.begin(comm.rank());
  end_ = shares.begin(comm.rank() + 1);
  const auto ranks = static_cast<std::size_t>(comm.size());
  send_.resize(ranks);
  receive_.resize(ranks);
  std::vector<std::vector<std::int64_t>> wanted(ranks);
  together(comm, [&] {
    require(ids_.size() <= std::numeric_limits<std::int32_t>::max(), "one rank owns ", ids_.size(),
            " records, at most 2^31 are possible; use more ranks");
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      require(ids_[i] >= 0 && ids_[i] < global_count, "record id ", ids_[i], ", must be in [0, ", global_count, ")");
      const std::size_t holder = shares.holder(ids_[i]);
      send_[holder].push_back(static_cast<std::int32_t>(i));
      wanted[holder].push_back(ids_[i]);
    }
  });
  receive_ = all_to_all(comm, wanted);
  together(comm, [&] {
    std::vector<bool> taken(static_cast<std::size_t>(block_size()), false);
    for (auto& slots : receive_) {
      for (std::int64_t& slot : slots) {
        slot -= begin_;
        require(!taken[static_cast<std::size_t>(slot)], "record id ", slot + begin_, " has more than one owner");
        taken[static_cast<std::size_t>(slot)] = true;
      }
    }
  });
}

void BlockExchange::to_block(std::span<const double> owned, std::span<double> block, int width) const {
  assert(owned.size() == ids_.size() * static_cast<std::size_t>(width));
  assert(static_cast<std::int64_t>(block.size()) == block_size() * width);
  Lists in = sized_for(receive_, width);
  exchange(*comm_, packed(send_, owned, width), in);
  unpack(receive_, in, block, width);
}

void BlockExchange::to_owner(std::span<const double> block, std::span<double> owned, int width) const {
  assert(owned.size() == ids_.size() * static_cast<std::size_t>(width));
  assert(static_cast<std::int64_t>(block.size()) == block_size() * width);
  Lists in = sized_for(send_, width);
  exchange(*comm_, packed(receive_, block, width), in);
  unpack(send_, in, owned, width);
}

}  // namespace tilth

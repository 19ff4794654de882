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

// Sends `out[r]` to rank r and fills `in[r]`; what stays on this rank is left out.
void exchange(const Comm& comm, const Lists& out, Lists& in) {
  std::vector<std::span<const std::byte>> sent;
  std::vector<std::span<std::byte>> received;
  for (const auto& list : out) sent.push_back(std::as_bytes(std::span(list)));
  for (auto& list : in) received.push_back(std::as_writable_bytes(std::span(list)));
  exchange_bytes(comm, sent, received);
}

// The places whose slots lie in a part.
template <class Place>
std::span<const Place> inside(const std::vector<Place>& places, BlockExchange::Part part) {
  const auto before = [](const Place& place, std::int64_t slot) { return place.slot < slot; };
  const auto first = std::lower_bound(places.begin(), places.end(), part.first, before);
  return {first, std::lower_bound(first, places.end(), part.first + part.count, before)};
}

template <class Place>
Lists sized_for(const std::vector<std::vector<Place>>& places, BlockExchange::Part part, int width, int but) {
  Lists lists(places.size());
  for (int r = 0; r < int(places.size()); ++r)
    if (r != but) lists[r].resize(inside(places[r], part).size() * static_cast<std::size_t>(width));
  return lists;
}

void copy_record(const double* from, std::int64_t i, double* to, std::int64_t j, int width) {
  std::copy_n(from + i * width, width, to + j * width);
}

}  // namespace

BlockExchange::BlockExchange(const Comm& comm, std::vector<std::int64_t> ids, std::int64_t global_count)
    : comm_(&comm), ids_(std::move(ids)) {
  const Shares shares{global_count, comm.size()};
  begin_ = shares.begin(comm.rank());
  end_ = shares.begin(comm.rank() + 1);
  const auto ranks = static_cast<std::size_t>(comm.size());
  longest_ = shares.begin(1);
  send_.resize(ranks);
  receive_.resize(ranks);
  std::vector<std::vector<std::int64_t>> slots(ranks);
  together(comm, [&] {
    require(ids_.size() <= std::numeric_limits<std::int32_t>::max(), "one rank owns ", ids_.size(),
            " records, at most 2^31 are possible; use more ranks");
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      require(ids_[i] >= 0 && ids_[i] < global_count, "record id ", ids_[i], ", must be in [0, ", global_count, ")");
      const std::size_t holder = shares.holder(ids_[i]);
      send_[holder].push_back({ids_[i] - shares.begin(std::int64_t(holder)), static_cast<std::int32_t>(i)});
    }
    for (std::size_t r = 0; r < ranks; ++r) {
      std::sort(send_[r].begin(), send_[r].end(), [](const Place& a, const Place& b) { return a.slot < b.slot; });
      for (const Place& place : send_[r]) slots[r].push_back(place.slot);
    }
  });
  slots = all_to_all(comm, slots);
  together(comm, [&] {
    std::vector<bool> taken(static_cast<std::size_t>(block_size()), false);
    for (std::size_t r = 0; r < ranks; ++r) {
      for (const std::int64_t slot : slots[r]) {
        require(!taken[static_cast<std::size_t>(slot)], "record id ", slot + begin_, " has more than one owner");
        taken[static_cast<std::size_t>(slot)] = true;
        receive_[r].push_back({slot, 0});
      }
    }
  });
}

BlockExchange::Part BlockExchange::within_block(Part part) const {
  const std::int64_t first = std::min(part.first, block_size());
  return {first, std::min(part.count, block_size() - first)};
}

void BlockExchange::to_block(std::span<const double> owned, std::span<double> block, int width) const {
  to_block(owned, block, width, {0, longest_});
}

void BlockExchange::to_owner(std::span<const double> block, std::span<double> owned, int width) const {
  to_owner(block, owned, width, {0, longest_});
}

void BlockExchange::to_block(std::span<const double> owned, std::span<double> block, int width, Part part) const {
  assert(owned.size() == ids_.size() * static_cast<std::size_t>(width));
  assert(static_cast<std::int64_t>(block.size()) == within_block(part).count * width);
  const int me = comm_->rank();
  Lists in = sized_for(receive_, part, width, me), out = sized_for(send_, part, width, me);
  for (int r = 0; r < int(out.size()); ++r) {
    std::int64_t next = 0;
    for (const Place& p : inside(send_[r], part))
      if (r == me)
        copy_record(owned.data(), p.record, block.data(), p.slot - part.first, width);
      else
        copy_record(owned.data(), p.record, out[r].data(), next++, width);
  }
  exchange(*comm_, out, in);
  for (int r = 0; r < int(in.size()); ++r) {
    std::int64_t next = 0;
    if (r == me) continue;
    for (const Place& p : inside(receive_[r], part))
      copy_record(in[r].data(), next++, block.data(), p.slot - part.first, width);
  }
}

void BlockExchange::to_owner(std::span<const double> block, std::span<double> owned, int width, Part part) const {
  assert(owned.size() == ids_.size() * static_cast<std::size_t>(width));
  assert(static_cast<std::int64_t>(block.size()) == within_block(part).count * width);
  const int me = comm_->rank();
  Lists in = sized_for(send_, part, width, me), out = sized_for(receive_, part, width, me);
  for (int r = 0; r < int(out.size()); ++r) {
    std::int64_t next = 0;
    if (r == me) continue;
    for (const Place& p : inside(receive_[r], part))
      copy_record(block.data(), p.slot - part.first, out[r].data(), next++, width);
  }
  exchange(*comm_, out, in);
  for (int r = 0; r < int(in.size()); ++r) {
    std::int64_t next = 0;
    for (const Place& p : inside(send_[r], part))
      if (r == me)
        copy_record(block.data(), p.slot - part.first, owned.data(), p.record, width);
      else
        copy_record(in[r].data(), next++, owned.data(), p.record, width);
  }
}

}  // namespace tilth

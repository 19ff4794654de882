#pragma once

#include <functional>

#include "assim/calibration/search.hpp"
#include "driver/calibrate/methods/calibration_method.hpp"

namespace tilth {

/// J of the results, in their order.
inline calibration::Vector values_of(std::span<const SetResult> results) {
  calibration::Vector values(calibration::Index(results.size()));
  for (calibration::Index i = 0; i < values.size(); ++i) values(i) = results[std::size_t(i)].J;
  return values;
}

/// A search that looks at values only, with what `describe` makes of it at its end.
template <class S>
class ValueSearch final : public CalibrationSearch {
 public:
  ValueSearch(S search, std::function<SearchResult(const S&)> describe)
      : search_(std::move(search)), describe_(std::move(describe)) {}
  SearchRequest ask() const override { return {SearchRequest::What::cost, search_.ask()}; }
  void tell(std::span<const SetResult> results) override { search_.tell(values_of(results)); }
  bool finished() const override { return search_.finished(); }
  SearchResult result() const override { return describe_(search_); }

 private:
  S search_;
  std::function<SearchResult(const S&)> describe_;
};

/// What every search with a record knows.
template <class S>
SearchResult best_of(const S& search) {
  SearchResult out;
  out.best = search.record().best;
  out.value = search.record().value;
  return out;
}

}  // namespace tilth

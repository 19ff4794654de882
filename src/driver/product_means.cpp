#include "driver/product_means.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace tilth {

ProductMeans::ProductMeans(const Domain& domain, int members)
    : domain_(&domain),
      on_(domain.experiment->output.products.on && domain.experiment->output.products.every == "month"),
      sum_(on_ ? experiment_products(domain) : std::vector<ProductDefinition>{}, domain.columns(), members) {
  clear();
}

void ProductMeans::clear() {
  sum_.clear();
  increment_.assign(sum_.definitions().size(), std::vector<double>(std::size_t(domain_->columns()), 0.0));
  days_ = 0;
}

bool ProductMeans::add(const Products& products, int slice, const Diagnostics& diagnostics) {
  const ProductSlice& span = products.slices()[std::size_t(slice)];
  if (days_ == 0) begin_ = span.begin;
  sum_.add(products, slice, span.days());
  for (std::size_t p = 0; p < increment_.size() && sum_.members() > 1; ++p) {
    const std::vector<double> change = diagnostics.increment(int(p), products, slice);
    for (std::size_t c = 0; c < change.size(); ++c) increment_[p][c] += span.days() * change[c];
  }
  days_ += std::int64_t(span.days());
  const bool complete = date_of(span.end).month != date_of(span.begin).month ||
                        span.end >= domain_->experiment->window_end(domain_->experiment->windows() - 1);
  if (!complete) return false;
  sum_.set_slices({{begin_, span.end}});
  sum_.finish();
  for (auto& columns : increment_)
    for (double& x : columns) x /= double(days_);
  return true;
}

std::vector<double> ProductMeans::increment(int p) const { return increment_[std::size_t(p)]; }

int ProductMeans::width() const { return int(sum_.definitions().size()) * (sum_.members() + 1); }

void ProductMeans::queue(CheckpointWriter& file, std::vector<double>& buffer) const {
  if (!on_) return;
  buffer.clear();
  for (int c = 0; c < domain_->columns(); ++c)
    for (int p = 0; p < int(sum_.definitions().size()); ++p) {
      buffer.insert(buffer.end(), sum_.row(c, p), sum_.row(c, p) + sum_.members());
      buffer.push_back(increment_[std::size_t(p)][std::size_t(c)]);
    }
  file.attribute("product_begin", begin_.seconds);
  file.attribute("product_days", days_);
  file.distributed("product_sums", *domain_->by_point, width(), buffer);
}

void ProductMeans::restore(const CheckpointReader& file, const std::string& path) {
  if (!on_) return;
  require(file.has("product_sums") && file.dimensions("product_sums").at(1) == width(), path,
          ": is of a run whose products are not months, or other ones; restore output.products, or start anew without "
          "--resume");
  std::vector<double> buffer(std::size_t(domain_->columns()) * std::size_t(width()));
  file.distributed("product_sums", *domain_->by_point, width(), buffer);
  begin_ = {file.integer("product_begin")};
  days_ = file.integer("product_days");
  const int members = sum_.members();
  const double* at = buffer.data();
  for (int c = 0; c < domain_->columns(); ++c)
    for (int p = 0; p < int(sum_.definitions().size()); ++p) {
      for (int k = 0; k < padded(members); ++k) sum_.row(c, p)[k] = at[std::min(k, members - 1)];
      increment_[std::size_t(p)][std::size_t(c)] = at[members];
      at += members + 1;
    }
}

}  // namespace tilth

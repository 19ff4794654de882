#include "driver/product_output.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "driver/column_parameters.hpp"

namespace tilth {

namespace {

const ProductOptions& options_of(const Members& members) { return members.domain().experiment->output.products; }

/// Describes variables of one product: its statistics over the members.
class Statistics {
 public:
  Statistics(const ProductDefinition& d, bool packed, std::vector<ProductVariable>& out)
      : d_(d), packed_(packed), out_(out) {}
  void add(const std::string& name, const std::string& standard_name, const std::string& long_name,
           const std::string& members, double lower, double upper) {
    const std::string method = "area: mean where land time: mean" + (members.empty() ? "" : " realization: " + members);
    out_.push_back({name, standard_name, long_name, d_.units, method, packed_ ? lower : 0.0, packed_ ? upper : 0.0});
  }

 private:
  const ProductDefinition& d_;
  bool packed_;
  std::vector<ProductVariable>& out_;
};

void add_statistics(const ProductDefinition& d, const ProductOptions& options, bool ensemble,
                    std::vector<ProductVariable>& out) {
  Statistics s(d, options.packing == "short", out);
  const double lower = d.packed_lower, upper = d.packed_upper, half = 0.5 * (upper - lower);
  if (!ensemble) return s.add(d.name, d.standard_name, d.long_name, "", lower, upper);
  s.add(d.name + "_mean", d.standard_name, "ensemble mean of " + d.long_name, "mean", lower, upper);
  s.add(d.name + "_sd", "", "ensemble standard deviation of " + d.long_name, "standard_deviation", 0.0, half);
  for (const double q : options.quantiles)
    s.add(d.name + "_" + quantile_name(q), "", quantile_words(q) + " of " + d.long_name, "", lower, upper);
  s.add(d.name + "_increment", "", "analysis minus forecast of " + d.long_name, "mean", -half, half);
}

ProductVariable member_variable(const ProductDefinition& d, const ProductOptions& options, int members) {
  const bool packed = options.packing == "short";
  return {d.name,
          d.standard_name,
          d.long_name,
          d.units,
          "area: mean where land time: mean",
          packed ? d.packed_lower : 0.0,
          packed ? d.packed_upper : 0.0,
          members};
}

/// What belongs to a window as a whole: parameters at its end, and what its analysis did.
std::vector<ProductVariable> window_variables(const Members& members, bool maps_analysis) {
  std::vector<ProductVariable> out = column_parameter_variables(members);
  if (members.size() > 1)
    out.push_back({"members_replaced", "", "days of members that failed and took over the state of another", "1",
                   "area: mean where land time: sum"});
  if (!maps_analysis) return out;
  const char* method = "area: mean where land time: mean";
  out.push_back({"local_observations", "", "observations that moved the column", "1", method});
  out.push_back({"prior_inflation", "", "adaptive factor on the prior covariance", "1", method});
  return out;
}

Attributes file_attributes(const Domain& domain, const std::string& interval) {
  const std::string frequency =
      interval == "window" ? format_duration(domain.experiment->time.window_s) : "1 " + interval;
  return {{"source", text("Tilth ", TILTH_VERSION, ", model '", domain.model->traits().name, "'")},
          {"tilth_version", std::string(TILTH_VERSION)},
          {"references", std::string("docs/file-formats.md of Tilth")},
          {"frequency", frequency}};
}

}  // namespace

ProductOutput::ProductOutput(const Members& members, std::span<const ProductDefinition> definitions,
                             const std::string& folder, const std::string& label, WindowAnalysis* analysis, bool append)
    : members_(members), analysis_(analysis) {
  const Domain& domain = members.domain();
  const ProductOptions& options = options_of(members);
  std::vector<ProductVariable> variables;
  for (const ProductDefinition& d : definitions) add_statistics(d, options, members.size() > 1, variables);
  std::vector<ProductVariable> of_windows = window_variables(members, analysis != nullptr);
  const std::string title = domain.experiment->run.name + ": " + label;
  if (options.every == "window") {
    for (ProductVariable& v : of_windows) variables.push_back(std::move(v));
  } else if (!of_windows.empty()) {
    windows_.emplace(*domain.comm, folder + "/windows.nc", domain.grid, std::move(of_windows), title + ", windows",
                     append, file_attributes(domain, "window"));
  }
  if (options.members && members.size() > 1) {
    std::vector<ProductVariable> all;
    for (const ProductDefinition& d : definitions) all.push_back(member_variable(d, options, members.size()));
    of_members_.emplace(*domain.comm, folder + "/members.nc", domain.grid, std::move(all), title + ", members", append,
                        file_attributes(domain, options.every));
  }
  products_.emplace(*domain.comm, folder + "/products.nc", domain.grid, std::move(variables), title, append,
                    file_attributes(domain, options.every));
}

template <class Increment>
ProductOutput::Columns ProductOutput::values(const Products& products, int slice, const Increment& increment) const {
  Columns values;
  for (int p = 0; p < int(products.definitions().size()); ++p) {
    values.push_back(products.mean(p, slice));
    if (members_.size() == 1) continue;
    values.push_back(products.sd(p, slice));
    for (const double q : options_of(members_).quantiles) values.push_back(products.quantile(p, q, slice));
    values.push_back(increment(p));
  }
  return values;
}

ProductOutput::Columns ProductOutput::member_values(const Products& products, int slice) const {
  Columns values(products.definitions().size());
  for (int p = 0; p < int(values.size()); ++p)
    for (int c = 0; c < products.columns(); ++c) {
      const double* x = products.row(c, p, slice);
      values[std::size_t(p)].insert(values[std::size_t(p)].end(), x, x + products.members());
    }
  return values;
}

void ProductOutput::write_record(Time begin, Time end, const Products& products, int slice, const Columns& record) {
  products_->write(begin, end, record);
  if (of_members_) of_members_->write(begin, end, member_values(products, slice));
}

ProductOutput::Columns ProductOutput::window_values(std::span<const std::int64_t> replaced) const {
  Columns values = column_parameter_values(members_);
  if (members_.size() > 1) values.emplace_back(replaced.begin(), replaced.end());
  if (!analysis_) return values;
  const auto& count = analysis_->local_observations();
  const int columns = members_.domain().columns();
  std::vector<double> observations(columns, 0.0), inflation;
  std::copy(count.begin(), count.end(), observations.begin());
  for (int c = 0; c < columns; ++c) inflation.push_back(analysis_->inflation().lambda(c));
  values.push_back(std::move(observations));
  values.push_back(std::move(inflation));
  return values;
}

void ProductOutput::write(Time begin, Time end, const Products& products, ProductMeans& means,
                          const Diagnostics& diagnostics, std::span<const std::int64_t> replaced) {
  Columns of_window = window_values(replaced);
  const bool joined = options_of(members_).every == "window";
  for (int s = 0; s < int(products.slices().size()); ++s) {
    const ProductSlice& span = products.slices()[std::size_t(s)];
    if (means.is_on()) {
      if (!means.add(products, s, diagnostics)) continue;
      write_record(means.begin(), span.end, means.mean(), 0,
                   values(means.mean(), 0, [&](int p) { return means.increment(p); }));
      means.clear();
      continue;
    }
    Columns record = values(products, s, [&](int p) { return diagnostics.increment(p, products, s); });
    if (joined)
      for (auto& column : of_window) record.push_back(std::move(column));
    write_record(span.begin, span.end, products, s, record);
  }
  if (windows_) windows_->write(begin, end, of_window);
}

void ProductOutput::sync() {
  products_->sync();
  if (windows_) windows_->sync();
  if (of_members_) of_members_->sync();
}

}  // namespace tilth

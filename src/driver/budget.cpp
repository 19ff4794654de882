#include "driver/budget.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/error.hpp"
#include "core/parallel/reproducible_sum.hpp"

namespace tilth {

namespace {

/// A flux into (sign 1) or out of (-1) a store; of energy, the balance at the surface.
struct FluxTerm {
  const char* name;
  double sign;
  const char* store;
};
constexpr std::array flux_terms{FluxTerm{"precipitation", 1.0, "water"},
                                FluxTerm{"evapotranspiration", -1.0, "water"},
                                FluxTerm{"surface_runoff", -1.0, "water"},
                                FluxTerm{"drainage", -1.0, "water"},
                                FluxTerm{"gpp", 1.0, "carbon"},
                                FluxTerm{"autotrophic_respiration", -1.0, "carbon"},
                                FluxTerm{"heterotrophic_respiration", -1.0, "carbon"},
                                FluxTerm{"seed_carbon", 1.0, "carbon"},
                                FluxTerm{"net_radiation", 1.0, "energy"},
                                FluxTerm{"latent_heat_flux", -1.0, "energy"},
                                FluxTerm{"sensible_heat_flux", -1.0, "energy"},
                                FluxTerm{"ground_heat_flux", -1.0, "energy"}};
constexpr std::array water_rows{"soil_water", "snow_ice", "snow_liquid", "canopy_water", "pond"};
constexpr std::array carbon_rows{"carbon_labile", "carbon_leaf", "carbon_root",      "carbon_wood",
                                 "carbon_litter", "carbon_cwd",  "carbon_soil_fast", "carbon_soil_slow"};

const FluxTerm& term_of(const std::string& name) {
  return *std::find_if(flux_terms.begin(), flux_terms.end(), [&](const FluxTerm& t) { return name == t.name; });
}

std::string_view units_of(std::string_view store) {
  return store == "water" ? "kg m-2" : store == "carbon" ? "g m-2" : "W m-2";
}

// Whether the model has all fluxes of a store; precipitation is not the model's.
bool has_budget(const StateLayout& layout, std::string_view store) {
  return std::all_of(flux_terms.begin(), flux_terms.end(), [&](const FluxTerm& t) {
    return store != t.store || std::string_view(t.name) == "precipitation" || layout.has(t.name);
  });
}

template <class Names>
std::vector<int> rows_of(const StateLayout& layout, const Names& names) {
  std::vector<int> rows;
  for (const char* name : names)
    if (layout.has(name)) rows.push_back(layout.row(name));
  return rows;
}

}  // namespace

std::vector<ProductDefinition> budget_fluxes(const StateLayout& layout) {
  std::vector<ProductDefinition> out;
  for (const FluxTerm& t : flux_terms) {
    if (!has_budget(layout, t.store)) continue;
    ProductDefinition d{t.name, "", "", std::string(units_of(t.store)), {}, 0.0, 0.0};
    if (layout.has(t.name)) d.terms = {{layout.row(t.name), 1.0}};
    out.push_back(d);
  }
  return out;
}

Budget::Budget(const Domain& domain) : domain_(&domain) {
  const StateLayout& layout = domain.model->traits().layout;
  for (const GridPoint& p : domain.grid.points) area_.push_back(p.area_m2);
  total_area_ = reproducible_sum(*domain.comm, area_);
  if (has_budget(layout, "water")) stores_.push_back({"water", "kg m-2", rows_of(layout, water_rows)});
  if (has_budget(layout, "carbon")) stores_.push_back({"carbon", "g m-2", rows_of(layout, carbon_rows)});
  fluxes_ = budget_fluxes(layout);
  describe();
}

void Budget::describe() {
  columns_ = {{"cycle", "1", "number of the window"},
              {"time", "seconds since 1970-01-01 00:00:00", "end of the window"}};
  for (const Store& s : stores_) {
    columns_.push_back({s.name + "_begin", s.units, s.name + " stored at the start of the window"});
    for (const ProductDefinition& d : fluxes_)
      if (term_of(d.name).store == s.name)
        columns_.push_back({d.name, s.units, d.name + (term_of(d.name).sign > 0.0 ? ", in" : ", out") + ", sum"});
    columns_.push_back({s.name + "_increment", s.units, s.name + " that the analysis added"});
    columns_.push_back({s.name + "_end", s.units, s.name + " stored at the end of the window, after the analysis"});
    columns_.push_back({s.name + "_residual", s.units, "end - begin - in + out - increment"});
    columns_.push_back({s.name + "_largest_step", s.units, "largest residual of a step of a member"});
  }
  bool energy = false;
  for (const ProductDefinition& d : fluxes_)
    if (std::string_view(term_of(d.name).store) == "energy") {
      columns_.push_back({d.name, "W m-2", d.name + ", mean"});
      energy = true;
    }
  if (!energy) return;
  columns_.push_back(
      {"energy_residual", "W m-2",
       "net radiation less latent, sensible and ground heat: what warms the canopy and melts or freezes"});
  columns_.push_back({"energy_largest_step", "W m-2", "largest residual of the surface balance of a step of a member"});
}

double Budget::stored(Members& members, const Store& store) const {
  std::vector<double> amount;
  for (int c = 0; c < domain_->columns(); ++c) {
    const ColumnView column = members.state.column(c);
    double sum = 0.0;
    for (int t = 0; t < column.tiles(); ++t)
      for (const int r : store.rows)
        for (int k = 0; k < members.size(); ++k)
          sum += domain_->grid.points[std::size_t(c)].surface.tiles[std::size_t(t)].fraction * column.row(t, r)[k];
    amount.push_back(area_[std::size_t(c)] * sum / members.size());
  }
  return reproducible_sum(*domain_->comm, amount) / total_area_;
}

void Budget::start(Members& members) {
  for (Store& s : stores_) s.now = stored(members, s);
  started_ = true;
}

void Budget::add(std::int64_t cycle, Time end, Members& members, const Products& products,
                 const AnalysisSummary& summary, const StepReport& steps) {
  if (stores_.empty()) return;
  // Sum over the slices of mean x days, area mean.
  const auto flux = [&](std::size_t f) {
    std::vector<double> amount(area_.size(), 0.0);
    for (int s = 0; s < int(products.slices().size()); ++s) {
      const std::vector<double> mean = products.mean(int(products.definitions().size() + f), s);
      for (std::size_t c = 0; c < amount.size(); ++c) amount[c] += products.slices()[std::size_t(s)].days() * mean[c];
    }
    for (std::size_t c = 0; c < amount.size(); ++c) amount[c] *= area_[c];
    return reproducible_sum(*domain_->comm, amount) / total_area_;
  };
  values_.push_back(double(cycle));
  values_.push_back(double(end.seconds));
  for (Store& s : stores_) {
    const bool water = s.name == "water";
    const double begin = s.now, increment = water ? summary.water_increment_kg_m2 : summary.carbon_increment_g_m2;
    values_.push_back(begin);
    double change = increment;
    for (std::size_t f = 0; f < fluxes_.size(); ++f) {
      if (term_of(fluxes_[f].name).store != s.name) continue;
      const double amount = flux(f);
      values_.push_back(amount);
      change += term_of(fluxes_[f].name).sign * amount;
    }
    s.now = stored(members, s);
    values_.insert(values_.end(),
                   {increment, s.now, s.now - begin - change,
                    domain_->comm->max(water ? steps.water_residual_kg_m2 : steps.carbon_residual_g_m2)});
  }
  double days = 0.0, open = 0.0;
  for (const ProductSlice& s : products.slices()) days += s.days();
  bool energy = false;
  for (std::size_t f = 0; f < fluxes_.size(); ++f) {
    if (std::string_view(term_of(fluxes_[f].name).store) != "energy") continue;
    const double mean = flux(f) / days;
    values_.push_back(mean);
    open += term_of(fluxes_[f].name).sign * mean;
    energy = true;
  }
  if (energy) values_.insert(values_.end(), {open, domain_->comm->max(steps.energy_residual_w_m2)});
}

void Budget::write(const std::string& folder) const {
  if (values_.empty()) return;
  std::vector<TableColumn> table;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::vector<double> values;
    for (std::size_t at = i; at < values_.size(); at += columns_.size()) values.push_back(values_[at]);
    table.push_back({columns_[i].name, columns_[i].units, columns_[i].about, std::move(values)});
  }
  write_table(*domain_->comm, folder + "/budget.nc", "row", table,
              {{"title", domain_->experiment->run.name + ": budgets per window, ensemble and area means"},
               {"land_area_m2", total_area_}});
}

std::vector<double> Budget::numbers() const {
  std::vector<double> out;
  if (!started_) return out;
  for (const Store& s : stores_) out.push_back(s.now);
  out.insert(out.end(), values_.begin(), values_.end());
  return out;
}

void Budget::restore(const std::vector<double>& numbers) {
  ensure(numbers.size() >= stores_.size() && (numbers.size() - stores_.size()) % columns_.size() == 0,
         "restart: the budget has another size");
  for (std::size_t i = 0; i < stores_.size(); ++i) stores_[i].now = numbers[i];
  started_ = true;
  values_.assign(numbers.begin() + std::ptrdiff_t(stores_.size()), numbers.end());
}

}  // namespace tilth

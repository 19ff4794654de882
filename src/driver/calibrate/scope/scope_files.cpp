#include <cmath>
#include <fstream>

#include "core/base/error.hpp"
#include "driver/calibrate/scope/scope_results.hpp"

namespace tilth {
namespace {

using calibration::Index;

const char* const kinds_of_sites[] = {"training", "held_out"};

// Columns filled row by row.
struct Words {
  std::string name, about;
  std::vector<std::string> values;
};
struct Numbers {
  std::string name, about;
  std::vector<double> values;
  std::string units = "1";
};

Table table_of(std::string name, std::vector<Words> words, std::vector<Numbers> numbers) {
  Table out{std::move(name), {}};
  for (Words& w : words) out.columns.push_back({w.name, "", w.about, std::move(w.values)});
  for (Numbers& n : numbers) out.columns.push_back({n.name, n.units, n.about, std::move(n.values)});
  return out;
}

std::vector<Numbers> score_columns() {
  return {{"n", "number of pairs", {}},
          {"rmse", "root mean square error, in units of the stream", {}},
          {"bias", "mean error, in units of the stream", {}},
          {"r", "correlation", {}},
          {"nse", "Nash-Sutcliffe efficiency", {}},
          {"kge", "Kling-Gupta efficiency", {}}};
}

void add(std::vector<Numbers>& columns, const ScaleScore& score) {
  for (int k = 0; k < ScaleScore::count; ++k) columns[std::size_t(k)].values.push_back(score.begin()[k]);
}

std::vector<Words> score_words() {
  return {{"scope", "who shares parameters", {}},
          {"sites", "whether the sites took part in the calibration", {}},
          {"stream", "observations", {}},
          {"years", "training, or withheld for validation", {}},
          {"scale", "time scale of the means compared", {}}};
}

void add(std::vector<Words>& words, const std::vector<std::string>& values) {
  for (std::size_t k = 0; k < values.size(); ++k) words[k].values.push_back(values[k]);
}

Table median_table(const std::vector<ScopeMedian>& medians) {
  std::vector<Words> words = score_words();
  std::vector<Numbers> numbers = score_columns();
  Numbers sites{"count", "sites with a score", {}};
  for (const ScopeMedian& m : medians) {
    add(words, {m.scope, kinds_of_sites[m.held_out], m.stream, years_words[std::size_t(m.years)],
                scale_words[std::size_t(m.scale)]});
    add(numbers, m.median);
    sites.values.push_back(double(m.sites));
  }
  numbers.push_back(std::move(sites));
  return table_of("median", std::move(words), std::move(numbers));
}

Table site_table(const SiteRuns& runs, const std::vector<ScopeSiteScores>& all) {
  std::vector<Words> words = score_words();
  words.push_back({"site", "name", {}});
  std::vector<Numbers> numbers = score_columns();
  for (const ScopeSiteScores& one : all)
    for (int s = 0; s < one.scores.streams(); ++s)
      for (const Years years : {Years::training, Years::validation})
        for (int scale = 0; scale < scale_count; ++scale) {
          const ScaleScore& score = one.scores.at(s, years, Scale(scale));
          if (!(score.n > 0.0)) continue;
          add(words, {one.scope, kinds_of_sites[one.held_out], runs.streams()[std::size_t(s)],
                      years_words[std::size_t(years)], scale_words[std::size_t(scale)], runs.name(one.site)});
          add(numbers, score);
        }
  return table_of("score", std::move(words), std::move(numbers));
}

Table parameter_table(const SiteRuns& runs, const ScopeSites& sites, const ScopeResults& results) {
  std::vector<Words> words{{"scope", "who shares parameters", {}},
                           {"sites", "whether the site took part in the calibration", {}},
                           {"site", "name", {}},
                           {"pft", "plant functional type of the values", {}},
                           {"parameter", "name", {}},
                           {"units", "of the value", {}}};
  std::vector<Numbers> numbers{{"z", "distance from the default in prior standard deviations", {}},
                               {"spread", "of z over a network ensemble; at scope site by curvature", {}},
                               {"value", "physical, of the dominant type", {}, ""},
                               {"z_truth", "of a twin", {}}};
  for (const ScopeParameters& scope : results.parameters)
    for (std::size_t i = 0; i < scope.sites.size(); ++i)
      for (std::size_t k = 0; k < runs.parameters().size(); ++k) {
        const int site = scope.sites[i];
        const double z = scope.z(Index(i), Index(k));
        const GroupFit& fit = sites.optima[std::size_t(site)];
        const bool curvature = scope.scope == "site" && !fit.failed;
        add(words, {scope.scope, kinds_of_sites[scope.fold >= 0], runs.name(site),
                    pft_names[std::size_t(sites.pft[std::size_t(site)])], runs.parameters()[k].name,
                    runs.parameters()[k].units});
        numbers[0].values.push_back(z);
        numbers[1].values.push_back(curvature ? std::sqrt(fit.covariance(Index(k), Index(k)))
                                              : scope.spread(Index(i), Index(k)));
        numbers[2].values.push_back(runs.physical(site, int(k), z));
        numbers[3].values.push_back(results.truth.size() > 0 ? results.truth(site, Index(k)) : double(NAN));
      }
  return table_of("parameter", std::move(words), std::move(numbers));
}

Table importance_table(const std::vector<FeatureImportance>& all) {
  std::vector<Words> words{{"scope", "kind of network", {}}, {"feature", "name", {}}};
  std::vector<Numbers> numbers{{"mean", "loss that exchanging the feature between sites adds", {}},
                               {"spread", "standard deviation over the networks", {}}};
  for (const FeatureImportance& one : all) {
    add(words, {one.scope, one.feature});
    numbers[0].values.push_back(one.mean);
    numbers[1].values.push_back(one.spread);
  }
  return table_of("importance", std::move(words), std::move(numbers));
}

Table fold_table(const SiteRuns& runs, const ScopeSites& sites) {
  std::vector<Words> words{{"site", "name", {}}, {"pft", "dominant plant functional type", {}}};
  std::vector<Numbers> numbers{
      {"fold", "part that it is held out with; -1: not used, for it fails or has no data", {}}};
  for (int site = 0; site < runs.sites(); ++site) {
    add(words, {runs.name(site), pft_names[std::size_t(sites.pft[std::size_t(site)])]});
    numbers[0].values.push_back(double(sites.fold_of[std::size_t(site)]));
  }
  for (std::size_t f = 0; f < sites.features.names.size(); ++f) {
    Numbers column{sites.features.names[f], "feature", {}, ""};
    for (int site = 0; site < runs.sites(); ++site) column.values.push_back(sites.features.values(site, Index(f)));
    numbers.push_back(std::move(column));
  }
  return table_of("site", std::move(words), std::move(numbers));
}

void write_csv(const std::string& path, const Table& table) {
  std::ofstream out(path);
  out.precision(8);
  std::size_t rows = 0;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const TableColumn& column = table.columns[c];
    out << (c ? "," : "") << column.name;
    rows = std::visit([](const auto& values) { return values.size(); }, column.values);
  }
  for (std::size_t i = 0; i < rows; ++i) {
    out << '\n';
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      std::visit([&](const auto& values) { out << (c ? "," : "") << values[i]; }, table.columns[c].values);
  }
  out << '\n';
  require(out.good(), path, ": cannot be written; is the disk full?");
}

}  // namespace

void write_scopes(const Comm& comm, const std::string& folder, const SiteRuns& runs, const ScopeSites& sites,
                  const ScopeResults& results) {
  const std::vector<Table> tables{median_table(results.medians), site_table(runs, results.scores),
                                  parameter_table(runs, sites, results), importance_table(results.importance),
                                  fold_table(runs, sites)};
  write_tables(comm, folder + "/scopes.nc", tables, {{"title", std::string("scope experiments of a calibration")}});
  together(comm, [&] {
    if (!comm.root()) return;
    write_csv(folder + "/scopes.csv", tables[0]);
    write_csv(folder + "/scope_sites.csv", tables[1]);
    write_csv(folder + "/scope_parameters.csv", tables[2]);
    write_csv(folder + "/features.csv", tables[4]);
  });
}

}  // namespace tilth

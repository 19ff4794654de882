// Searches that compare values of many sets: evolution strategy, genetic algorithm, Bayesian optimisation.
#include "assim/calibration/optimise/cma_restarts.hpp"
#include "assim/calibration/optimise/expected_improvement.hpp"
#include "assim/calibration/optimise/genetic.hpp"
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/search_method.hpp"
#include "driver/calibrate/methods/value_search.hpp"

namespace tilth {

using calibration::Index;

namespace {

struct CmaSettings {
  int population = 0, evaluations = 5000, doublings = 9;
  double sigma = 0.3, tolerance = 1e-10;
  std::string restarts = "bipop";
  void describe(Schema& s) {
    s.integer("population", population).in(0, 100000).about("Sets per generation; 0: 4 + 3 log(parameters).");
    s.integer("evaluations", evaluations).in(1, 1000000000).about("Most runs, over all restarts.");
    s.text("restarts", restarts)
        .one_of({"none", "ipop", "bipop"})
        .about("Restarts: none, with the population doubled each time, or large and small ones in turn.");
    s.integer("doublings", doublings).in(0, 30).about("Most doublings of the population.");
    s.real("sigma", sigma).in(1e-6, 10.0).about("First step, in widths of the box.");
    s.real("tolerance", tolerance).above(0.0).about("A run ends when recent best values of J differ by less.");
  }
};

std::unique_ptr<CalibrationSearch> cma_search(const SearchSetting& s, const CmaSettings& o) {
  calibration::CmaRestartOptions options;
  using R = calibration::Restarts;
  options.restarts = o.restarts == "none" ? R::none : o.restarts == "ipop" ? R::ipop : R::bipop;
  options.most_doublings = o.doublings;
  options.sigma = o.sigma;
  options.search.population = o.population;
  options.search.most_evaluations = o.evaluations;
  options.search.value_tolerance = o.tolerance;
  options.search.seed = s.seed;
  return std::make_unique<ValueSearch<calibration::CmaRestarts>>(
      calibration::CmaRestarts(s.box, s.start, options), [](const calibration::CmaRestarts& search) {
        SearchResult out = best_of(search);
        out.optima = search.optima();
        out.optimum_values = Eigen::Map<const calibration::Vector>(search.optimum_values().data(),
                                                                   Index(search.optimum_values().size()));
        return out;
      });
}

struct GeneticSettings {
  int population = 40, generations = 100, elite = 2;
  double crossover = 0.9;
  void describe(Schema& s) {
    s.integer("population", population).in(4, 1000000).about("Sets per generation; an even number.");
    s.integer("generations", generations).in(1, 1000000).about("Generations.");
    s.integer("elite", elite).in(0, 1000).about("Best sets that survive as they are.");
    s.real("crossover", crossover).in(0.0, 1.0).about("Probability that a pair is crossed.");
    if (!s.is_reading()) return;
    require(population % 2 == 0, s.where(), ".population = ", population, ", must be even");
    require(elite < population, s.where(), ".elite = ", elite, ", must be less than the population");
  }
};

std::unique_ptr<CalibrationSearch> genetic_search(const SearchSetting& s, const GeneticSettings& o) {
  calibration::GeneticOptions options;
  options.population = o.population;
  options.generations = o.generations;
  options.elite = o.elite;
  options.crossover = o.crossover;
  options.seed = s.seed;
  return std::make_unique<ValueSearch<calibration::Genetic>>(calibration::Genetic(s.box, s.start, options),
                                                             best_of<calibration::Genetic>);
}

struct BayesianSettings {
  int first = 0, batch = 4, steps = 20, candidates = 2000;
  void describe(Schema& s) {
    s.integer("first", first).in(0, 100000).about("Runs of the first design; 0: 5 per parameter.");
    s.integer("batch", batch).in(1, 1000).about("Runs per step.");
    s.integer("steps", steps).in(1, 100000).about("Steps.");
    s.integer("candidates", candidates).in(10, 10000000).about("Points whose expected improvement is compared.");
  }
};

std::unique_ptr<CalibrationSearch> bayesian_search(const SearchSetting& s, const BayesianSettings& o) {
  calibration::BayesOptions options;
  options.first = o.first;
  options.batch = o.batch;
  options.steps = o.steps;
  options.candidates = o.candidates;
  options.seed = s.seed;
  return std::make_unique<ValueSearch<calibration::BayesSearch>>(calibration::BayesSearch(s.box, s.start, options),
                                                                 best_of<calibration::BayesSearch>);
}

}  // namespace

namespace calibration_method {

const Plugin<CalibrationMethod> cma_es = plugin<CalibrationMethod, SearchMethod<CmaSettings, cma_search>>(
    "evolution strategy with covariance matrix adaptation and restarts");
const Plugin<CalibrationMethod> genetic =
    plugin<CalibrationMethod, SearchMethod<GeneticSettings, genetic_search>>("real-coded genetic algorithm");
const Plugin<CalibrationMethod> bayesian = plugin<CalibrationMethod, SearchMethod<BayesianSettings, bayesian_search>>(
    "Bayesian optimisation: batches of largest expected improvement");

}  // namespace calibration_method

}  // namespace tilth

// What runs of a calibration cost at the first sites of an experiment: one set, packs of sets, and one set with all
// derivatives, timed in turn. calibration_rate [EXP.yaml] [--sites N] [--times N] [--set key=value]...
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <unistd.h>

#include "driver/calibrate/model_runs.hpp"

namespace {

using namespace tilth;
using calibration::Index;
using calibration::Matrix;

/// A site of three tiles with generated weather, five streams and twenty parameters.
const std::string built_in = R"(
grid: {sites: [{name: savanna, lat: 39.9, lon: -5.8, cover: [EBM 0.2, GR3 0.75]}]}
time: {start: 2016-01-01, end: 2018-01-01}
control:
  parameters: {kphio: {}, rd_fraction: {}, g1: {}, lma: {}, clumping: {}, psi_50: {}, beta_r: {}, f_ks: {}, f_b: {},
               d_theta_s: {}, soil_evaporation_resistance: {}, canopy_storage: {}, xi: {}, k_senescence: {},
               tau_leaf: {}, q10_h: {}, s_opt: {}, k_litter: {}, eta_soil_fast: {}, eta_soil_slow: {}}
observations:
  - {name: gpp, operator: {gpp: {}}, simulate: {}}
  - {name: nee, operator: {nee: {}}, simulate: {}}
  - {name: le, operator: {latent_heat_flux: {}}, simulate: {}}
  - {name: sm, operator: {surface_soil_moisture: {}}, simulate: {}}
  - {name: fapar, operator: {fapar: {}}, simulate: {every: 8 days}}
)";

/// Of the processor, which neighbours on the machine hardly change.
double seconds(const std::function<void()>& act) {
  const std::clock_t begin = std::clock();
  act();
  return double(std::clock() - begin) / CLOCKS_PER_SEC;
}

struct Arguments {
  std::string file;
  int sites = 1, times = 3;
  std::vector<std::string> assignments;
};

Arguments parsed(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--sites" && i + 1 < argc)
      a.sites = std::atoi(argv[++i]);
    else if (word == "--times" && i + 1 < argc)
      a.times = std::atoi(argv[++i]);
    else if (word == "--set" && i + 1 < argc)
      a.assignments.push_back(argv[++i]);
    else
      a.file = word;
  }
  return a;
}

/// Least of several times, in the order of `acts`, each in turn.
std::vector<double> least(int times, const std::vector<std::function<void()>>& acts) {
  std::vector<double> out(acts.size(), std::numeric_limits<double>::infinity());
  for (int t = 0; t < times; ++t)
    for (std::size_t i = 0; i < acts.size(); ++i) out[i] = std::min(out[i], seconds(acts[i]));
  return out;
}

void time_site(const ModelRuns& runs, int site, int times) {
  const auto n = Index(runs.parameters().size());
  const Matrix prior = Matrix::Zero(40, n);
  const auto pack = [&](int sets) {
    return [&runs, site, sets, &prior] { runs.run(site, prior.topRows(sets), RunReach::training); };
  };
  const auto derivatives = [&] { runs.run_with_derivatives(site, prior.row(0)); };
  const auto s = least(times, {pack(1), pack(8), pack(16), pack(40), derivatives});
  std::printf("%-10s %5zu %7zu %8.3f %8.3f %8.3f %8.3f %8.3f %7.2f %7.2f %7.2f\n", runs.name(site).c_str(),
              runs.point(site).surface.tiles.size(), runs.observations(site).size(), s[0], s[1] / 8, s[2] / 16,
              s[3] / 40, s[4], s[4] / s[0], s[4] / (s[1] / 8), s[4] / (s[2] / 16));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const MpiSession mpi(argc, argv);
  Arguments a = parsed(argc, argv);
  const bool own = a.file.empty();
  if (own) {
    a.file = (std::filesystem::temp_directory_path() / ("calibration_rate_" + std::to_string(getpid()))).string();
    std::ofstream(a.file) << built_in;
  }
  try {
    const Experiment experiment = Experiment::load(a.file, a.assignments);
    if (own) std::filesystem::remove(a.file);
    const Comm comm = Comm::self();
    std::unique_ptr<ModelRuns> runs;
    const double before = seconds([&] { runs = std::make_unique<ModelRuns>(comm, experiment, ModelRunOptions()); });
    runs->observe(comm, Matrix::Zero(runs->sites(), Index(runs->parameters().size())), 1);  // where nothing was
    std::printf("%d sites, %zu parameters, %lld days and %lld of warm-up; weather, observations and priors: %.1f s\n",
                runs->sites(), runs->parameters().size(), static_cast<long long>((runs->end() - runs->begin()) / 86400),
                365LL, before);
    std::printf("%-10s %5s %7s %8s %8s %8s %8s %8s %7s %7s %7s\n", "site", "tiles", "obs", "1 set", "of 8", "of 16",
                "of 40", "J+grad", "/ 1", "/ of 8", "/ of 16");
    for (int site = 0; site < std::min(a.sites, runs->sites()); ++site) time_site(*runs, site, a.times);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}

#include "driver/calibrate/methods/matching_rules.hpp"

namespace tilth {

void MatchingRules::describe(Schema& s) {
  s.real("cutoff", cutoff).above(0.0).about("Largest implausibility of a set that is not ruled out.");
  s.integer("nth", nth)
      .in(1, 100)
      .about("Which largest implausibility of the targets decides: 1, or 2 to forgive one.");
  s.flag("pool", pool).about("Emulators of a wave see the runs of earlier ones, too.");
  s.section("emulator", emulator).about("Gaussian processes; one that fails its gate rules nothing out in its wave.");
  s.integer("sample", sample).in(1, 1000000).about("Sets of the space left that become the result.");
  s.integer("draws", draws).in(100, 100000000).about("Uniform points that measure the space left.");
  s.integer("chains", chains).in(10, 1000000).about("Points of each level of the sampler of a tiny space.");
  s.integer("steps", steps).in(1, 10000).about("Moves of each of them per level.");
}

calibration::HistoryOptions MatchingRules::options(calibration::Index runs, std::uint64_t seed) const {
  calibration::HistoryOptions out;
  out.cutoff = cutoff;
  out.nth = nth;
  out.runs = runs;
  out.pool = pool;
  out.least_q2 = emulator.least_q2;
  out.least_coverage = emulator.least_coverage;
  out.emulator = emulator.options(seed);
  out.region.draws = draws;
  out.region.chains = chains;
  out.region.steps = steps;
  out.seed = seed;
  return out;
}

}  // namespace tilth

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "assim/methods/letkf_lanes.hpp"
#include "assim/methods/letkf_reference.hpp"
#include "assim/methods/registered.hpp"

namespace tilth {
namespace {

/// Which problems of a batch are solved together, and the memory of the solver; one per thread.
struct Workspace {
  struct Entry {
    int p;      // observations with a positive taper
    int index;  // in the batch
  };
  LetkfLanes lanes;
  std::vector<Entry> order;
};

/// Local ensemble transform Kalman filter with the symmetric square root (Hunt et al. 2007).
class Letkf final : public AnalysisMethod {
 public:
  struct Options {
    double inflation = 1.0;
    std::string solver = "lanes";
    void describe(Schema& s) {
      s.real("inflation", inflation)
          .in(1.0, 10.0)
          .about("Factor on the prior covariance in ensemble space, where there are observations.");
      s.text("solver", solver)
          .one_of({"lanes", "eigen"})
          .about("lanes: eight columns at once, without eigenvectors; eigen: plain eigenvalues, to compare with.");
    }
  };
  explicit Letkf(Options options) : options_(std::move(options)) {}

  void update(const ObsSpace& space, std::span<LocalProblem> batch) const override;
  void update(const ObsGram& gram, int members, std::span<double* const> rows) const override;
  bool perturbs() const override { return false; }

 private:
  double prior_weight(int members) const { return (members - 1) / options_.inflation; }
  Options options_;
};

Workspace& workspace() {
  thread_local Workspace own;
  return own;
}

/// Z = (taper / variance)^1/2 Y and e = (taper / variance)^1/2 d of the observations that count.
void whiten(const ObsSpace& space, const LocalProblem& problem, LetkfLanes::Whitened out) {
  const int N = space.members, stride = padded(N);
  for (std::size_t j = 0; j < problem.obs.size(); ++j) {
    if (problem.taper[j] <= 0.0) continue;
    const std::size_t i = problem.obs[j];
    const double root = std::sqrt(problem.taper[j] / space.variance[i]);
    const double* y = space.Y.data() + i * space.stride;
    for (int k = 0; k < N; ++k) out.Z[k] = root * y[k];
    std::fill(out.Z + N, out.Z + stride, 0.0);
    *out.e++ = root * space.d[i];
    out.Z += stride;
  }
}

void Letkf::update(const ObsSpace& space, std::span<LocalProblem> batch) const {
  if (options_.solver == "eigen") {
    for (const LocalProblem& problem : batch) letkf_reference(space, problem, options_.inflation);
    return;
  }
  Workspace& own = workspace();
  own.order.clear();
  for (std::size_t b = 0; b < batch.size(); ++b) {
    const auto& taper = batch[b].taper;
    const int p = int(std::count_if(taper.begin(), taper.end(), [](double w) { return w > 0.0; }));
    if (p > 0 && !batch[b].rows.empty()) own.order.push_back({p, int(b)});
  }
  // Problems of like size share the lanes; the space is the column's own choice, so that its bits do not depend on the
  // batch.
  std::sort(own.order.begin(), own.order.end(),
            [](const auto& a, const auto& b) { return a.p != b.p ? a.p < b.p : a.index < b.index; });
  const int N = space.members;
  for (std::size_t first = 0; first < own.order.size();) {
    const bool fewer = own.order[first].p < N;
    std::array<std::span<double* const>, LetkfLanes::capacity> rows;
    int count = 0;
    while (count < LetkfLanes::capacity && first < own.order.size() && (own.order[first].p < N) == fewer) {
      const auto [p, index] = own.order[first++];
      whiten(space, batch[index], own.lanes.prepare(count, p, N));
      rows[count++] = batch[index].rows;
    }
    own.lanes.solve(fewer ? LetkfLanes::Space::observation : LetkfLanes::Space::ensemble, N,
                    std::span(rows).first(count), prior_weight(N));
  }
}

void Letkf::update(const ObsGram& gram, int members, std::span<double* const> rows) const {
  if (gram.count == 0.0 || rows.empty()) return;
  if (options_.solver == "eigen") return letkf_reference(gram, members, rows, options_.inflation);
  workspace().lanes.solve(gram.YtRY, gram.YtRd, rows, prior_weight(members));
}

}  // namespace

namespace methods {
const Plugin<AnalysisMethod> letkf = plugin<AnalysisMethod, Letkf>(
    "local ensemble transform Kalman filter with the symmetric square root (Hunt et al. 2007)");
}  // namespace methods

}  // namespace tilth

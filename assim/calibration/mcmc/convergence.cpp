#include "assim/calibration/mcmc/convergence.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.hpp"
#include "core/base/normal.hpp"

namespace tilth::calibration {
namespace {

Matrix halves(const Matrix& draws) {
  require(draws.rows() >= 8 && draws.cols() >= 1 && draws.allFinite(), "diagnostics of ", draws.cols(), " chains of ",
          draws.rows(), " draws: at least 8 finite draws are needed");
  const Index n = draws.rows() / 2;
  Matrix out(n, 2 * draws.cols());
  out << draws.topRows(n), draws.bottomRows(n);
  return out;
}

// Normal scores of the ranks over all chains; ties share their mean rank (Blom 1958).
Matrix normal_scores(const Matrix& draws) {
  const Index n = draws.size();
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  const double* x = draws.data();
  std::sort(order.begin(), order.end(), [x](Index a, Index b) { return x[a] < x[b]; });
  Matrix out(draws.rows(), draws.cols());
  for (Index from = 0; from < n;) {
    Index to = from;
    while (to + 1 < n && x[order[std::size_t(to + 1)]] == x[order[std::size_t(from)]]) ++to;
    const double rank = 0.5 * double(from + to) + 1.0;
    for (Index k = from; k <= to; ++k)
      out.data()[order[std::size_t(k)]] = normal_quantile((rank - 0.375) / (double(n) + 0.25));
    from = to + 1;
  }
  return out;
}

struct Variances {
  double within = 0.0, pooled = 0.0;
};

Variances variances(const Matrix& draws) {
  const double n = double(draws.rows()), m = double(draws.cols());
  const Eigen::RowVectorXd mean = draws.colwise().mean();
  const double within = (draws.rowwise() - mean).squaredNorm() / (m * (n - 1.0));
  const double between = m > 1.0 ? (mean.array() - mean.mean()).square().sum() / (m - 1.0) : 0.0;
  return {within, (n - 1.0) / n * within + between};
}

double rhat(const Matrix& draws) {
  const Variances v = variances(draws);
  if (v.within == 0.0) return v.pooled == 0.0 ? 1.0 : INFINITY;
  return std::sqrt(v.pooled / v.within);
}

// Mean over chains of the autocovariance at a lag (divisor n).
double autocovariance(const Matrix& centred, Index lag) {
  const Index n = centred.rows();
  return (centred.topRows(n - lag).array() * centred.bottomRows(n - lag).array()).sum() /
         (double(n) * double(centred.cols()));
}

// Vehtari et al. 2021, eq. 10, with Geyer's (1992) initial monotone sequence of pairs.
double ess(const Matrix& draws) {
  const double n = double(draws.rows()), total = double(draws.size());
  const Variances v = variances(draws);
  if (v.within == 0.0) return v.pooled == 0.0 ? total : 1.0;
  const Matrix centred = draws.rowwise() - draws.colwise().mean();
  const auto correlation = [&](Index lag) {
    return 1.0 - (v.within - autocovariance(centred, lag) * n / (n - 1.0)) / v.pooled;
  };
  double sum = 0.0, last = INFINITY;
  for (Index lag = 0; lag + 1 < draws.rows(); lag += 2) {
    const double pair = std::min(last, (lag == 0 ? 1.0 : correlation(lag)) + correlation(lag + 1));
    if (pair <= 0.0) break;
    sum += pair;
    last = pair;
  }
  const double tau = std::max(2.0 * sum - 1.0, 1.0 / std::log10(std::max(total, 10.0)));
  return total / tau;
}

}  // namespace

double split_rhat(const Matrix& draws) {
  const Matrix split = halves(draws);
  const double median = quantile({split.data(), split.data() + split.size()}, 0.5);
  const Matrix folded = (split.array() - median).abs();
  return std::max(rhat(normal_scores(split)), rhat(normal_scores(folded)));
}

double bulk_ess(const Matrix& draws) { return ess(normal_scores(halves(draws))); }

double mean_ess(const Matrix& draws) { return ess(halves(draws)); }

double tail_ess(const Matrix& draws) {
  const Matrix split = halves(draws);
  double least = INFINITY;
  for (const double p : {0.05, 0.95}) {
    const double q = quantile({split.data(), split.data() + split.size()}, p);
    least = std::min(least, ess((split.array() <= q).cast<double>().matrix()));
  }
  return least;
}

}  // namespace tilth::calibration

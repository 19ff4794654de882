#include "driver/analyse/statistics.hpp"

#include <cmath>
#include <numbers>

#include <Eigen/Dense>

#include "core/base/error.hpp"

namespace tilth {

namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Mapped = Eigen::Map<const Matrix>;

/// On the root: everything from the gathered observations.
void compute(const std::string& path, const std::vector<double>& value, const std::vector<double>& error_sd,
             const std::vector<double>& hx, const std::vector<double>& R, ProblemStatistics& s) {
  const Eigen::Index n = Eigen::Index(value.size()), N = Eigen::Index(hx.size()) / n;
  Matrix Y = Mapped(hx.data(), n, N);
  const Eigen::VectorXd mean = Y.rowwise().mean();
  Y.colwise() -= mean;
  const Eigen::VectorXd d = Eigen::Map<const Eigen::VectorXd>(value.data(), n) - mean;
  Matrix S = Y * Y.transpose() / double(N - 1);
  if (R.empty()) {
    for (Eigen::Index i = 0; i < n; ++i) S(i, i) += error_sd[std::size_t(i)] * error_sd[std::size_t(i)];
  } else {
    S += Mapped(R.data(), n, n);
  }
  const Eigen::LLT<Matrix> factor(S);
  require(factor.info() == Eigen::Success, path,
          ": output.diagnostics: the innovation covariance is not positive definite");
  const Matrix L = factor.matrixL();
  s.chi2 = d.dot(factor.solve(d));
  s.log_likelihood = -0.5 * (double(n) * std::log(2.0 * std::numbers::pi) + s.chi2) - L.diagonal().array().log().sum();
  const Matrix regression = factor.solve(Y).transpose() / double(N - 1);
  s.S.assign(S.data(), S.data() + S.size());
  s.regression.assign(regression.data(), regression.data() + regression.size());
}

}  // namespace

ProblemStatistics problem_statistics(const Comm& comm, const AnalyseProblem& problem, const PredictedObservations& o,
                                     const std::vector<double>& R) {
  constexpr std::int64_t most = 4000;
  require(o.total <= most, problem.path, ": output.diagnostics: ", o.total, " observations, at most ", most,
          "; leave it out");
  const std::vector<double> value = comm.gather(o.value), error_sd = comm.gather(o.error_sd), hx = comm.gather(o.hx);
  ProblemStatistics s;
  s.observations = o.total;
  s.S.resize(std::size_t(o.total * o.total));
  s.regression.resize(std::size_t(o.total * o.members));
  together(comm, [&] {
    if (comm.root()) compute(problem.path, value, error_sd, hx, R, s);
  });
  double scalars[2] = {s.chi2, s.log_likelihood};
  comm.broadcast(std::span<double>(scalars));
  comm.broadcast(std::span<double>(s.S));
  comm.broadcast(std::span<double>(s.regression));
  s.chi2 = scalars[0];
  s.log_likelihood = scalars[1];
  return s;
}

StatisticsOutput::StatisticsOutput(EnsembleWriter& writer, const EnsembleFile& file,
                                   const ProblemStatistics& statistics)
    : statistics_(statistics) {
  netcdf::File& out = writer.file();
  const int obs[2] = {out.define_dimension("obs", statistics.observations),
                      out.define_dimension("obs_2", statistics.observations)};
  S_ = out.define_variable("innovation_covariance", netcdf::Type::double_, obs);
  chi2_ = out.define_variable("chi2", netcdf::Type::double_, {});
  log_likelihood_ = out.define_variable("log_likelihood", netcdf::Type::double_, {});
  out.put_attribute(S_, "long_name", std::string("covariance of observation minus mean prediction"));
  out.put_attribute(chi2_, "long_name", std::string("squared innovation over its covariance"));
  out.put_attribute(log_likelihood_, "long_name", std::string("log probability density of the observations"));
  for (const EnsembleVariable& v : file.variables()) {
    EnsembleVariable shape = v;
    shape.dimensions[v.member_axis] = {"obs", statistics.observations};
    std::vector<int> dimensions;
    for (const netcdf::Dimension& d : shape.dimensions)
      dimensions.push_back(d.name == "obs" ? obs[0] : writer.dimension(d.name));
    gains_.push_back(out.define_variable(v.name + "_gain", netcdf::Type::double_, dimensions));
    out.put_attribute(gains_.back(), "long_name", "Kalman gain of " + v.name);
    shapes_.push_back(std::move(shape));
  }
}

void StatisticsOutput::write(const Comm& comm, EnsembleWriter& writer, const EnsembleFile& file) const {
  const std::int64_t n = statistics_.observations, own = comm.root() ? n : 0;
  const std::vector<std::int64_t> start{0, 0}, count{own, own};
  writer.file().put(S_, start, count, std::span<const double>(statistics_.S));
  writer.file().put(chi2_, {}, {}, std::span<const double>(&statistics_.chi2, 1));
  writer.file().put(log_likelihood_, {}, {}, std::span<const double>(&statistics_.log_likelihood, 1));
  const BlockExchange blocks(comm, {}, file.points());
  const int N = file.members();
  const Mapped regression(statistics_.regression.data(), N, n);
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    const EnsembleVariable& v = file.variables()[i];
    const std::vector<double> x = file.read(v, blocks.block_begin(), blocks.block_end());
    std::vector<double> gain(x.size() / N * std::size_t(n));
    for (std::size_t r = 0; r < x.size() / N; ++r)
      Eigen::Map<Eigen::RowVectorXd>(gain.data() + r * std::size_t(n), n) =
          Eigen::Map<const Eigen::RowVectorXd>(x.data() + r * N, N) * regression;
    writer.put(gains_[i], shapes_[i], blocks.block_begin(), blocks.block_end(), gain);
  }
}

}  // namespace tilth

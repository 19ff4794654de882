#include "driver/calibrate/sensitivity_indices.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/archive.hpp"
#include "assim/calibration/sensitivity/morris.hpp"
#include "assim/calibration/sensitivity/one_at_a_time.hpp"
#include "core/base/error.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using Method = SensitivityOptions::Method;

namespace {

void use_one_at_a_time(const MethodDesign& design, const Vector& values, MetricIndices& out) {
  const Index k = design.parameters, levels = design.options.one_at_a_time.levels;
  const auto effects = calibration::one_at_a_time(values, k);
  out.measures.resize(k, 4);
  out.measures << effects.range, effects.lower, effects.upper, effects.curvature;
  out.curves = Eigen::Map<const Matrix>(values.data() + 1, k, levels);
}

void use_morris(const MethodDesign& design, const Matrix& unit, const Vector& values, MetricIndices& out) {
  const auto effects = calibration::morris(unit, values, design.options.resamples, design.seed);
  out.measures.resize(design.parameters, 6);
  out.measures << effects.mu_star, effects.low, effects.high, effects.sigma, effects.mu, effects.count.cast<double>();
}

// Means of an emulator at many rows, some at a time.
Vector predicted(const calibration::Emulator& emulator, const Matrix& rows) {
  constexpr Index at_once = 512;
  Vector out(rows.rows());
  for (Index r = 0; r < rows.rows(); r += at_once) {
    const Index n = std::min(at_once, rows.rows() - r);
    out.segment(r, n) = emulator.predict(rows.middleRows(r, n)).mean;
  }
  return out;
}

// `draws`: what the results may be, draw x row.
void use_sobol(const MethodDesign& design, const Matrix& draws, MetricIndices& out) {
  const SobolSettings& settings = design.options.sobol;
  const auto first =
      settings.estimator == "jansen" ? calibration::FirstOrder::jansen : calibration::FirstOrder::saltelli;
  const auto indices = calibration::sobol_indices_of_draws(
      design.sobol(), draws, {first, design.options.resamples, /*level=*/0.95, design.seed});
  const Index k = design.parameters;
  out.measures.resize(k, 6);
  for (Index i = 0; i < k; ++i) {
    const auto &s = indices.first[std::size_t(i)], &t = indices.total[std::size_t(i)];
    out.measures.row(i) << t.value, t.low, t.high, s.value, s.low, s.high;
  }
  if (!settings.second_order) return;
  out.pairs.resize(k * (k - 1) / 2, 3);
  for (Index i = 0, p = 0; i < k; ++i)
    for (Index j = i + 1; j < k; ++j, ++p) {
      const auto& s = indices.second[std::size_t(i)][std::size_t(j)];
      out.pairs.row(p) << s.value, s.low, s.high;
    }
}

void use_method(const MethodDesign& design, const Matrix& unit, const Vector& values, MetricIndices& out) {
  if (design.options.kind() == Method::one_at_a_time) return use_one_at_a_time(design, values, out);
  if (design.options.kind() == Method::morris) return use_morris(design, unit, values, out);
  use_sobol(design, values.transpose(), out);
}

// Functions that may be the result, so that intervals hold the error of the emulator; one mean without intervals.
void use_sobol(const MethodDesign& design, const calibration::Emulator& emulator, MetricIndices& out) {
  constexpr Index most_numbers = 10'000'000, fewest = 20;
  const Matrix rows = design.rows(0, design.parts());
  const Index count = std::min<Index>(design.options.resamples, std::max(fewest, most_numbers / rows.rows()));
  use_sobol(design, count > 0 ? emulator.draws(rows, int(count), design.seed) : predicted(emulator, rows).transpose(),
            out);
}

// Mean, spread and number of the good runs; whether they vary.
bool count_runs(const Vector& values, MetricIndices& out) {
  double sum = 0.0, squares = 0.0;
  for (const double v : values)
    if (std::isfinite(v)) sum += v, ++out.runs;
  out.failed = double(values.size()) - out.runs;
  if (out.runs == 0.0) return false;
  out.mean = sum / out.runs;
  for (const double v : values)
    if (std::isfinite(v)) squares += (v - out.mean) * (v - out.mean);
  out.sd = out.runs > 1.0 ? std::sqrt(squares / (out.runs - 1.0)) : 0.0;
  return out.sd > 0.0;
}

}  // namespace

const char* words_of(IndexStatus status) {
  switch (status) {
    case IndexStatus::good:
      return "good";
    case IndexStatus::unknown:
      return "the site lacks what the metric needs";
    case IndexStatus::constant:
      return "no parameter has an effect";
    case IndexStatus::too_few:
      return "too few runs are good";
    default:
      return "the emulator failed its gate";
  }
}

const std::vector<Measure>& measures_of(Method method) {
  static const std::vector<Measure> one{{"range", "largest minus smallest result", true},
                                        {"lower", "result at the lower bound minus that at the prior", true},
                                        {"upper", "result at the upper bound minus that at the prior", true},
                                        {"curvature", "departure from a straight line over the range"}};
  static const std::vector<Measure> effects{{"mu_star", "mean magnitude of elementary effects", true},
                                            {"mu_star_low", "lower end of its 95 % interval", true},
                                            {"mu_star_high", "upper end of its 95 % interval", true},
                                            {"sigma", "standard deviation of elementary effects", true},
                                            {"mu", "mean elementary effect", true},
                                            {"effects", "elementary effects used"}};
  static const std::vector<Measure> variance{{"total", "total-order index"},
                                             {"total_low", "lower end of its 95 % interval"},
                                             {"total_high", "upper end of its 95 % interval"},
                                             {"first", "first-order index"},
                                             {"first_low", "lower end of its 95 % interval"},
                                             {"first_high", "upper end of its 95 % interval"}};
  if (method == Method::one_at_a_time) return one;
  return method == Method::morris ? effects : variance;
}

MetricIndices indices_of(const MethodDesign& design, const Matrix& unit, const Vector& values) {
  MetricIndices out;
  if (!count_runs(values, out)) {
    out.status = out.runs > 0.0 ? IndexStatus::constant : IndexStatus::too_few;
    return out;
  }
  out.status = IndexStatus::good;
  try {
    if (!design.options.on_emulator) {
      use_method(design, unit, values, out);
      return out;
    }
    const EmulatorSettings& settings = design.options.emulator.settings;
    const calibration::Emulator emulator(calibration::Box::unit(design.parameters), unit, values,
                                         settings.options(design.seed));
    out.q2 = emulator.check().q2;
    out.coverage = emulator.check().coverage;
    if (!settings.passes(emulator.check())) {
      out.status = IndexStatus::refused;
      return out;
    }
    if (design.options.kind() == Method::sobol) {
      use_sobol(design, emulator, out);
      return out;
    }
    const Matrix rows = design.rows(0, design.parts());
    use_method(design, rows, predicted(emulator, rows), out);
  } catch (const Error&) {
    out.status = IndexStatus::too_few;
  }
  return out;
}

std::vector<std::vector<MetricIndices>> all_indices(const Comm& comm, const SiteRuns& runs, const SensitivityRuns& all,
                                                    const std::vector<MetricGroup>& groups,
                                                    const SensitivityOptions& options, std::uint64_t seed) {
  const std::size_t metrics = all.metrics.size(), count = groups.size() * metrics;
  std::vector<double> packed;
  together(comm, [&] {
    for (std::size_t i = std::size_t(comm.rank()); i < count; i += std::size_t(comm.size())) {
      const MetricGroup& group = groups[i / metrics];
      const auto [unit, values] = group_sample(all, group, int(i % metrics), options);
      MetricIndices one;
      if (values.size() > 0) one = indices_of(method_design(runs, group.sites.front(), options, seed), unit, values);
      const auto numbers = calibration::numbers_of(one);
      packed.push_back(double(i));
      packed.push_back(double(numbers.size()));
      packed.insert(packed.end(), numbers.begin(), numbers.end());
    }
  });
  const std::vector<double> gathered = comm.all_gather(std::span<const double>(packed));
  std::vector<std::vector<MetricIndices>> out(groups.size(), std::vector<MetricIndices>(metrics));
  for (std::size_t at = 0; at < gathered.size();) {
    const auto i = std::size_t(gathered[at]), length = std::size_t(gathered[at + 1]);
    calibration::restore_from(std::span(gathered).subspan(at + 2, length), out[i / metrics][i % metrics]);
    at += 2 + length;
  }
  return out;
}

}  // namespace tilth

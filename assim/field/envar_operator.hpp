#pragma once

#include <span>
#include <string>
#include <vector>

#include "assim/field/field_problem.hpp"
#include "assim/field/localisation_root.hpp"
#include "assim/field/shared_response.hpp"

namespace tilth {

/// A static background covariance of the rows of one kind, whose observations measure the row itself.
struct StaticPart {
  std::string rows;                       ///< name of the kind
  double sd = 0.0;                        ///< background standard deviation
  std::vector<std::string> observations;  ///< names of the streams that observe these rows directly
  void describe(Schema& s);
};

/// The extended control variable of a localised ensemble (Lorenc 2003; Buehner 2005) and what it does to observations
/// and rows.
///
/// This rank's part of the control vector: N fields v_k of modes of U, one field per static part, and on the root the
/// weights u [group][N] of shared rows. Anomalies X' of a row (divided by sqrt(N - 1)) are split into parts that shared
/// rows explain and the rest:
/// `dx = b (sum_k rest_k (U v_k)(column) + sum_g sum_k part_gk u_gk) + b_s sd (U v_s)(column)`.
class EnvarOperator {
 public:
  struct Weights {
    double ensemble = 1.0, fixed = 0.0;  ///< b, b_s
    std::vector<StaticPart> parts;
  };
  /// Collective. Everything must outlive it.
  EnvarOperator(const FieldProblem& problem, const LocalisationRoot& root, const LocalisationRoot* static_root,
                Weights weights);

  std::size_t size() const { return size_; }                        ///< of this rank's part of the control vector
  std::size_t observations() const { return own_.size(); }          ///< used ones of this rank
  std::size_t observation(std::size_t i) const { return own_[i]; }  ///< its index in the problem's table
  /// Predicted increments of this rank's observations. Collective.
  void forward(std::span<const double> v, std::span<double> hx) const;
  /// The adjoint of `forward`. Collective.
  void adjoint(std::span<const double> hx, std::span<double> v) const;

  /// A control vector as columns see it.
  struct Fields {
    std::vector<double> ensemble, fixed, shared;  // [N][column], [part][column], [group][N]
  };
  Fields fields(std::span<const double> v) const;
  /// Anomalies of a row: what is localised, and what shared rows explain ([group][N]).
  struct SplitRow {
    int column = 0, kind = 0;
    std::vector<double> rest, parts;
  };
  SplitRow split(int column, const FieldRow& row) const;
  /// Increment of a row.
  double increment(const Fields& fields, const SplitRow& row) const;
  /// Increment of row `r` of shared group `g`.
  double shared_increment(const Fields& fields, int g, int r) const;

 private:
  void add_observation(std::size_t i);

  const FieldProblem& problem_;
  const LocalisationRoot &root_, *static_root_;
  Weights weights_;
  SharedResponse response_;
  std::size_t N_, columns_, groups_, size_ = 0;
  std::vector<std::size_t> own_;
  std::vector<double> rest_, parts_;         // [own][N], [own][group][N]: times b / sqrt(N - 1)
  std::vector<double> direct_;               // [own][part]: b_s sd where the observation measures these rows
  std::vector<std::vector<char>> measures_;  // [part][type]
  std::vector<int> part_of_kind_;            // -1: none
};

}  // namespace tilth

#include "assim/solvers/tao_search.hpp"

#include <petsctao.h>

#include <utility>

#include "assim/solvers/krylov.hpp"
#include "assim/solvers/petsc_session.hpp"
#include "assim/solvers/tao_run.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {
namespace {

using Eigen::VectorXd;

VectorXd copy_of(Vec vec) {
  const double* x = nullptr;
  PetscInt n = 0;
  petsc_check(VecGetLocalSize(vec, &n), "VecGetLocalSize");
  petsc_check(VecGetArrayRead(vec, &x), "VecGetArrayRead");
  VectorXd copy = Eigen::Map<const VectorXd>(x, n);
  petsc_check(VecRestoreArrayRead(vec, &x), "VecRestoreArrayRead");
  return copy;
}

void assign(Vec vec, const VectorXd& values) {
  double* x = nullptr;
  petsc_check(VecGetArrayWrite(vec, &x), "VecGetArrayWrite");
  Eigen::Map<VectorXd>(x, values.size()) = values;
  petsc_check(VecRestoreArrayWrite(vec, &x), "VecRestoreArrayWrite");
}

template <class Action>
PetscErrorCode guarded(void* context, const Action& action) {
  TaoRun& run = *static_cast<TaoRun*>(context);
  try {
    action(run);
    return 0;
  } catch (...) {
    run.failure = std::current_exception();
    return PETSC_ERR_USER;
  }
}

PetscErrorCode value_and_gradient(Tao, Vec x, PetscReal* value, Vec gradient, void* context) {
  return guarded(context, [&](TaoRun& run) {
    const TaoEvaluation& here = run.at(copy_of(x));
    *value = here.value - run.offset(here);
    assign(gradient, here.gradient);
  });
}

PetscErrorCode residuals(Tao, Vec x, Vec out, void* context) {
  return guarded(context, [&](TaoRun& run) { assign(out, run.at(copy_of(x)).residuals); });
}

PetscErrorCode jacobian(Tao, Vec x, Mat matrix, Mat, void* context) {
  return guarded(context, [&](TaoRun& run) {
    const TaoEvaluation& here = run.at(copy_of(x));
    double* values = nullptr;
    petsc_check(MatDenseGetArrayWrite(matrix, &values), "MatDenseGetArrayWrite");
    Eigen::Map<Eigen::MatrixXd>(values, here.jacobian.rows(), here.jacobian.cols()) = here.jacobian;
    petsc_check(MatDenseRestoreArrayWrite(matrix, &values), "MatDenseRestoreArrayWrite");
    petsc_check(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY), "MatAssemblyBegin");
    petsc_check(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY), "MatAssemblyEnd");
  });
}

PetscErrorCode end_test(Tao tao, void* context) {
  return guarded(context, [&](TaoRun& run) {
    TaoConvergedReason reason{};
    Vec x = nullptr;
    petsc_check(TaoGetConvergedReason(tao, &reason), "TaoGetConvergedReason");
    petsc_check(TaoGetSolution(tao, &x), "TaoGetSolution");
    if (reason == TAO_CONTINUE_ITERATING && run.ends_at(copy_of(x)))
      petsc_check(TaoSetConvergedReason(tao, TAO_CONVERGED_USER), "TaoSetConvergedReason");
  });
}

/// The only options that PETSc knows while this lives; some can be set in no other way.
class OnlyOptions {
 public:
  explicit OnlyOptions(const std::string& options) {
    petsc_check(PetscOptionsCreate(&options_), "PetscOptionsCreate");
    petsc_check(PetscOptionsInsertString(options_, options.c_str()), "PetscOptionsInsertString");
    petsc_check(PetscOptionsPush(options_), "PetscOptionsPush");
  }
  ~OnlyOptions() {
    PetscOptionsPop();
    PetscOptionsDestroy(&options_);
  }
  OnlyOptions(const OnlyOptions&) = delete;
  OnlyOptions& operator=(const OnlyOptions&) = delete;

 private:
  PetscOptions options_ = nullptr;
};

std::string option_words(const TaoOptions& options) {
  return options.method == TaoOptions::Method::quasi_newton
             ? text("-tao_bqnls_mat_lmvm_hist_size ", options.memory)
             : text("-tao_brgn_regularization_type lm -tao_brgn_mat_explicit true -tao_brgn_regularizer_weight ",
                    options.damping, " -tao_brgn_subsolver_tao_ls_type more-thuente");
}

/// The minimiser on this rank; it ends before what it works on.
struct Solver {
  Solver(const TaoOptions& options, const VectorXd& start, TaoRun& run);
  void set_functions(bool least_squares, PetscInt n, TaoRun& run);

  VectorXd x;
  PetscVec solution, lower, upper, rows;
  PetscMat derivatives;
  PetscOwned<Tao, TaoDestroy> tao;
  Tao stepping = nullptr;  // the one that iterates: within TAOBRGN another
};

Solver::Solver(const TaoOptions& options, const VectorXd& start, TaoRun& run) : x(start) {
  const auto n = PetscInt(x.size());
  const bool least_squares = options.method == TaoOptions::Method::gauss_newton;
  petsc_check(VecCreateSeqWithArray(PETSC_COMM_SELF, 1, n, x.data(), &solution.handle), "VecCreateSeqWithArray");
  petsc_check(VecDuplicate(solution, &lower.handle), "VecDuplicate");
  petsc_check(VecDuplicate(solution, &upper.handle), "VecDuplicate");
  petsc_check(VecSet(lower, 0.0), "VecSet");
  petsc_check(VecSet(upper, 1.0), "VecSet");
  petsc_check(TaoCreate(PETSC_COMM_SELF, &tao.handle), "TaoCreate");
  petsc_check(TaoSetType(tao, least_squares ? TAOBRGN : TAOBQNLS), "TaoSetType");
  petsc_check(TaoSetSolution(tao, solution), "TaoSetSolution");
  petsc_check(TaoSetVariableBounds(tao, lower, upper), "TaoSetVariableBounds");
  set_functions(least_squares, n, run);
  petsc_check(TaoSetFromOptions(tao), "TaoSetFromOptions");
  petsc_check(TaoSetConvergenceTest(stepping, end_test, &run), "TaoSetConvergenceTest");
}

void Solver::set_functions(bool least_squares, PetscInt n, TaoRun& run) {
  stepping = tao;
  if (!least_squares) {
    petsc_check(TaoSetObjectiveAndGradient(tao, nullptr, value_and_gradient, &run), "TaoSetObjectiveAndGradient");
    return;
  }
  petsc_check(VecCreateSeq(PETSC_COMM_SELF, n + 1, &rows.handle), "VecCreateSeq");
  petsc_check(MatCreateSeqDense(PETSC_COMM_SELF, n + 1, n, nullptr, &derivatives.handle), "MatCreateSeqDense");
  petsc_check(TaoSetResidualRoutine(tao, rows, residuals, &run), "TaoSetResidualRoutine");
  petsc_check(TaoSetJacobianResidualRoutine(tao, derivatives, derivatives, jacobian, &run), "TaoSetJacobianResidual");
  petsc_check(TaoBRGNGetSubsolver(tao, &stepping), "TaoBRGNGetSubsolver");
}

std::string reason_of(const std::optional<TaoRun::Stop>& stop) {
  if (stop == TaoRun::Stop::no_slope) return "the slope is zero within bounds";
  if (stop == TaoRun::Stop::no_decrease) return "steps gain nothing more";
  return stop ? "as many steps or runs as allowed" : "no better point along the step";
}

}  // namespace

TaoEnd tao_search(const TaoOptions& options, const VectorXd& start, const TaoAnswer& answer) {
  const PetscSession petsc;
  const OnlyOptions only(option_words(options));
  TaoRun run(options, answer);
  const Solver solver(options, start, run);
  const PetscErrorCode code = TaoSolve(solver.tao);
  if (run.failure) std::rethrow_exception(run.failure);
  if (run.stops() == TaoRun::Stop::no_answer) return {false, run.question(), {}};
  if (code != 0 && !run.began()) petsc_check(code, "TaoSolve");
  return {true, {}, reason_of(run.stops())};
}

TaoEnd tao_replay(const TaoOptions& options, const VectorXd& start, std::span<const TaoEvaluation> told) {
  constexpr double round_off = 1e-8;  // in widths of the cube, as it may have grown along a search
  std::size_t next = 0;
  TaoEnd end = tao_search(options, start, [&](const VectorXd& point) -> const TaoEvaluation* {
    if (next == told.size()) return nullptr;
    const VectorXd& stored = told[next].point;
    require(stored.size() == point.size() && (point - stored).cwiseAbs().maxCoeff() <= round_off,
            "state of a search: its evaluation ", next, " of ", told.size(),
            " is not where the search asks for it; it belongs to another problem or to other options");
    return &told[next++];
  });
  require(next == told.size(), "state of a search: the search ends after ", next, " of its ", told.size(),
          " evaluations; it belongs to another problem or to other options");
  return end;
}

}  // namespace tilth

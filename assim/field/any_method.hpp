#pragma once

#include <functional>
#include <memory>
#include <string>

#include "assim/field/field_problem.hpp"
#include "assim/iterative/iterative_method.hpp"
#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// One method of one of the three kinds; the other two pointers are null.
struct AnyMethod {
  std::unique_ptr<AnalysisMethod> local;
  std::unique_ptr<FieldMethod> field;
  std::unique_ptr<IterativeMethod> iterative;
};

/// `method: {name: {options}}`: a choice among the registered methods of all kinds.
struct MethodChoice {
  std::string name = "letkf";
  std::function<AnyMethod()> make;

  /// Declares the choice under `key`; `name` holds the default when the key is absent.
  Schema::Option describe(Schema& s, const std::string& key);
};

/// What updates rows that columns share: a local method itself, for a whole-field method the transform filter.
/// @pre the method is not iterative
const AnalysisMethod& shared_method(const AnyMethod& method);

/// Whether the method updates FieldProblem::shared together with the columns.
bool takes_shared_rows(const MethodChoice& method);

/// Updates a field with a local or a whole-field method. Collective. @pre the method is not iterative
void analyse_field(const AnyMethod& method, FieldProblem& problem);

}  // namespace tilth

#include "assim/field/any_method.hpp"

#include <cassert>
#include <utility>
#include <vector>

#include "assim/field/local_analysis.hpp"

namespace tilth {

namespace {

using Configure = std::function<std::function<AnyMethod()>(Schema&)>;

struct Entry {
  std::string name, about;
  Configure configure;
};

template <class Interface>
void append(std::vector<Entry>& all, const Registry<Interface>& registry,
            std::unique_ptr<Interface> AnyMethod::*member) {
  for (const auto& [name, plugin] : registry) {
    const auto configure = plugin->configure;
    all.push_back({name, plugin->about, [configure, member](Schema& s) -> std::function<AnyMethod()> {
                     auto make = configure(s);
                     return [make, member] {
                       AnyMethod any;
                       any.*member = make();
                       return any;
                     };
                   }});
  }
}

std::vector<Entry> all_methods() {
  std::vector<Entry> all;
  append(all, analysis_methods(), &AnyMethod::local);
  append(all, field_methods(), &AnyMethod::field);
  append(all, iterative_methods(), &AnyMethod::iterative);
  return all;
}

}  // namespace

Schema::Option MethodChoice::describe(Schema& s, const std::string& key) {
  const std::vector<Entry> all = all_methods();
  std::vector<std::string> names;
  for (const Entry& entry : all) names.push_back(entry.name);
  return s.alternative(key, names, name, [&](std::size_t i, Schema& options) {
    options.about(all[i].about);
    auto maker = all[i].configure(options);
    if (all[i].name == name) make = std::move(maker);
  });
}

const AnalysisMethod& shared_method(const AnyMethod& method) {
  static const std::unique_ptr<AnalysisMethod> transform = [] {
    MethodChoice choice;
    Schema schema = Schema::reading(Node::parse("{}", ""));
    choice.describe(schema, "method");
    return std::move(choice.make().local);
  }();
  return method.local ? *method.local : *transform;
}

bool takes_shared_rows(const MethodChoice& method) { return method.name == "4denvar"; }

void analyse_field(const AnyMethod& method, FieldProblem& problem) {
  assert(method.local || method.field);
  if (method.field) return method.field->update(problem);
  analyse_locally(*method.local, problem);
}

}  // namespace tilth

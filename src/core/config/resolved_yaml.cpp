#include "core/config/node.hpp"
#include "core/config/schema.hpp"

namespace tilth {

std::string resolved_yaml(std::span<const OptionRecord> records) {
  Node root;
  for (const OptionRecord& record : records) {
    if (!record.value.empty()) root.set(record.path + "=" + record.value);
  }
  return root.yaml();
}

}  // namespace tilth

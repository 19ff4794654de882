#include "driver/member_noise.hpp"

#include <algorithm>

namespace tilth {

namespace {

// Numbers of independent draws for the same initial state.
constexpr std::int64_t at_cold_start = 0, around_a_state = 1;

// Adds sd(variable) times a keyed draw to all layers of the prognostic variables of a column.
template <class Sd>
void add_noise(Members& members, int c, const Random& random, std::int64_t cycle, const Sd& sd) {
  const StateLayout& layout = members.domain().model->traits().layout;
  const ColumnView column = members.state.column(c);
  for (int v = 0; v < int(layout.variables().size()); ++v) {
    const Variable& variable = layout.variables()[v];
    const double width = sd(variable);
    if (width == 0.0 || variable.kind != Variable::Kind::prognostic) continue;
    for (int t = 0; t < column.tiles(); ++t)
      for (int r = layout.row(v); r < layout.row(v) + variable.layers; ++r) {
        double* x = column.row(t, r);
        for (int m = 0; m < members.size(); ++m) {
          const Random::Key key{.cycle = cycle,
                                .member = members.role().first + m,
                                .id = members.domain().grid.points[c].id,
                                .draw = std::int64_t{t} * layout.rows() + r};
          x[m] = std::clamp(x[m] + width * random.normal(key), variable.lower, variable.upper);
        }
        std::fill(x + members.size(), x + column.stride(), x[members.size() - 1]);
      }
  }
}

}  // namespace

void add_start_noise(Members& members, int c) {
  add_noise(members, c, {members.role().seed, Purpose::initial_state}, at_cold_start,
            [](const Variable& v) { return v.start_sd; });
}

void add_model_noise(Members& members, Time day, int c) {
  add_noise(members, c, {members.role().seed, Purpose::model_noise}, day.seconds / seconds_per_day,
            [](const Variable& v) { return v.noise_sd; });
}

void add_state_noise(Members& members, int c, double sd) {
  add_noise(members, c, {members.role().seed, Purpose::initial_state}, around_a_state,
            [sd](const Variable&) { return sd; });
}

}  // namespace tilth

#include <petscmat.h>

#include <algorithm>
#include <limits>

#include "core/base/error.hpp"
#include "core/grid/partition.hpp"
#include "core/grid/point_graph.hpp"

namespace tilth {
namespace {

void check(PetscErrorCode code, const char* what) {
  if (code == 0) return;
  const char* message = nullptr;
  PetscErrorMessage(code, &message, nullptr);
  throw Failure(text("PETSc: ", what, " failed: ", message ? message : "unknown error", " (", code, ")"));
}

/// PETSc for the time of a call, on our communicator, unless someone else has started it. No options are read from
/// files or the command line, and signals stay ours.
class PetscScope {
 public:
  explicit PetscScope(const Comm& comm) {
    PetscBool running = PETSC_FALSE;
    check(PetscInitialized(&running), "PetscInitialized");
    if (!running) {
      PETSC_COMM_WORLD = comm.handle();
      check(PetscOptionsSetValue(nullptr, "-skip_petscrc", "true"), "PetscOptionsSetValue");
      check(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"), "PetscOptionsSetValue");
      check(PetscInitialize(nullptr, nullptr, nullptr, nullptr), "PetscInitialize");
      owned_ = true;
    }
    check(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr), "PetscPushErrorHandler");
  }
  ~PetscScope() {
    PetscPopErrorHandler();
    if (owned_) PetscFinalize();
  }
  PetscScope(const PetscScope&) = delete;
  PetscScope& operator=(const PetscScope&) = delete;

 private:
  bool owned_ = false;
};

/// A PETSc object that is destroyed with its owner.
template <class Handle, PetscErrorCode (*destroy)(Handle*)>
struct Owned {
  Owned() = default;
  ~Owned() { destroy(&handle); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  Handle handle = nullptr;
};

/// Array that PETSc takes over.
PetscInt* petsc_array(const std::vector<std::int64_t>& values) {
  PetscInt* array = nullptr;
  check(PetscMalloc1(values.size(), &array), "PetscMalloc");
  std::copy(values.begin(), values.end(), array);
  return array;
}

/// Weights whose sum fits PETSc's integers with room to spare. Collective.
std::vector<std::int64_t> small_weights(const Comm& comm, std::vector<std::int64_t> weight) {
  constexpr std::int64_t largest_sum = 1 << 28;
  std::int64_t sum = 0;
  for (const std::int64_t w : weight) sum += w;
  const std::int64_t divisor = comm.sum(sum) / largest_sum + 1;
  for (std::int64_t& w : weight) w = std::max<std::int64_t>(1, w / divisor);
  return weight;
}

void require_no_empty_part(const Comm& comm, const std::vector<int>& part, int parts) {
  std::vector<std::int64_t> count(std::size_t(parts), 0);
  for (const int p : part) ++count[std::size_t(p)];
  comm.sum(std::span<std::int64_t>(count));
  for (int p = 0; p < parts; ++p)
    require(count[std::size_t(p)] > 0, "grid.partition.method: ptscotch left rank ", p, " of ", parts,
            " without points; use hilbert, or fewer ranks");
}

}  // namespace

std::vector<int> split_by_graph(const Comm& comm, const Grid& grid, const std::vector<std::int64_t>& weight,
                                int parts) {
  const PointGraph graph = point_graph(comm, grid.points, adjacency_km(grid));
  const std::int64_t edges = comm.sum(std::int64_t(graph.neighbour.size()));
  const std::int64_t points = comm.sum(std::int64_t(grid.points.size()));
  require(edges <= std::numeric_limits<PetscInt>::max(), "grid.partition.method: ptscotch with ", edges,
          " links between points needs a PETSc built with 64-bit integers; use hilbert");
  const PetscScope petsc(comm);
  Owned<Mat, MatDestroy> adjacency;
  check(MatCreateMPIAdj(comm.handle(), PetscInt(grid.points.size()), PetscInt(points), petsc_array(graph.offset),
                        petsc_array(graph.neighbour), nullptr, &adjacency.handle),
        "MatCreateMPIAdj");
  Owned<MatPartitioning, MatPartitioningDestroy> partitioning;
  check(MatPartitioningCreate(comm.handle(), &partitioning.handle), "MatPartitioningCreate");
  check(MatPartitioningSetAdjacency(partitioning.handle, adjacency.handle), "MatPartitioningSetAdjacency");
  check(MatPartitioningSetType(partitioning.handle, MATPARTITIONINGPTSCOTCH), "PT-Scotch (is it in this PETSc?)");
  check(MatPartitioningSetNParts(partitioning.handle, parts), "MatPartitioningSetNParts");
  check(MatPartitioningSetVertexWeights(partitioning.handle, petsc_array(small_weights(comm, weight))),
        "MatPartitioningSetVertexWeights");
  Owned<IS, ISDestroy> result;
  check(MatPartitioningApply(partitioning.handle, &result.handle), "MatPartitioningApply");
  const PetscInt* owner = nullptr;
  check(ISGetIndices(result.handle, &owner), "ISGetIndices");
  std::vector<int> part(owner, owner + grid.points.size());
  check(ISRestoreIndices(result.handle, &owner), "ISRestoreIndices");
  require_no_empty_part(comm, part, parts);
  return part;
}

}  // namespace tilth

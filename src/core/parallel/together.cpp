#include <array>
#include <exception>
#include <utility>

#include "core/base/error.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {
namespace {

enum Outcome : std::int64_t { fine = 0, error = 1, failure = 2 };

// Agrees on the worst outcome; if it is not fine, throws it on every rank with the lowest failing rank's message.
void agree(const Comm& comm, Outcome outcome, std::string message) {
  const std::int64_t ranks_from_here = comm.size() - comm.rank();
  std::array<std::int64_t, 2> worst = {outcome, outcome == fine ? 0 : ranks_from_here};
  comm.max(std::span<std::int64_t>(worst));
  if (worst[0] == fine) return;
  comm.broadcast(message, comm.size() - static_cast<int>(worst[1]));
  if (worst[0] == failure) throw Failure(message);
  throw Error(message);
}

}  // namespace

void together(const Comm& comm, const std::function<void()>& work) {
  Outcome outcome = fine;
  std::string message;
  try {
    work();
  } catch (const Error& e) {
    outcome = error;
    message = e.what();
  } catch (const std::exception& e) {  // Failure, and what the standard library throws (no memory, ...)
    outcome = failure;
    message = e.what();
  } catch (...) {
    outcome = failure;
    message = "an exception of unknown type";
  }
  agree(comm, outcome, std::move(message));
}

void require_all(const Comm& comm, bool ok, const std::string& message) { agree(comm, ok ? fine : error, message); }

}  // namespace tilth

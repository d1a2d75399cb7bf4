#include "lock/sequential_multi.hpp"

#include <utility>

#include "lock/dialogue.hpp"

namespace dynamutex::lock {

void SequentialMulti::start(std::uint64_t id, const dynamo::Operation& operation, const dynamo::CallOptions& options) {
  started_.push_back({id, operation, options});
}

std::optional<dynamo::Multi::Finished> SequentialMulti::wait(MonotonicTime, const Cancellation*) {
  if (started_.empty()) return std::nullopt;
  const Started next = std::move(started_.front());
  started_.pop_front();
  return Finished{next.id, perform(table_, next.operation, next.options)};
}

}  // namespace dynamutex::lock

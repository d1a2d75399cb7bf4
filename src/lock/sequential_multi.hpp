#pragma once
// A Multi for tables that do one operation after another.

#include <deque>

#include "dynamutex/dynamo/table.hpp"

namespace dynamutex::lock {

/// `wait` does the operation that was started first, whole, whatever `until` and `wake` say: it is bounded by the operation's own
/// deadline and cancellation.
class SequentialMulti final : public dynamo::Multi {
 public:
  explicit SequentialMulti(dynamo::Table& table) noexcept : table_(table) {}

  void start(std::uint64_t id, const dynamo::Operation& operation, const dynamo::CallOptions& options) override;
  [[nodiscard]] std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override;

 private:
  struct Started {
    std::uint64_t id;
    dynamo::Operation operation;
    dynamo::CallOptions options;
  };
  dynamo::Table& table_;
  std::deque<Started> started_;
};

}  // namespace dynamutex::lock

#pragma once
// One operation and its answer, as a dialogue.

#include <optional>
#include <utility>

#include "lock/dialogue.hpp"

namespace dynamutex::lock {

class Asking final : public Dialogue {
 public:
  Asking(dynamo::Operation operation, const dynamo::CallOptions& options) : operation_(std::move(operation)), options_(options) {}

  Next begin() override { return Send{&operation_, options_}; }
  Next answered(Result<dynamo::WriteOutcome> answer) override {
    answer_ = std::move(answer);
    return Done{};
  }
  Next waited(bool) override { return Done{}; }

  /// Once it is done.
  [[nodiscard]] Result<dynamo::WriteOutcome>& answer() noexcept { return *answer_; }

 private:
  const dynamo::Operation operation_;
  const dynamo::CallOptions options_;
  std::optional<Result<dynamo::WriteOutcome>> answer_;
};

}  // namespace dynamutex::lock

#include "lock/dialogue.hpp"

#include <utility>

namespace dynamutex::lock {

Result<dynamo::WriteOutcome> perform(dynamo::Table& table, const dynamo::Operation& operation,
                                     const dynamo::CallOptions& options) {
  if (const auto* put = std::get_if<dynamo::PutItem>(&operation); put != nullptr) return table.put(*put, options);
  if (const auto* erase = std::get_if<dynamo::DeleteItem>(&operation); erase != nullptr) return table.remove(*erase, options);
  if (const auto* update = std::get_if<dynamo::UpdateItem>(&operation); update != nullptr) return table.update(*update, options);
  auto item = table.get(*std::get_if<dynamo::GetItem>(&operation), options);
  if (!item) return std::move(item).error();
  return dynamo::WriteOutcome{dynamo::WriteOutcome::Status::applied, *std::move(item), false};
}

void converse(Dialogue& dialogue, dynamo::Table& table, Clock& clock) {
  Next next = dialogue.begin();
  for (;;) {
    if (const auto* send = std::get_if<Send>(&next); send != nullptr) {
      next = dialogue.answered(perform(table, *send->operation, send->options));
    } else if (const auto* pause = std::get_if<Pause>(&next); pause != nullptr) {
      next = dialogue.waited(clock.wait_until(pause->until, pause->cancellation));
    } else {
      return;
    }
  }
}

}  // namespace dynamutex::lock

#include "dynamo/client_multi.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "dynamo/operations.hpp"
#include "dynamo/requests.hpp"

namespace dynamutex::dynamo {
namespace {

/// How long all operations may stand still while keys are fetched: far less than a lease. A provider that has old keys
/// hands those out when it is not done by then.
constexpr std::chrono::seconds kCredentialsWaitMax{1};
/// How often those that pause between two attempts are asked whether they were cancelled.
constexpr std::chrono::milliseconds kSlice{50};

}  // namespace

void ClientMulti::start(std::uint64_t id, const Operation& operation, const CallOptions& options) {
  Pending& pending = idle_pending();
  pending.id = id;
  pending.body.clear();
  const OperationKind kind = std::visit(
      [&](const auto& request) {
        append_json(pending.body, table_, request);
        return kind_of(request);
      },
      operation);
  pending.reader.emplace(kind.item_member);
  pending.call.emplace(core_, CallRequest{kind.target, table_, pending.body, kind.write, options}, *pending.reader);
  pause(pending, MonotonicTime::min());
}

std::optional<Multi::Finished> ClientMulti::wait(MonotonicTime until, const Cancellation* wake) {
  for (;;) {
    if (auto finished = take_finished()) return finished;
    begin_due(wake);
    const MonotonicTime now = core_.world.clock.now();
    end_cancelled_pauses(now);
    if (auto finished = take_finished()) return finished;
    if (auto replied = requests_->wait(next_look(until, now), wake)) {
      end(*pending_[replied->id], std::move(replied->result));
      continue;
    }
    if (core_.world.clock.now() >= until || (wake != nullptr && wake->cancelled())) return std::nullopt;
  }
}

ClientMulti::Pending& ClientMulti::idle_pending() {
  if (idle_.empty()) {
    pending_.push_back(std::make_unique<Pending>());
    pending_.back()->index = pending_.size() - 1;
    return *pending_.back();
  }
  Pending* const pending = idle_.back();
  idle_.pop_back();
  return *pending;
}

void ClientMulti::begin_due(const Cancellation* wake) {
  std::optional<Result<credentials::SharedCredentials>>
      keys;  // Asked for once: a provider that hangs must not hang once for each.
  MonotonicTime now = core_.world.clock.now();
  while (!waiting_.empty() && waiting_.begin()->first <= now) {
    Pending& pending = *waiting_.begin()->second;
    if (!keys) {
      const MonotonicTime patience = saturating_add(now, kCredentialsWaitMax);
      keys.emplace(core_.world.credentials.get(std::min(patience, pending.call->options().deadline), wake));
      // Whoever woke us cut that short: it is no failure of these operations, which are begun by the next wait.
      if (!*keys && wake != nullptr && wake->cancelled()) return;
      now = core_.world.clock.now();
    }
    leave_pause(waiting_.begin());
    pending.call->begin(now);
    begin(pending, *keys);
  }
}

void ClientMulti::pause(Pending& pending, MonotonicTime until) {
  waiting_.emplace(until, &pending);
  if (pending.call->options().cancellation != nullptr) ++cancellable_;
}

ClientMulti::Waiting::iterator ClientMulti::leave_pause(Waiting::iterator entry) {
  if (entry->second->call->options().cancellation != nullptr) --cancellable_;
  return waiting_.erase(entry);
}

void ClientMulti::begin(Pending& pending, const Result<credentials::SharedCredentials>& keys) {
  if (!keys) return end(pending, keys.error());
  if (auto ready = pending.call->sign(*keys, memory_); !ready) return end(pending, std::move(ready).error());
  requests_->start(pending.index, memory_.request);
}

void ClientMulti::end(Pending& pending, Result<http::Response> reply) {
  if (pending.call->end(std::move(reply))) finish(pending);
  else pause(pending, pending.call->resume_at());
}

void ClientMulti::finish(Pending& pending) {
  finished_.push_back({pending.id, outcome_of(pending.call->take(), *pending.reader)});
  pending.call.reset();
  idle_.push_back(&pending);
}

void ClientMulti::end_cancelled_pauses(MonotonicTime now) {
  if (cancellable_ == 0 || now < saturating_add(looked_, kSlice)) return;
  looked_ = now;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    Pending& pending = *at->second;
    const Cancellation* const cancellation = pending.call->options().cancellation;
    if (cancellation == nullptr || !cancellation->cancelled()) {
      ++at;
      continue;
    }
    at = leave_pause(at);
    pending.call->give_up();
    finish(pending);
  }
}

MonotonicTime ClientMulti::next_look(MonotonicTime until, MonotonicTime now) const {
  if (waiting_.empty()) return until;
  const MonotonicTime next = std::min(until, waiting_.begin()->first);
  return cancellable_ > 0 ? std::min(next, saturating_add(now, kSlice)) : next;
}

std::optional<Multi::Finished> ClientMulti::take_finished() {
  if (finished_taken_ == finished_.size()) return std::nullopt;
  std::optional<Finished> next = std::move(finished_[finished_taken_++]);
  if (finished_taken_ == finished_.size()) {
    finished_.clear();
    finished_taken_ = 0;
  }
  return next;
}

}  // namespace dynamutex::dynamo

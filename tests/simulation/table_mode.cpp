#include "simulation/table_mode.hpp"

#include <algorithm>
#include <utility>

namespace dynamutex::simulation {
namespace {

/// A request as the structures of dynamo::Table.
class TableExchange final : public Exchange {
 public:
  explicit TableExchange(Operation given) : operation(std::move(given)) {}

  void serve(Server& server, Answer given, std::optional<dynamo::ServerTime> at) override {
    Served result;
    if (given == Answer::normal || given == Answer::error_applied) result = server.serve(operation, origin);
    // A duplicate's reply comes to nobody: what the first one said stays.
    if (replied || served_once) return;
    served_once = true;
    answer = given;
    date = at;
    served = std::move(result);
  }
  [[nodiscard]] bool writes() const noexcept override { return is_write(operation); }
  [[nodiscard]] const char* name() const noexcept override { return name_of(operation); }
  [[nodiscard]] const char* reply_text() const noexcept override {
    constexpr const char* kTexts[] = {nullptr, "throttled", "applied, but 500", "500", "denied"};
    return answer == Answer::normal ? to_string(served.status) : kTexts[static_cast<std::size_t>(answer)];
  }

  const Operation operation;
  bool served_once = false;
  Answer answer = Answer::normal;
  std::optional<dynamo::ServerTime> date;
  Served served;
};

Error failure(ErrorKind kind, const char* message) {
  Error error;
  error.kind = kind;
  error.message = message;
  error.attempts = 1;
  return error;
}

}  // namespace

Result<Served> SimulatedTable::call(Operation operation, const dynamo::CallOptions& options) {
  if (process_.draining) return failure(ErrorKind::denied, "the schedule is over");
  const bool write = is_write(operation);
  const ErrorKind in_doubt = write ? ErrorKind::ambiguous : ErrorKind::not_applied;
  const MonotonicTime sent = clock_.now();
  if (sent >= options.deadline) return failure(ErrorKind::timed_out, "no time to send");
  if (options.cancellation != nullptr && options.cancellation->cancelled()) return failure(ErrorKind::timed_out, "cancelled");

  Exchange* exchange = nullptr;
  const MonotonicTime deadline = std::min(options.deadline, saturating_add(sent, attempt_timeout_));
  const Arrival arrival =
      network_.send(process_, std::make_unique<TableExchange>(std::move(operation)), deadline, options.cancellation, &exchange);
  if (process_.draining) return failure(ErrorKind::denied, "the schedule is over");
  switch (arrival) {
    case Arrival::refused: return failure(ErrorKind::not_applied, "connection refused");
    case Arrival::connection_lost: return failure(in_doubt, "connection lost");
    case Arrival::timed_out:
    case Arrival::cancelled: return failure(write ? ErrorKind::ambiguous : ErrorKind::timed_out, "no reply");
    case Arrival::replied: break;
  }
  const MonotonicTime received = clock_.now();
  auto& reply = static_cast<TableExchange&>(*exchange);
  if (reply.corrupted) return failure(in_doubt, "reply corrupt");
  server_clock_.observe(sent, received, reply.aged ? std::nullopt : reply.date);
  switch (reply.answer) {
    case Answer::throttled: return failure(ErrorKind::throttled, "throttled");
    case Answer::error_applied:
    case Answer::error_not_applied: return failure(in_doubt, "status 500");
    case Answer::denied: return failure(ErrorKind::denied, "credentials expired");
    case Answer::normal: break;
  }
  if (reply.served.status == Served::Status::invalid) return failure(ErrorKind::invalid, "ValidationException");
  Served served = std::move(reply.served);
  if (reply.old_item_hidden && served.status == Served::Status::condition_failed) served.item.reset();
  return served;
}

Result<dynamo::WriteOutcome> SimulatedTable::write(Operation operation, const dynamo::CallOptions& options) {
  auto served = call(std::move(operation), options);
  if (!served) return std::move(served).error();
  dynamo::WriteOutcome outcome;
  if (served->status == Served::Status::condition_failed) outcome.status = dynamo::WriteOutcome::Status::condition_failed;
  outcome.item = std::move(served->item);
  return outcome;
}

Result<dynamo::WriteOutcome> SimulatedTable::put(const dynamo::PutItem& request, const dynamo::CallOptions& options) {
  return write(request, options);
}

Result<dynamo::WriteOutcome> SimulatedTable::remove(const dynamo::DeleteItem& request, const dynamo::CallOptions& options) {
  return write(request, options);
}

Result<dynamo::WriteOutcome> SimulatedTable::update(const dynamo::UpdateItem& request, const dynamo::CallOptions& options) {
  return write(request, options);
}

Result<std::optional<dynamo::Item>> SimulatedTable::get(const dynamo::GetItem& request, const dynamo::CallOptions& options) {
  auto served = call(request, options);
  if (!served) return std::move(served).error();
  return std::move(served->item);
}

Result<dynamo::ScanPage> SimulatedTable::scan(const dynamo::Scan& request, const dynamo::CallOptions& options) {
  auto served = call(request, options);
  if (!served) return std::move(served).error();
  return std::move(served->page);
}

}  // namespace dynamutex::simulation

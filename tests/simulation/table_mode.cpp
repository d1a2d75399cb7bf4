#include "simulation/table_mode.hpp"

#include <algorithm>
#include <deque>
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
  [[nodiscard]] bool concerns(const lock::LockName& name) const override {
    const dynamo::Item* const item = item_of(operation);
    return item != nullptr && std::any_of(item->attributes().begin(), item->attributes().end(), [&](const auto& attribute) {
             const auto* const text = attribute.value.template get_if<std::string>();
             return text != nullptr && *text == name.key;
           });
  }
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

dynamo::WriteOutcome outcome_of(Served served) {
  dynamo::WriteOutcome outcome;
  if (served.status == Served::Status::condition_failed) outcome.status = dynamo::WriteOutcome::Status::condition_failed;
  outcome.item = std::move(served.item);
  return outcome;
}

}  // namespace

/// Many requests at once.
class SimulatedTable::Many final : public dynamo::Multi {
 public:
  explicit Many(SimulatedTable& table) : table_(table), flights_(table.world_, table.network_, table.process_) {}

  void start(std::uint64_t id, const dynamo::Operation& operation, const dynamo::CallOptions& options) override {
    Operation copy = std::visit([](const auto& request) { return Operation(request); }, operation);
    if (auto error = table_.begin(flights_, id, std::move(copy), options); error) failed_.push_back({id, *std::move(error)});
  }

  std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override {
    if (!failed_.empty()) {
      Finished finished = std::move(failed_.front());
      failed_.pop_front();
      return finished;
    }
    const auto flight = flights_.wait(until, wake);
    if (!flight) return std::nullopt;
    auto served = table_.conclude(*flight);
    if (!served) return Finished{flight->id, std::move(served).error()};
    return Finished{flight->id, outcome_of(*std::move(served))};
  }

 private:
  SimulatedTable& table_;
  Flights flights_;
  std::deque<Finished> failed_;  ///< Before they were sent.
};

std::unique_ptr<dynamo::Multi> SimulatedTable::multi() { return std::make_unique<Many>(*this); }

Result<Served> SimulatedTable::call(Operation operation, const dynamo::CallOptions& options) {
  Flights flights(world_, network_, process_);
  if (auto error = begin(flights, 0, std::move(operation), options); error) return *std::move(error);
  const auto flight = flights.wait(MonotonicTime::max(), nullptr);
  if (!flight) return failure(ErrorKind::denied, "the schedule is over");
  return conclude(*flight);
}

std::optional<Error> SimulatedTable::begin(Flights& flights, std::uint64_t id, Operation operation,
                                           const dynamo::CallOptions& options) {
  if (process_.draining) return failure(ErrorKind::denied, "the schedule is over");
  const MonotonicTime sent = clock_.now();
  if (sent >= options.deadline) return failure(ErrorKind::timed_out, "no time to send");
  if (options.cancellation != nullptr && options.cancellation->cancelled()) return failure(ErrorKind::timed_out, "cancelled");
  flights.begin(id, std::make_unique<TableExchange>(std::move(operation)), sent,
                attempt_deadline(sent, attempt_timeout_, options.deadline), options.cancellation);
  return std::nullopt;
}

Result<Served> SimulatedTable::conclude(const Flights::Flight& flight) {
  if (process_.draining) return failure(ErrorKind::denied, "the schedule is over");
  const bool write = flight.exchange->writes();
  const ErrorKind in_doubt = write ? ErrorKind::ambiguous : ErrorKind::not_applied;
  switch (flight.arrival) {
    case Arrival::refused: return failure(ErrorKind::not_applied, "connection refused");
    case Arrival::connection_lost: return failure(in_doubt, "connection lost");
    case Arrival::timed_out:
    case Arrival::cancelled: return failure(write ? ErrorKind::ambiguous : ErrorKind::timed_out, "no reply");
    case Arrival::replied: break;
  }
  const MonotonicTime received = clock_.now();
  auto& reply = static_cast<TableExchange&>(*flight.exchange);
  if (reply.corrupted) return failure(in_doubt, "reply corrupt");
  server_clock_.observe(flight.sent, received, reply.aged ? std::nullopt : reply.date);
  switch (reply.answer) {
    case Answer::throttled: return failure(ErrorKind::throttled, "throttled");
    case Answer::error_applied:
    case Answer::error_not_applied: return failure(in_doubt, "status 500");
    case Answer::denied: return failure(ErrorKind::denied, "credentials expired");
    case Answer::normal: break;
  }
  if (reply.served.status == Served::Status::invalid) return failure(ErrorKind::invalid, "ValidationException");
  const bool hidden = reply.old_item_hidden && reply.served.status == Served::Status::condition_failed;
  if (hidden) reply.served.item.reset();
  return std::move(reply.served);
}

Result<dynamo::WriteOutcome> SimulatedTable::write(Operation operation, const dynamo::CallOptions& options) {
  auto served = call(std::move(operation), options);
  if (!served) return std::move(served).error();
  return outcome_of(*std::move(served));
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

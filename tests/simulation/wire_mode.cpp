#include "simulation/wire_mode.hpp"

#include <chrono>
#include <deque>
#include <string>
#include <utility>

#include "simulation/wire_server.hpp"

namespace dynamutex::simulation {
namespace {

constexpr std::chrono::seconds kAge{17};

/// A request as the bytes that the client sent.
class WireExchange final : public Exchange {
 public:
  WireExchange(const http::Request& request, World& world) : request_(read_request(request)), world_(world) {}

  void serve(Server& server, Answer answer, std::optional<dynamo::ServerTime> date) override {
    // What comes out of a cache is as old as it says.
    const auto told = aged && date ? std::optional(*date - kAge) : date;
    WireReply reply =
        answer_request(server, request_, origin, {answer, kServerEpoch + world_.now(), told, never_dated, old_item_hidden});
    if (replied || served_once_) return;
    served_once_ = true;
    reply_ = std::move(reply);
  }
  [[nodiscard]] bool writes() const noexcept override { return request_.writes; }
  [[nodiscard]] bool concerns(const lock::LockName& name) const override {
    return request_.body.find('"' + name.key + '"') != std::string::npos;
  }
  [[nodiscard]] const char* name() const noexcept override { return request_.operation.c_str(); }
  [[nodiscard]] const char* reply_text() const noexcept override { return reply_.body.c_str(); }

  /// As it comes in: whole, or damaged on the way.
  [[nodiscard]] http::Response response(Random& random) const {
    http::Response response;
    response.status = reply_.status;
    response.headers = reply_.headers;
    response.body = reply_.body;
    if (aged) response.headers.push_back({"Age", std::to_string(kAge.count())});
    if (corrupted && !response.body.empty()) {
      const std::size_t at = random.below(response.body.size());
      if (random.coin()) {
        response.body.resize(at);
      } else {
        response.body[at] = static_cast<char>(response.body[at] ^ static_cast<char>(1 + random.below(127)));
      }
    }
    return response;
  }

 private:
  const WireRequest request_;
  World& world_;
  bool served_once_ = false;
  WireReply reply_;
};

Error failure(ErrorKind kind, const char* message) {
  Error error;
  error.kind = kind;
  error.message = message;
  return error;
}

}  // namespace

/// Many requests at once.
class SimulatedTransport::Many final : public http::Multi {
 public:
  explicit Many(SimulatedTransport& transport)
      : transport_(transport), flights_(transport.world_, transport.network_, transport.process_) {}

  void start(std::uint64_t id, const http::Request& request) override {
    if (auto error = transport_.begin(flights_, id, request); error) failed_.push_back({id, *std::move(error)});
  }

  std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override {
    if (!failed_.empty()) {
      Finished finished = std::move(failed_.front());
      failed_.pop_front();
      return finished;
    }
    const auto flight = flights_.wait(until, wake);
    if (!flight) return std::nullopt;
    return Finished{flight->id, transport_.conclude(*flight)};
  }

 private:
  SimulatedTransport& transport_;
  Flights flights_;
  std::deque<Finished> failed_;  ///< Before they were sent.
};

std::unique_ptr<http::Multi> SimulatedTransport::multi() { return std::make_unique<Many>(*this); }

Result<http::Response> SimulatedTransport::send(const http::Request& request) {
  Flights flights(world_, network_, process_);
  if (auto error = begin(flights, 0, request); error) return *std::move(error);
  const auto flight = flights.wait(MonotonicTime::max(), nullptr);
  if (!flight) return failure(ErrorKind::invalid, "the schedule is over");
  return conclude(*flight);
}

std::optional<Error> SimulatedTransport::begin(Flights& flights, std::uint64_t id, const http::Request& request) {
  if (process_.draining) return failure(ErrorKind::invalid, "the schedule is over");
  const MonotonicTime sent = clock_.now();
  if (sent >= request.deadline) return failure(ErrorKind::timed_out, "no time to send");
  if (request.cancellation != nullptr && request.cancellation->cancelled()) return failure(ErrorKind::timed_out, "cancelled");
  flights.begin(id, std::make_unique<WireExchange>(request, world_), sent, request.deadline, request.cancellation);
  return std::nullopt;
}

Result<http::Response> SimulatedTransport::conclude(const Flights::Flight& flight) {
  if (process_.draining) return failure(ErrorKind::invalid, "the schedule is over");
  switch (flight.arrival) {
    case Arrival::refused: return failure(ErrorKind::not_applied, "connection refused");
    case Arrival::connection_lost: return failure(ErrorKind::ambiguous, "connection lost");
    case Arrival::timed_out:
    case Arrival::cancelled: return failure(ErrorKind::ambiguous, "no reply");
    case Arrival::replied: break;
  }
  http::Response response = static_cast<const WireExchange&>(*flight.exchange).response(world_.random);
  response.sent = flight.sent;
  response.received = clock_.now();
  return response;
}

WireClient::WireClient(World& world, Network& network, Process& process, Clock& clock, Entropy& entropy,
                       dynamo::ServerClockOptions server_clock, Duration attempt_timeout, int attempts_max)
    : transport_(world, network, process),
      provider_(credentials::make_static_provider({"AKIDEXAMPLE", Secret("simulated-secret"), Secret("")})) {
  dynamo::ClientOptions options;
  options.endpoint = "http://dynamodb.simulated:8000";
  options.region = "eu-west-1";
  options.attempts_max = attempts_max;
  options.attempt_timeout = attempt_timeout;
  options.server_clock = server_clock;
  client_ = dynamo::Client::create({transport_, *provider_, clock, entropy}, options).value();
  table_ = std::make_unique<dynamo::ClientTable>(*client_, "locks");
}

}  // namespace dynamutex::simulation

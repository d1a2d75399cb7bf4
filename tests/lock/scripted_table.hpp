#pragma once
// A table that answers from a script and keeps what it was asked.

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "dynamutex/dynamo/table.hpp"
#include "dynamutex/lock/lock_client.hpp"
#include "support/fake_world.hpp"

namespace dynamutex::test {

using dynamo::WriteOutcome;

/// What was asked of the table, in one form for all operations.
struct Asked {
  std::string operation;
  dynamo::Item item;  ///< The item, or the key.
  std::string condition;
  std::string update;
  std::vector<std::pair<std::string, dynamo::AttributeValue>> values;
  MonotonicTime at;
  std::vector<std::pair<std::string, std::string>> names{};

  [[nodiscard]] std::string text(std::string_view attribute) const {
    const auto* found = item.find_as<std::string>(attribute);
    return found == nullptr ? std::string("(none)") : *found;
  }
  [[nodiscard]] std::string number(std::string_view attribute) const {
    const auto* found = item.find_as<dynamo::Number>(attribute);
    return found == nullptr ? std::string("(none)") : found->decimal;
  }
  [[nodiscard]] std::string value(std::string_view placeholder) const {
    for (const auto& [name, value] : values) {
      if (name != placeholder) continue;
      if (const auto* text = value.get_if<std::string>(); text != nullptr) return *text;
      if (const auto* number = value.get_if<dynamo::Number>(); number != nullptr) return number->decimal;
    }
    return "(none)";
  }
};

class ScriptedTable final : public dynamo::Table {
 public:
  using Answer = std::function<Result<WriteOutcome>(const Asked&)>;

  explicit ScriptedTable(FakeClock& local) : clock_(local) {}

  Result<WriteOutcome> put(const dynamo::PutItem& request, const dynamo::CallOptions& options) override {
    return answer({"put", request.item, request.condition.text, {}, request.condition.values, clock_.now()}, options);
  }
  Result<WriteOutcome> remove(const dynamo::DeleteItem& request, const dynamo::CallOptions& options) override {
    return answer({"delete", request.key, request.condition.text, {}, request.condition.values, clock_.now()}, options);
  }
  Result<WriteOutcome> update(const dynamo::UpdateItem& request, const dynamo::CallOptions& options) override {
    return answer({"update", request.key, request.condition, request.update.text, request.update.values, clock_.now(),
                   request.update.names},
                  options);
  }
  Result<std::optional<dynamo::Item>> get(const dynamo::GetItem& request, const dynamo::CallOptions& options) override {
    REQUIRE(request.consistent);
    auto outcome = answer({"get", request.key, {}, {}, {}, clock_.now()}, options);
    if (!outcome) return std::move(outcome).error();
    return outcome->item;
  }
  Result<dynamo::ScanPage> scan(const dynamo::Scan& request, const dynamo::CallOptions&) override {
    asked.push_back({request.consistent ? "scan consistently" : "scan", request.start_after, {}, {}, {}, clock_.now()});
    REQUIRE_FALSE(pages.empty());
    dynamo::ScanPage page = std::move(pages.front());
    pages.pop_front();
    return page;
  }
  const dynamo::ServerClock& server_clock() const noexcept override { return *clock; }

  /// The next answers, in order.
  ScriptedTable& then(Answer next) {
    script.push_back(std::move(next));
    return *this;
  }
  ScriptedTable& then_applied() {
    return then([](const Asked&) { return WriteOutcome{}; });
  }
  ScriptedTable& then_refused(std::optional<dynamo::Item> item, bool doubted = false) {
    return then([=](const Asked&) { return WriteOutcome{WriteOutcome::Status::condition_failed, item, doubted}; });
  }
  ScriptedTable& then_item(std::optional<dynamo::Item> item) {
    return then([=](const Asked&) { return WriteOutcome{WriteOutcome::Status::applied, item, false}; });
  }
  ScriptedTable& then_fails(ErrorKind kind) {
    return then([=](const Asked&) -> Result<WriteOutcome> {
      Error error;
      error.kind = kind;
      error.message = "scripted";
      return error;
    });
  }

  /// Every answer from now on brings the servers' time: this much ahead of the local monotonic clock.
  void tell_time(Duration ahead) { server_ahead = ahead; }
  /// Teaches the servers' time before the first request.
  void learn_time(Duration ahead) {
    tell_time(ahead);
    observe();
  }

  std::deque<Answer> script;
  std::deque<dynamo::ScanPage> pages;
  std::vector<Asked> asked;
  std::vector<MonotonicTime> deadlines;
  std::unique_ptr<dynamo::ServerClock> clock = std::make_unique<dynamo::ServerClock>();
  std::optional<Duration> server_ahead;
  Duration takes{};  ///< Each request takes this long.

 private:
  void observe() {
    if (!server_ahead) return;
    const auto server = dynamo::ServerTime((clock_.now() + *server_ahead).time_since_epoch());
    clock->observe(clock_.now(), clock_.now(), std::chrono::floor<std::chrono::seconds>(server));
  }

  Result<WriteOutcome> answer(Asked request, const dynamo::CallOptions& options) {
    asked.push_back(request);
    deadlines.push_back(options.deadline);
    const std::string operation = request.operation;
    INFO("request " << asked.size() << ": " << operation);
    // A lease that goes out of scope at the end of a test frees its lock: of no interest, and in a destructor.
    const bool frees = request.operation == "delete" || request.item.find("isReleased") != nullptr;
    if (script.empty() && frees) return WriteOutcome{};
    REQUIRE_FALSE(script.empty());
    const Answer next = std::move(script.front());
    script.pop_front();
    clock_.advance(takes);
    if (server_ahead) {
      observe();
    } else {
      clock->observe(clock_.now(), clock_.now(), std::nullopt);
    }
    return next(request);
  }

  FakeClock& clock_;
};

/// What an acquiring update answers in fenced mode.
inline WriteOutcome applied_with_token(std::uint64_t token) {
  lock::Record written;
  written.name = lock::LockName("x");
  written.version = "v";
  written.lease = std::chrono::seconds(20);
  written.fencing_token = lock::FencingToken{token};
  return {WriteOutcome::Status::applied, lock::encode(written, {}, lock::Compat::java), false};
}

/// A lock client on a scripted table. The servers' time is known unless the test wants it otherwise.
struct LockSetup {
  static constexpr Duration kServerAhead = std::chrono::hours(24 * 365 * 50);

  explicit LockSetup(bool time_known = true, lock::LockClientOptions options = {}) {
    if (time_known) table.learn_time(kServerAhead);
    if (options.owner.empty()) options.owner = "me";
    client = std::make_unique<lock::LockClient>(table, clock, entropy, std::move(options));
  }

  [[nodiscard]] dynamo::ServerTime server_now() const {
    return dynamo::ServerTime((clock.now() + kServerAhead).time_since_epoch());
  }

  /// Somebody else's record that ends at `expires_at`.
  [[nodiscard]] dynamo::Item record(const std::string& version, std::optional<dynamo::ServerTime> expires_at,
                                    Duration lease = std::chrono::seconds(20)) const {
    lock::Record other;
    other.name = lock::LockName("x");
    other.owner = "other";
    other.version = version;
    other.lease = lease;
    other.expires_at = expires_at;
    return lock::encode(other, {}, lock::Compat::java);
  }

  FakeClock clock;
  CountingEntropy entropy;
  ScriptedTable table{clock};
  std::unique_ptr<lock::LockClient> client;
};

}  // namespace dynamutex::test

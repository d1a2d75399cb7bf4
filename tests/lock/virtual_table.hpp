#pragma once
// A table in virtual time that has many requests under way at once, and leases on it.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dynamutex/dynamo/table.hpp"
#include "lock/lease_state.hpp"
#include "support/fake_world.hpp"

namespace dynamutex::test {

/// What comes of a request, and when. Without an answer it hangs until its deadline.
struct Reply {
  std::optional<Duration> after;
  Result<dynamo::WriteOutcome> result = dynamo::WriteOutcome{};
};

/// A request as it was started.
struct Started {
  MonotonicTime at;
  std::string key;
  MonotonicTime deadline;
  bool write = true;
};

/// Single-threaded: time passes while somebody waits. Its own blocking calls answer at once.
class VirtualTable final : public dynamo::Table {
 public:
  using Answer = std::function<Reply(const Started& request, const dynamo::Operation& operation)>;

  explicit VirtualTable(FakeClock& local) : clock_(local) { clock.observe(local.now(), local.now(), std::nullopt); }

  Result<dynamo::WriteOutcome> put(const dynamo::PutItem& request, const dynamo::CallOptions& options) override {
    return blocking(request, options);
  }
  Result<dynamo::WriteOutcome> remove(const dynamo::DeleteItem& request, const dynamo::CallOptions& options) override {
    return blocking(request, options);
  }
  Result<dynamo::WriteOutcome> update(const dynamo::UpdateItem& request, const dynamo::CallOptions& options) override {
    return blocking(request, options);
  }
  Result<std::optional<dynamo::Item>> get(const dynamo::GetItem& request, const dynamo::CallOptions& options) override {
    auto outcome = blocking(request, options);
    if (!outcome) return std::move(outcome).error();
    return outcome->item;
  }
  Result<dynamo::ScanPage> scan(const dynamo::Scan&, const dynamo::CallOptions&) override { return dynamo::ScanPage{}; }
  std::unique_ptr<dynamo::Multi> multi() override {
    if (before_multi) before_multi();
    if (sequential) return nullptr;
    ++multis;
    return std::make_unique<VirtualMulti>(*this);
  }
  const dynamo::ServerClock& server_clock() const noexcept override { return clock; }

  Answer answer = [](const Started&, const dynamo::Operation&) { return Reply{std::chrono::milliseconds(20)}; };
  std::function<void()> before_multi;
  std::function<void()> before_wait;  ///< With requests under way, before time passes.
  bool sequential = false;
  int multis = 0;  ///< Made so far and still there.
  std::vector<Started> started;
  std::size_t in_flight = 0;
  std::size_t in_flight_max = 0;  ///< The most that ever were.
  dynamo::ServerClock clock;

 private:
  class VirtualMulti final : public dynamo::Multi {
   public:
    explicit VirtualMulti(VirtualTable& table) : table_(table) {}
    ~VirtualMulti() override {
      table_.in_flight -= flying_.size();
      --table_.multis;
    }

    void start(std::uint64_t id, const dynamo::Operation& operation, const dynamo::CallOptions& options) override {
      auto [at, result] = table_.ask(operation, options);
      flying_.emplace(at, Finished{id, std::move(result)});
      table_.in_flight_max = std::max(table_.in_flight_max, ++table_.in_flight);
    }
    std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override {
      if (table_.before_wait) table_.before_wait();
      if (wake != nullptr && wake->cancelled()) return std::nullopt;
      const bool answered = !flying_.empty() && flying_.begin()->first <= until;
      table_.clock_.wait_until(answered ? flying_.begin()->first : until, nullptr);
      if (!answered) return std::nullopt;
      Finished finished = std::move(flying_.begin()->second);
      flying_.erase(flying_.begin());
      --table_.in_flight;
      return finished;
    }

   private:
    VirtualTable& table_;
    std::multimap<MonotonicTime, Finished> flying_;
  };

  static std::string key_of(const dynamo::Operation& operation) {
    const dynamo::Item* item = nullptr;
    if (const auto* put = std::get_if<dynamo::PutItem>(&operation)) item = &put->item;
    if (const auto* get = std::get_if<dynamo::GetItem>(&operation)) item = &get->key;
    if (const auto* erase = std::get_if<dynamo::DeleteItem>(&operation)) item = &erase->key;
    if (const auto* update = std::get_if<dynamo::UpdateItem>(&operation)) item = &update->key;
    return *item->find_as<std::string>("key");
  }

  /// When the answer is there, and what it is.
  std::pair<MonotonicTime, Result<dynamo::WriteOutcome>> ask(const dynamo::Operation& operation,
                                                             const dynamo::CallOptions& options) {
    started.push_back({clock_.now(), key_of(operation), options.deadline, !std::holds_alternative<dynamo::GetItem>(operation)});
    Reply reply = answer(started.back(), operation);
    const MonotonicTime at = reply.after ? clock_.now() + *reply.after : MonotonicTime::max();
    if (at <= options.deadline) return {at, std::move(reply.result)};
    return {options.deadline, make_error(ErrorKind::ambiguous, "no answer")};
  }

  Result<dynamo::WriteOutcome> blocking(const dynamo::Operation& operation, const dynamo::CallOptions& options) {
    auto [at, result] = ask(operation, options);
    clock_.wait_until(at, nullptr);
    return std::move(result);
  }

  FakeClock& clock_;
};

/// What somebody else's record says to a write that it refuses.
inline Result<dynamo::WriteOutcome> refused_by_other(const std::string& key) {
  lock::Record other;
  other.name = lock::LockName(key);
  other.owner = "other";
  other.version = "theirs";
  other.lease = std::chrono::hours(1);
  return dynamo::WriteOutcome{dynamo::WriteOutcome::Status::condition_failed, encode(other, {}, lock::Compat::java), false};
}

/// A lease on `key` that counts from now, as if it had just been taken.
inline std::shared_ptr<lock::LeaseState> lease_on(const std::shared_ptr<lock::Core>& core, const std::string& key,
                                                  Duration length) {
  lock::AcquireOptions options;
  options.lease = length;
  return std::make_shared<lock::LeaseState>(core, lock::first_write(*core, lock::LockName(key), options));
}

}  // namespace dynamutex::test

#pragma once
// Many operations under way at once, from one thread.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dynamo/call.hpp"
#include "dynamo/client_core.hpp"
#include "dynamutex/http/transport.hpp"

namespace dynamutex::dynamo {

/// Drives calls on one table through an http::Multi: the rules are those of Call. `core` must outlive it.
class ClientMulti final : public Multi {
 public:
  ClientMulti(ClientCore& core, std::string table, std::unique_ptr<http::Multi> requests)
      : core_(core), table_(std::move(table)), requests_(std::move(requests)) {}

  void start(std::uint64_t id, const Operation& operation, const CallOptions& options) override;
  [[nodiscard]] std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override;

 private:
  /// An operation and its memory, which serves the next one later.
  struct Pending {
    std::uint64_t index = 0;  ///< In `pending_`; and the id of its request.
    std::uint64_t id = 0;
    std::string body;
    std::optional<ItemReader> reader;
    std::optional<Call> call;
  };

  using Waiting = std::multimap<MonotonicTime, Pending*>;

  Pending& idle_pending();
  void pause(Pending& pending, MonotonicTime until);
  Waiting::iterator leave_pause(Waiting::iterator entry);
  void begin_due(const Cancellation* wake);
  void begin(Pending& pending, const Result<credentials::SharedCredentials>& keys);
  void end(Pending& pending, Result<http::Response> reply);
  void finish(Pending& pending);
  void end_cancelled_pauses(MonotonicTime now);
  [[nodiscard]] MonotonicTime next_look(MonotonicTime until, MonotonicTime now) const;
  std::optional<Finished> take_finished();

  ClientCore& core_;
  const std::string table_;
  SignedRequest memory_;
  std::vector<std::unique_ptr<Pending>> pending_;
  std::vector<Pending*> idle_;
  Waiting waiting_;              ///< By when their next attempt is due.
  std::size_t cancellable_ = 0;  ///< How many of those have a cancellation.
  MonotonicTime looked_{};       ///< At these cancellations.
  std::vector<Finished> finished_;
  std::size_t finished_taken_ = 0;
  std::unique_ptr<http::Multi> requests_;  ///< The first to go.
};

}  // namespace dynamutex::dynamo

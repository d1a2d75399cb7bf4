#pragma once
// A minimal DynamoDB client: the item operations, and any other operation as JSON text.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "dynamutex/clock.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/dynamo/server_clock.hpp"
#include "dynamutex/dynamo/table.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/http/transport.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::dynamo {

/// One request and its answer, for logs. It has no member that could hold a key, a token or a body.
struct AttemptEvent {
  std::string_view operation;
  int attempt = 0;               ///< 1 for the first.
  int http_status = 0;           ///< 0 when no reply came.
  Duration duration{};           ///< From before sending to after receiving.
  const Error* error = nullptr;  ///< Why it failed; null on success and on a failed condition.
  bool condition_failed = false;
  Duration retry_after{-1};  ///< Pause before the next attempt; negative if there is none.
  std::string_view request_id;
};

struct ClientOptions {
  std::string endpoint;                                ///< "https://dynamodb.eu-west-1.amazonaws.com", "http://localhost:8000".
  std::string region;                                  ///< For signing, e.g. "eu-west-1".
  int attempts_max = 4;                                ///< Per call, the first included.
  Duration attempt_timeout = std::chrono::seconds(5);  ///< Bound on each single attempt.
  ServerClockOptions server_clock;
  std::function<void(const AttemptEvent&)> on_attempt;  ///< Called after each attempt, on the calling thread.
};

/// The outside world of a client. All of it must outlive the client.
struct ClientWorld {
  http::Transport& transport;
  credentials::Provider& credentials;
  Clock& clock;
  Entropy& entropy;
};

/// A DynamoDB client.
///
/// Each attempt is signed anew. Transient failures and throttling are retried as AWS's SDKs do: up to `attempts_max`
/// attempts, exponential backoff with full jitter, a token bucket that stops a storm of retries, all within the
/// caller's deadline. A write that was ever in doubt stays `ambiguous` unless a later answer settles it.
///
/// Thread-safe. Blocking: each call returns by its deadline, or at once when cancelled.
class DYNAMUTEX_EXPORT Client {
 public:
  /// Errors: `invalid` where the endpoint or the region is malformed.
  [[nodiscard]] static Result<std::unique_ptr<Client>> create(const ClientWorld& world, ClientOptions options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] Result<WriteOutcome> put_item(std::string_view table, const PutItem&, const CallOptions& = {});
  [[nodiscard]] Result<std::optional<Item>> get_item(std::string_view table, const GetItem&, const CallOptions& = {});
  [[nodiscard]] Result<WriteOutcome> delete_item(std::string_view table, const DeleteItem&, const CallOptions& = {});
  [[nodiscard]] Result<WriteOutcome> update_item(std::string_view table, const UpdateItem&, const CallOptions& = {});
  [[nodiscard]] Result<ScanPage> scan(std::string_view table, const Scan&, const CallOptions& = {});

  /// Any other operation of DynamoDB_20120810: its request and its reply as JSON text. `idempotent` says that doing it
  /// twice is like doing it once: its failures are then never `ambiguous`.
  [[nodiscard]] Result<std::string> call(std::string_view operation, std::string_view json, bool idempotent,
                                         const CallOptions& = {});

  /// For many operations at once on one table, with the retries, the signing clock and the server time of this client. Null where
  /// the transport has no Multi. It must not outlive the client, and is of no use in a child of fork(2).
  ///
  /// Its `wait` asks the credentials' provider on its own thread: while keys are being fetched, for 1 s at a time at most,
  /// nothing else moves. A cancelled operation that pauses between two attempts may take 50 ms to end.
  [[nodiscard]] std::unique_ptr<Multi> multi(std::string_view table);

  [[nodiscard]] const ServerClock& server_clock() const noexcept;
  [[nodiscard]] const std::string& endpoint() const noexcept;
  [[nodiscard]] const std::string& region() const noexcept;

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// One table of a client, which must outlive it.
class DYNAMUTEX_EXPORT ClientTable final : public Table {
 public:
  ClientTable(Client& client, std::string name) : client_(client), name_(std::move(name)) {}

  [[nodiscard]] Result<WriteOutcome> put(const PutItem& request, const CallOptions& options) override;
  [[nodiscard]] Result<std::optional<Item>> get(const GetItem& request, const CallOptions& options) override;
  [[nodiscard]] Result<WriteOutcome> remove(const DeleteItem& request, const CallOptions& options) override;
  [[nodiscard]] Result<WriteOutcome> update(const UpdateItem& request, const CallOptions& options) override;
  [[nodiscard]] Result<ScanPage> scan(const Scan& request, const CallOptions& options) override;
  /// As Client::multi.
  [[nodiscard]] std::unique_ptr<Multi> multi() override;
  [[nodiscard]] const ServerClock& server_clock() const noexcept override;

 private:
  Client& client_;
  std::string name_;
};

}  // namespace dynamutex::dynamo

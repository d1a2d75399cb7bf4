#pragma once
// All that a benchmark of the lock layer needs, made against one URL, with its requests counted.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/dynamo/client.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/http/transport.hpp"
#include "dynamutex/lock/lock_client.hpp"

namespace bench {

/// Requests as they were sent, retries included. May lie in memory that processes share.
struct RequestCounts {
  std::atomic<std::uint64_t> reads{0};      ///< GetItem.
  std::atomic<std::uint64_t> takes{0};      ///< PutItem and UpdateItem: tries to take or renew.
  std::atomic<std::uint64_t> releases{0};   ///< DeleteItem.
  std::atomic<std::uint64_t> bytes_max{0};  ///< The largest body: an item never is larger than its request.
};

struct LockWorldOptions {
  std::string url;
  std::string table = "locks";
  dynamutex::lock::LockClientOptions lock;
  RequestCounts* counts = nullptr;                                  ///< May be null.
  std::function<void(const dynamutex::http::Request&)> on_request;  ///< Sees each request before it goes out; may be empty.
  std::size_t connections_max = 16;
};

/// Thread-safe as LockClient is. Ends the program, with a line on stderr, where it cannot be made.
class LockWorld {
 public:
  explicit LockWorld(LockWorldOptions options);
  ~LockWorld();

  [[nodiscard]] dynamutex::Clock& clock() noexcept { return *clock_; }
  [[nodiscard]] dynamutex::Entropy& entropy() noexcept { return *entropy_; }
  [[nodiscard]] dynamutex::lock::LockClient& locks() noexcept { return *locks_; }

 private:
  std::unique_ptr<dynamutex::Clock> clock_;
  std::unique_ptr<dynamutex::Entropy> entropy_;
  std::unique_ptr<dynamutex::credentials::Provider> credentials_;
  std::unique_ptr<dynamutex::http::Transport> curl_;
  std::unique_ptr<dynamutex::http::Transport> counting_;
  std::unique_ptr<dynamutex::dynamo::Client> client_;
  std::unique_ptr<dynamutex::dynamo::Table> table_;
  std::unique_ptr<dynamutex::lock::LockClient> locks_;
};

[[noreturn]] void fail(const std::string& what);

}  // namespace bench

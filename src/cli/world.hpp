#pragma once
// The real world, put together once: clock, entropy, credentials, transport, client, table, locks.

#include <memory>
#include <string>

#include "cli/console.hpp"
#include "cli/credential_chain.hpp"
#include "cli/settings.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/client.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/http/transport.hpp"
#include "dynamutex/lock/lock_client.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

/// How this process takes locks and writes them.
struct Writer {
  std::string owner{};  ///< Empty for the default.
  lock::Compat compat = lock::Compat::java;
  Duration poll_max = lock::LockClientOptions().poll_max;
};

/// Everything that the commands talk to. Thread-safe as its parts are; the console must outlive it.
class World {
 public:
  /// Asks nothing of the network.
  /// Errors: `invalid`: configuration.
  [[nodiscard]] static Result<std::unique_ptr<World>> create(const Settings& settings, const Environment& environment,
                                                             const Console& console, const Writer& writer = {});

  [[nodiscard]] Clock& clock() noexcept { return *clock_; }
  [[nodiscard]] Entropy& entropy() noexcept { return *entropy_; }
  [[nodiscard]] CredentialChain& credentials() noexcept { return *credentials_; }
  [[nodiscard]] dynamo::Client& client() noexcept { return *client_; }
  [[nodiscard]] lock::LockClient& locks() noexcept { return *locks_; }
  [[nodiscard]] const Settings& settings() const noexcept { return settings_; }

 private:
  explicit World(const Settings& settings);

  // In the order of who uses whom.
  Settings settings_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<Entropy> entropy_;
  std::unique_ptr<CredentialChain> credentials_;
  std::unique_ptr<http::Transport> transport_;
  std::unique_ptr<dynamo::Client> client_;
  std::unique_ptr<dynamo::ClientTable> table_;
  std::unique_ptr<lock::LockClient> locks_;
};

/// The world of a command, or the exit code it ends with.
struct OpenedWorld {
  std::unique_ptr<World> world;  ///< Null where the configuration is wrong: that was told on the console then.
  int exit_code = 0;
};

/// From flags, environment and shared files. Blocks for the file system only.
/// Errors: `invalid`: configuration.
[[nodiscard]] Result<std::unique_ptr<World>> make_world(const GlobalFlags& flags, const Console& console,
                                                        const Writer& writer = {});

/// The same, with the error told. Blocks for the file system only.
[[nodiscard]] OpenedWorld open_world(const GlobalFlags& flags, const Console& console, const Writer& writer = {});

/// A log line for one request. Pure.
[[nodiscard]] std::string describe_attempt(const dynamo::AttemptEvent& event);

}  // namespace dynamutex::cli

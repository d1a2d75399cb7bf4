#pragma once
// The request that clients are timed with, through this project's client: an item of 300 bytes and one condition.

#include <memory>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/dynamo/client.hpp"
#include "dynamutex/entropy.hpp"
#include "dynamutex/http/transport.hpp"

namespace bench {

inline constexpr const char* table = "locks";

[[nodiscard]] dynamutex::dynamo::PutItem put_item_300();
[[nodiscard]] dynamutex::sigv4::Credentials credentials(std::size_t token_bytes);

/// A client of the server at `url`, and all that it needs.
struct Setup {
  Setup(const std::string& url, std::size_t token_bytes);

  std::unique_ptr<dynamutex::Clock> clock;
  std::unique_ptr<dynamutex::Entropy> entropy;
  std::unique_ptr<dynamutex::credentials::Provider> credentials;
  std::unique_ptr<dynamutex::http::Transport> transport;
  std::unique_ptr<dynamutex::dynamo::Client> client;
};

class PutLoop {
 public:
  PutLoop(const std::string& url, std::size_t token_bytes) : setup_(url, token_bytes), request_(put_item_300()) {}

  /// One put_item with a deadline; what went wrong, or nothing.
  [[nodiscard]] std::string send();

 private:
  Setup setup_;
  dynamutex::dynamo::PutItem request_;
};

/// The same with many under way at once, from this one thread.
class ManyLoop {
 public:
  ManyLoop(const std::string& url, std::size_t token_bytes, int under_way_max);

  /// Waits until one more put_item is done; what went wrong with it, or nothing.
  [[nodiscard]] std::string send();
  /// Waits for all that are under way.
  [[nodiscard]] std::string finish();

 private:
  std::string wait_for_one();

  Setup setup_;
  const int under_way_max_;
  int under_way_ = 0;
  dynamutex::dynamo::Operation request_;
  std::unique_ptr<dynamutex::dynamo::Multi> multi_;
};

}  // namespace bench

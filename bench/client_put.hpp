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

class PutLoop {
 public:
  PutLoop(const std::string& url, std::size_t token_bytes);

  /// One put_item with a deadline; what went wrong, or nothing.
  [[nodiscard]] std::string send();

 private:
  std::unique_ptr<dynamutex::Clock> clock_;
  std::unique_ptr<dynamutex::Entropy> entropy_;
  std::unique_ptr<dynamutex::credentials::Provider> credentials_;
  std::unique_ptr<dynamutex::http::Transport> transport_;
  std::unique_ptr<dynamutex::dynamo::Client> client_;
  dynamutex::dynamo::PutItem request_;
};

}  // namespace bench

#pragma once
// The floor: libcurl's easy interface and nothing else, sending again what a lock client once sent.

#include <curl/curl.h>

#include <string>
#include <vector>

#include "dynamutex/http/transport.hpp"

namespace bench {

struct SentRequest {
  std::string url;
  std::vector<std::string> headers;  ///< "name: value"
  std::string body;
};

[[nodiscard]] SentRequest copy_of(const dynamutex::http::Request& request);

class BarePair {
 public:
  explicit BarePair(const std::vector<SentRequest>& requests);
  ~BarePair();
  BarePair(const BarePair&) = delete;
  BarePair& operator=(const BarePair&) = delete;

  /// All requests, one after another, on one kept connection; what went wrong, or nothing.
  [[nodiscard]] std::string send();

 private:
  struct Prepared {
    std::string body;
    curl_slist* headers;
  };
  std::vector<Prepared> prepared_;
  CURL* easy_;
};

}  // namespace bench

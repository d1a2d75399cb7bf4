#pragma once
// The floor: libcurl's easy interface and nothing else, sending the bytes of one signed request again and again.

#include <curl/curl.h>

#include <cstddef>
#include <string>

namespace bench {

class BareLoop {
 public:
  BareLoop(const std::string& url, std::size_t token_bytes);
  ~BareLoop();
  BareLoop(const BareLoop&) = delete;
  BareLoop& operator=(const BareLoop&) = delete;

  /// One request on the kept connection; what went wrong, or nothing.
  [[nodiscard]] std::string send();

 private:
  void sign(const std::string& url, std::size_t token_bytes);
  void add_header(const std::string& name, const std::string& value);

  std::string body_;
  CURL* easy_ = nullptr;
  curl_slist* headers_ = nullptr;
};

}  // namespace bench

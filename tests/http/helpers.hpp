#pragma once
// What most tests of the transport begin with.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dynamutex/http/curl_transport.hpp"

namespace dynamutex::testing {

/// The system's clock, set forward by hand. Thread-safe.
class ShiftedClock final : public Clock {
 public:
  MonotonicTime now() const noexcept override { return real_->now() + Duration(shift_.load()); }
  WallTime wall_now() const noexcept override { return real_->wall_now() + Duration(shift_.load()); }
  bool wait_until(MonotonicTime until, const Cancellation* cancellation) noexcept override {
    return real_->wait_until(until - Duration(shift_.load()), cancellation);
  }
  void advance(Duration span) noexcept { shift_ += span.count(); }

 private:
  std::unique_ptr<Clock> real_ = make_system_clock();
  std::atomic<Duration::rep> shift_{0};
};

/// The fields one by one, as copies.
inline std::vector<std::pair<std::string, std::string>> listed(const http::HeaderFields& fields) {
  std::vector<std::pair<std::string, std::string>> list;
  for (const http::Header field : fields) list.emplace_back(field.name, field.value);
  return list;
}

/// Upper bound for what must not hang; no test waits for it when all is well.
constexpr std::chrono::seconds kHang{20};

/// A transport for servers on this machine, whatever proxies the environment names.
struct Client {
  explicit Client(http::CurlOptions options = plain()) : transport(http::make_curl_transport(clock, std::move(options))) {}

  static http::CurlOptions plain() {
    http::CurlOptions options;
    options.allow_plain_http = true;
    options.proxy_from_environment = false;
    return options;
  }

  Result<http::Response> post(const std::string& url, Duration patience = kHang, const Cancellation* cancellation = nullptr,
                              std::size_t bytes_max = std::size_t{4} << 20U) {
    http::Request request;
    request.url = url;
    request.body = "{}";
    request.deadline = clock.now() + patience;
    request.cancellation = cancellation;
    request.response_bytes_max = bytes_max;
    return transport->send(request);
  }

  ShiftedClock clock;
  std::unique_ptr<http::Transport> transport;
};

}  // namespace dynamutex::testing

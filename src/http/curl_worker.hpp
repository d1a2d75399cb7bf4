#pragma once
// One connection and the libcurl handles that drive it.

#include <curl/curl.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dynamutex/http/curl_transport.hpp"
#include "dynamutex/http/transport.hpp"
#include "http/curl_error.hpp"
#include "http/deadline_timer.hpp"
#include "http/header_list.hpp"
#include "http/reply_collector.hpp"
#include "http/request_check.hpp"

namespace dynamutex::http {

/// Runs one request at a time on a connection of its own, which it keeps open between requests.
///
/// Not thread-safe: the pool lends it to one call at a time. Owns two libcurl handles and the descriptors in them. `clock`
/// and `options` must outlive it.
class CurlWorker {
 public:
  /// Null where libcurl cannot be had with everything that this transport demands of it.
  [[nodiscard]] static std::unique_ptr<CurlWorker> make(const Clock& clock, const CurlOptions& options);
  ~CurlWorker();
  CurlWorker(const CurlWorker&) = delete;
  CurlWorker& operator=(const CurlWorker&) = delete;

  /// The origin that the open connection leads to; empty before the first request.
  [[nodiscard]] const std::string& origin() const noexcept { return origin_; }

  /// Blocks until the reply is there, the deadline has come or the request is cancelled. `parts` are those of its URL.
  [[nodiscard]] Result<Response> run(const Request& request, const UrlParts& parts, MonotonicTime now);

  /// The same in steps, for who waits for many: sets the handles up and leaves the rest to libcurl's multi interface. Only the request's
  /// body has to live on until `finish`. False: it cannot be sent, and `finish` tells why.
  [[nodiscard]] bool begin(const Request& request, const UrlParts& parts, MonotonicTime now);
  /// Lets libcurl act on a socket's events or, for CURL_SOCKET_TIMEOUT, on what is due. True once the request ended.
  [[nodiscard]] bool act(curl_socket_t socket, int events);
  /// Takes the request back from libcurl, which ends what is still under way of it, and tells what came of it.
  [[nodiscard]] Result<Response> finish(Stop stop);

  [[nodiscard]] CURLM* handle() const noexcept { return multi_; }
  [[nodiscard]] MonotonicTime last_used() const noexcept { return last_used_; }
  /// Whether it is a connection of this worker, open now.
  [[nodiscard]] bool owns(curl_socket_t socket) const noexcept;
  /// Changes whenever a connection's socket is opened or closed: descriptors known from before may mean something else now.
  [[nodiscard]] unsigned socket_epoch() const noexcept { return socket_epoch_; }

 private:
  CurlWorker(const Clock& clock, const CurlOptions& options) noexcept : clock_(clock), options_(options) {}

  bool set_constants();
  bool set_hooks();
  bool set_url(std::string_view url, const UrlParts& parts);
  bool set_request(const Request& request, MonotonicTime now);
  bool set_method(const Request& request);
  bool must_connect_anew(MonotonicTime now) const noexcept;
  void read_end() noexcept;
  Stop drive(const Request& request);
  bool wait(const Request& request, MonotonicTime now);
  void note_connection();

  static int on_start(void* self, char* remote, char* local, int remote_port, int local_port) noexcept;
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static curl_socket_t on_open_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int on_close_socket(void* self, curl_socket_t socket) noexcept;

  const Clock& clock_;
  const CurlOptions& options_;
  CURLM* multi_ = nullptr;
  CURL* easy_ = nullptr;
  CURLU* url_handle_ = nullptr;  ///< Holds `url_`: libcurl would otherwise parse the same text for every request.
  DeadlineTimer timer_;
  HeaderList headers_;
  ReplyCollector reply_;

  std::string url_;
  std::string origin_;
  std::string authority_;
  std::string method_;
  bool has_body_ = false;
  bool connect_anew_ = false;
  MonotonicTime connected_at_{};
  MonotonicTime last_used_{};

  std::vector<curl_socket_t> sockets_;
  unsigned socket_epoch_ = 0;

  bool added_ = false;  ///< The easy handle is in the multi handle.
  CURLcode code_ = CURLE_OK;
  bool started_ = false;
  MonotonicTime sent_{};
  char detail_[CURL_ERROR_SIZE] = "";
};

}  // namespace dynamutex::http

#include "http/curl_worker.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "http/wait_bound.hpp"

namespace dynamutex::http {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

template <class Value>
bool set(CURL* easy, CURLoption option, Value value) noexcept {
  return ::curl_easy_setopt(easy, option, value) == CURLE_OK;
}

bool restrict_protocols(CURL* easy, bool allow_plain_http) noexcept {
#if LIBCURL_VERSION_NUM >= 0x075500
  return set(easy, CURLOPT_PROTOCOLS_STR, allow_plain_http ? "https,http" : "https");
#else
  return set(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTPS | (allow_plain_http ? CURLPROTO_HTTP : 0)));
#endif
}

}  // namespace

std::unique_ptr<CurlWorker> CurlWorker::make(const Clock& clock, const CurlOptions& options) {
  std::unique_ptr<CurlWorker> worker(new CurlWorker(clock, options));
  worker->multi_ = ::curl_multi_init();
  worker->easy_ = ::curl_easy_init();
  worker->url_handle_ = ::curl_url();
  if (worker->multi_ == nullptr || worker->easy_ == nullptr || worker->url_handle_ == nullptr) return nullptr;
  // One connection a worker: the pool counts workers to bound the connections.
  if (::curl_multi_setopt(worker->multi_, CURLMOPT_MAXCONNECTS, 1L) != CURLM_OK) return nullptr;
  if (!worker->set_constants() || !worker->set_hooks()) return nullptr;
  return worker;
}

CurlWorker::~CurlWorker() {
  if (easy_ != nullptr) ::curl_easy_cleanup(easy_);
  if (multi_ != nullptr) ::curl_multi_cleanup(multi_);
  ::curl_url_cleanup(url_handle_);
}

bool CurlWorker::set_constants() {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? nullptr : text.c_str(); };
  const auto connect_timeout =
      std::clamp<milliseconds>(duration_cast<milliseconds>(options_.connect_timeout), milliseconds(1), std::chrono::hours(1));
  bool ok = restrict_protocols(easy_, options_.allow_plain_http) && set(easy_, CURLOPT_NOSIGNAL, 1L) &&
            set(easy_, CURLOPT_SSL_VERIFYPEER, 1L) && set(easy_, CURLOPT_SSL_VERIFYHOST, 2L) &&
            set(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2)) &&
            set(easy_, CURLOPT_FOLLOWLOCATION, 0L) && set(easy_, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) &&
            set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_timeout.count()));
  // HTTP/1.1: one request at a time needs no multiplexing, and libcurl resends what an HTTP/2 server refused
  // (REFUSED_STREAM) on rules of its own; "one start, one request" is plain to see here.
  ok = ok && set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)) &&
       set(easy_, CURLOPT_HTTP09_ALLOWED, 0L) && set(easy_, CURLOPT_HTTP_CONTENT_DECODING, 0L) &&
       set(easy_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) && set(easy_, CURLOPT_TCP_NODELAY, 1L) &&
       set(easy_, CURLOPT_TCP_KEEPALIVE, 1L) && set(easy_, CURLOPT_TCP_KEEPIDLE, 30L) && set(easy_, CURLOPT_TCP_KEEPINTVL, 10L);
  if (!options_.ca_bundle.empty()) {
    ok = ok && set(easy_, CURLOPT_CAINFO, options_.ca_bundle.c_str()) &&
         set(easy_, CURLOPT_CAPATH, static_cast<const char*>(nullptr)) &&
         set(easy_, CURLOPT_PROXY_CAINFO, options_.ca_bundle.c_str()) &&
         set(easy_, CURLOPT_PROXY_CAPATH, static_cast<const char*>(nullptr));
  }
  ok = ok && set(easy_, CURLOPT_SSLCERT, text_or_null(options_.client_certificate)) &&
       set(easy_, CURLOPT_SSLKEY, text_or_null(options_.client_key));
  // A libcurl that was built without netrc does not know the option.
  const CURLcode no_netrc = ::curl_easy_setopt(easy_, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  ok = ok && (no_netrc == CURLE_OK || no_netrc == CURLE_UNKNOWN_OPTION);
  // An empty name turns proxies off, whatever the environment says (CURLOPT_PROXY(3)). Without the second, libcurl looks up in the
  // environment, for each request, which hosts are to go without.
  if (!options_.proxy_from_environment) ok = ok && set(easy_, CURLOPT_PROXY, "") && set(easy_, CURLOPT_NOPROXY, "");
#if LIBCURL_VERSION_NUM >= 0x075700
  // Otherwise a request that ends while its host's name is being resolved waits for the resolver's thread, past any
  // deadline. Before 7.87 libcurl always waits.
  ok = ok && set(easy_, CURLOPT_QUICK_EXIT, 1L);
#endif
  return ok;
}

bool CurlWorker::set_hooks() {
  void* const self = this;
  return set(easy_, CURLOPT_PREREQFUNCTION, &CurlWorker::on_start) && set(easy_, CURLOPT_PREREQDATA, self) &&
         set(easy_, CURLOPT_HEADERFUNCTION, &CurlWorker::on_header) && set(easy_, CURLOPT_HEADERDATA, self) &&
         set(easy_, CURLOPT_WRITEFUNCTION, &CurlWorker::on_body) && set(easy_, CURLOPT_WRITEDATA, self) &&
         set(easy_, CURLOPT_OPENSOCKETFUNCTION, &CurlWorker::on_open_socket) && set(easy_, CURLOPT_OPENSOCKETDATA, self) &&
         set(easy_, CURLOPT_CLOSESOCKETFUNCTION, &CurlWorker::on_close_socket) && set(easy_, CURLOPT_CLOSESOCKETDATA, self) &&
         set(easy_, CURLOPT_ERRORBUFFER, &detail_[0]);
}

Result<Response> CurlWorker::run(const Request& request, const UrlParts& parts, MonotonicTime now) {
  return finish(begin(request, parts, now) ? drive(request) : Stop::none);
}

bool CurlWorker::begin(const Request& request, const UrlParts& parts, MonotonicTime now) {
  reply_.begin(request.response_bytes_max);
  started_ = false;
  detail_[0] = '\0';
  code_ = CURLE_OK;
  if (!set_url(request.url, parts)) {
    code_ = CURLE_URL_MALFORMAT;
  } else if (!set_request(request, now)) {
    code_ = CURLE_OUT_OF_MEMORY;
  } else {
    added_ = ::curl_multi_add_handle(multi_, easy_) == CURLM_OK;
    if (!added_) code_ = CURLE_FAILED_INIT;
  }
  return added_;
}

bool CurlWorker::act(curl_socket_t socket, int events) {
  int running = 0;
  ::curl_multi_socket_action(multi_, socket, events, &running);
  if (running > 0) return false;
  read_end();
  return true;
}

/// Once libcurl says that nothing is running.
void CurlWorker::read_end() noexcept {
  int left = 0;
  const CURLMsg* const message = ::curl_multi_info_read(multi_, &left);
  code_ = message != nullptr && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT;
}

Result<Response> CurlWorker::finish(Stop stop) {
  Failure failure;
  failure.stop = stop;
  failure.os_errno = stop == Stop::poll_failed ? errno : 0;
  if (added_) {
    ::curl_multi_remove_handle(multi_, easy_);
    added_ = false;
    note_connection();
  }
  headers_.clear();

  if (stop == Stop::none && code_ == CURLE_OK && reply_.head_complete()) {
    Response response = reply_.take();
    response.sent = sent_;
    response.received = last_used_;
    return response;
  }
  failure.code = code_;
  failure.started = started_;
  if (stop == Stop::none && code_ == CURLE_COULDNT_CONNECT) {
    long os_errno = 0;
    ::curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_errno);
    failure.os_errno = static_cast<int>(os_errno);
  }
  failure.detail = detail_;
  failure.authority = authority_;
  failure.excess = reply_.excess();
  failure.status = reply_.status();
  failure.response_bytes_max = reply_.bytes_max();
  return describe(failure, options_);
}

bool CurlWorker::owns(curl_socket_t socket) const noexcept {
  return std::find(sockets_.begin(), sockets_.end(), socket) != sockets_.end();
}

bool CurlWorker::set_url(std::string_view url, const UrlParts& parts) {
  if (url_ == url) return true;
  url_.assign(url);
  origin_.assign(parts.origin);
  authority_.assign(parts.authority);
  // The path was signed as it is.
  if (::curl_url_set(url_handle_, CURLUPART_URL, url_.c_str(), CURLU_PATH_AS_IS | CURLU_DISALLOW_USER) == CURLUE_OK &&
      set(easy_, CURLOPT_CURLU, url_handle_)) {
    return true;
  }
  url_.clear();
  return false;
}

bool CurlWorker::set_request(const Request& request, MonotonicTime now) {
  bool ok = set_method(request);
  const bool connect_anew = must_connect_anew(now);
  if (connect_anew != connect_anew_) {
    connect_anew_ = connect_anew;
    ok = ok && set(easy_, CURLOPT_FRESH_CONNECT, connect_anew ? 1L : 0L);
  }
  if (has_body_) {
    ok = ok && set(easy_, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data()) &&
         set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  }
  return set(easy_, CURLOPT_HTTPHEADER, headers_.assign(request.headers, request.header_count, request.body.size())) && ok;
}

bool CurlWorker::set_method(const Request& request) {
  const bool bodyless = request.body.empty() && (request.method == "GET" || request.method == "HEAD");
  if (method_ == request.method && has_body_ == !bodyless) return true;
  method_.assign(request.method);
  has_body_ = !bodyless;
  bool ok = set(easy_, has_body_ ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);  // Both end an earlier HEAD's NOBODY.
  if (method_ == "HEAD") ok = ok && set(easy_, CURLOPT_NOBODY, 1L);
  const bool natural = has_body_ ? method_ == "POST" : true;
  return ok && set(easy_, CURLOPT_CUSTOMREQUEST, natural ? nullptr : method_.c_str());
}

bool CurlWorker::must_connect_anew(MonotonicTime now) const noexcept {
  return now - connected_at_ >= options_.connection_age_max || now - last_used_ >= kIdleMax;
}

void CurlWorker::note_connection() {
  last_used_ = clock_.now();
  long opened = 0;
  ::curl_easy_getinfo(easy_, CURLINFO_NUM_CONNECTS, &opened);
  if (opened > 0) connected_at_ = started_ ? sent_ : last_used_;
}

Stop CurlWorker::drive(const Request& request) {
  bool waited = false;
  for (;;) {
    int running = 0;
    ::curl_multi_perform(multi_, &running);
    if (running == 0) {
      read_end();
      return Stop::none;
    }
    // The first time it has just been sent.
    const MonotonicTime now = waited || !started_ ? clock_.now() : sent_;
    if (const Stop stop = stop_asked(request.deadline, request.cancellation, now); stop != Stop::none) return stop;
    if (!wait(request, now)) return Stop::poll_failed;
    waited = true;
  }
}

bool CurlWorker::wait(const Request& request, MonotonicTime now) {
  milliseconds longest = kWaitMax;
  curl_waitfd extra[2] = {};
  unsigned count = 0;
  const auto watch = [&](int descriptor) {
    if (descriptor < 0) {
      longest = kSlice;
      return;
    }
    extra[count].fd = descriptor;
    extra[count].events = CURL_WAIT_POLLIN;
    ++count;
  };
  if (request.deadline != MonotonicTime::max()) {
    timer_.cover(request.deadline, now);
    watch(timer_.descriptor());
    longest = std::min(longest, wait_bound(request.deadline, now));
  }
  if (request.cancellation != nullptr) watch(request.cancellation->descriptor());

  // curl_multi_poll also watches a descriptor for curl_multi_wakeup, which nobody calls; but curl_multi_wait does not wait where there is
  // nothing to watch.
  const auto timeout = static_cast<int>(longest.count());
  const CURLMcode code = count > 0 ? ::curl_multi_wait(multi_, &extra[0], count, timeout, nullptr)
                                   : ::curl_multi_poll(multi_, nullptr, 0, timeout, nullptr);
  for (const curl_waitfd& watched : extra) {
    if (watched.revents != 0 && watched.fd == timer_.descriptor()) timer_.fired();
  }
  return code == CURLM_OK;
}

int CurlWorker::on_start(void* self, char* /*remote*/, char* /*local*/, int /*remote_port*/, int /*local_port*/) noexcept {
  auto& worker = *static_cast<CurlWorker*>(self);
  // A second start is libcurl resending, by itself, a request whose reused connection died unanswered. The server may have
  // applied the first one.
  if (worker.started_) return CURL_PREREQFUNC_ABORT;
  worker.started_ = true;
  worker.sent_ = worker.clock_.now();
  return CURL_PREREQFUNC_OK;
}

std::size_t CurlWorker::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  const std::string_view line(data, size * count);
  return static_cast<CurlWorker*>(self)->reply_.add_line(line) ? line.size() : 0;
}

std::size_t CurlWorker::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  const std::string_view piece(data, size * count);
  return static_cast<CurlWorker*>(self)->reply_.add_body(piece) ? piece.size() : 0;
}

curl_socket_t CurlWorker::on_open_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) noexcept {
  auto& worker = *static_cast<CurlWorker*>(self);
  // After the start, a new connection could only serve the second start: spare the server the sight of it.
  if (worker.started_) return CURL_SOCKET_BAD;
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  worker.sockets_.push_back(socket);
  ++worker.socket_epoch_;
  return socket;
}

int CurlWorker::on_close_socket(void* self, curl_socket_t socket) noexcept {
  auto& worker = *static_cast<CurlWorker*>(self);
  worker.sockets_.erase(std::remove(worker.sockets_.begin(), worker.sockets_.end(), socket), worker.sockets_.end());
  ++worker.socket_epoch_;
  return ::close(socket);
}

}  // namespace dynamutex::http

// A Transport of one's own, for a platform without libcurl: plain sockets, one connection a request. For TLS, put the platform's own
// library where this one calls send(2) and recv(2), or let a process beside it do it (stunnel, a service mesh's proxy).
//
// What a Transport promises stands in dynamutex/http/transport.hpp. The two that matter most: it sends a request at most once, and
// its errors tell whether the request may have gone out.

#include <dynamutex/credentials/provider.hpp>
#include <dynamutex/dynamo/client.hpp>
#include <dynamutex/lock/with_lock.hpp>

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace http = dynamutex::http;
using dynamutex::Error;
using dynamutex::ErrorKind;
using dynamutex::Result;

namespace {

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

class SocketTransport final : public http::Transport {
 public:
  explicit SocketTransport(dynamutex::Clock& clock) : clock_(clock) {}

  Result<http::Response> send(const http::Request& request) override {
    const Result<Target> target = parse(request.url);
    if (!target) return target.error();
    const Result<Socket> connected = connect(*target);
    if (!connected) return connected.error();
    http::Response response;
    response.sent = clock_.now();
    std::string left = text_of(request, *target);
    while (!left.empty()) {
      if (!wait(connected->get(), POLLOUT, request)) return ambiguous("no time was left to send the request");
      const auto sent = ::send(connected->get(), left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) return ambiguous("the connection broke while the request was sent");
      left.erase(0, static_cast<std::size_t>(sent));
    }
    std::string reply;
    char piece[4096];
    for (;;) {
      if (!wait(connected->get(), POLLIN, request)) return ambiguous("no reply came in time");
      const auto got = ::recv(connected->get(), piece, sizeof piece, 0);
      if (got < 0) return ambiguous("the connection broke before the reply was complete");
      reply.append(piece, static_cast<std::size_t>(got));
      if (reply.size() > request.response_bytes_max) return ambiguous("the reply is too long");
      if (got == 0 || complete(reply)) break;
    }
    if (!read(reply, response)) return ambiguous("the reply is no complete HTTP");
    response.received = clock_.now();
    return response;
  }

 private:
  struct Target {
    std::string host, port, path;
  };

  static Error ambiguous(std::string message) { return dynamutex::make_error(ErrorKind::ambiguous, std::move(message)); }

  static Result<Target> parse(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (url.substr(0, scheme.size()) != scheme)
      return dynamutex::make_error(ErrorKind::invalid, "this transport has no TLS: " + std::string(url));
    url.remove_prefix(scheme.size());
    const auto slash = std::min(url.find('/'), url.size());
    const std::string_view authority = url.substr(0, slash);
    const auto colon = authority.rfind(':');
    if (colon == std::string_view::npos) return Target{std::string(authority), "80", std::string(url.substr(slash))};
    return Target{std::string(authority.substr(0, colon)), std::string(authority.substr(colon + 1)),
                  std::string(url.substr(slash))};
  }

  /// For brevity: connecting itself is not bounded by the request's deadline here, as it has to be elsewhere than on loopback.
  static Result<Socket> connect(const Target& target) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &found) != 0) {
      return dynamutex::make_error(ErrorKind::not_applied, "cannot resolve " + target.host);
    }
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
      Socket socket(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
      if (socket.get() >= 0 && ::connect(socket.get(), one->ai_addr, one->ai_addrlen) == 0) return socket;
    }
    return dynamutex::make_error(ErrorKind::not_applied, "cannot connect to " + target.host + ":" + target.port);
  }

  static std::string text_of(const http::Request& request, const Target& target) {
    std::string text(request.method);
    text.append(" ").append(target.path.empty() ? "/" : target.path).append(" HTTP/1.1\r\n");
    bool has_host = false;
    for (std::size_t i = 0; i < request.header_count; ++i) {
      has_host = has_host || request.headers[i].name == "host" || request.headers[i].name == "Host";
      text.append(request.headers[i].name).append(": ").append(request.headers[i].value).append("\r\n");
    }
    if (!has_host) text.append("Host: ").append(target.host).append(":").append(target.port).append("\r\n");
    text.append("Content-Length: ")
        .append(std::to_string(request.body.size()))
        .append("\r\nConnection: close\r\n\r\n")
        .append(request.body);
    return text;
  }

  /// False when the deadline has come or the request was cancelled.
  bool wait(int socket, short events, const http::Request& request) {
    pollfd watched[2] = {{socket, events, 0},
                         {request.cancellation != nullptr ? request.cancellation->descriptor() : -1, POLLIN, 0}};
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::min<dynamutex::Duration>(request.deadline - clock_.now(), std::chrono::hours(1)));
    if (left.count() <= 0) return false;
    return ::poll(watched, 2, static_cast<int>(left.count())) > 0 && watched[1].revents == 0;
  }

  /// Whether the reply has all that its Content-Length promises.
  static bool complete(const std::string& reply) {
    const auto end = reply.find("\r\n\r\n");
    http::Response head;
    if (end == std::string::npos || !read(reply, head)) return false;
    const auto length = head.headers.find("content-length");
    std::size_t size = 0;
    if (!length || std::from_chars(length->data(), length->data() + length->size(), size).ec != std::errc()) return false;
    return head.body.size() >= size;
  }

  static bool read(const std::string& reply, http::Response& response) {
    const auto end = reply.find("\r\n\r\n");
    if (end == std::string::npos || reply.compare(0, 9, "HTTP/1.1 ") != 0) return false;
    if (std::from_chars(reply.data() + 9, reply.data() + 12, response.status).ec != std::errc()) return false;
    for (auto at = reply.find("\r\n") + 2; at < end + 2;) {
      const auto line_end = reply.find("\r\n", at);
      const std::string_view line(reply.data() + at, line_end - at);
      const auto colon = line.find(':');
      if (colon == std::string_view::npos) return false;
      const auto value = line.find_first_not_of(' ', colon + 1);
      response.headers.push_back(
          {line.substr(0, colon), value == std::string_view::npos ? std::string_view() : line.substr(value)});
      at = line_end + 2;
    }
    response.body = reply.substr(end + 4);
    return true;
  }

  dynamutex::Clock& clock_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s http://HOST:PORT TABLE\n", argv[0]);
    return 64;
  }
  const auto clock = dynamutex::make_system_clock();
  const auto entropy = dynamutex::make_system_entropy();
  SocketTransport transport(*clock);
  const auto keys = dynamutex::credentials::make_environment_provider(dynamutex::credentials::process_environment());
  dynamutex::dynamo::ClientOptions options;
  options.endpoint = argv[1];
  options.region = "us-east-1";
  const auto client = dynamutex::dynamo::Client::create({transport, *keys, *clock, *entropy}, options);
  if (!client) return 1;
  dynamutex::dynamo::ClientTable table(**client, argv[2]);
  dynamutex::lock::LockClient locks(table, *clock, *entropy);
  const auto section = dynamutex::lock::with_lock(locks, *clock, *entropy, "by-socket", {}, [](dynamutex::lock::Lease& lease) {
    std::printf("held by %s\n", lease.owner().c_str());
  });
  if (!section) std::fprintf(stderr, "%s\n", section.error().message.c_str());
  return section ? 0 : 1;
}

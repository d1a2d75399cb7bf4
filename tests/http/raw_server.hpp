#pragma once
// A server on loopback that does exactly what a test tells it to, byte by byte.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_st;
struct ssl_ctx_st;

namespace dynamutex::testing {

class RawServer;

/// The server's end of one connection; lives as long as the handler that was given it.
class Peer {
 public:
  Peer(RawServer& server, int socket, ssl_st* tls) : server_(server), socket_(socket), tls_(tls) {}

  /// The next request, head and body (by Content-Length); nothing once the client has closed.
  std::optional<std::string> read_request();
  /// False once the client is gone.
  bool send(std::string_view bytes);
  /// Blocks until the client closes, for a server that stalls.
  void wait_for_close();
  /// Makes the end of the handler a reset (RST) instead of an orderly close.
  void reset_on_close();

 private:
  long read_some(char* buffer, std::size_t size);

  RawServer& server_;
  int socket_;
  ssl_st* tls_;
  std::string unread_;
};

struct TlsSetup {
  std::string certificate;  ///< PEM file.
  std::string key;          ///< PEM file.
  std::string client_ca;    ///< PEM file; if set, a client certificate of this CA is demanded.
  int version_max = 0;      ///< OpenSSL's number; 0 for any.
};

/// Accepts connections on 127.0.0.1 and runs `handler` on a thread for each. Thread-safe.
class RawServer {
 public:
  using Handler = std::function<void(Peer&)>;

  explicit RawServer(Handler handler) : RawServer(std::move(handler), nullptr) {}
  RawServer(Handler handler, const TlsSetup& tls) : RawServer(std::move(handler), &tls) {}
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  int port() const { return port_; }
  /// "http://127.0.0.1:port/path", or with https.
  std::string url(std::string_view path = "/", std::string_view host = "127.0.0.1") const;

  std::vector<std::string> requests() const;
  int connections() const { return connections_.load(); }
  int open_connections() const;
  /// Of the last certificate that a TLS client showed.
  std::string last_client_subject() const;

 private:
  friend class Peer;
  RawServer(Handler handler, const TlsSetup* tls);
  void accept_all();
  void serve(int socket);
  void note_request(std::string_view request);

  Handler handler_;
  int listener_ = -1;
  int port_ = 0;
  ssl_ctx_st* tls_ = nullptr;
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::vector<std::string> requests_;
  std::vector<int> sockets_;
  std::string client_subject_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

/// "HTTP/1.1 200 OK" with Content-Length and this body; `headers` are whole lines.
std::string reply(std::string_view body, std::string_view status = "200 OK", std::string_view headers = "");

/// A handler that answers every request with the same bytes.
RawServer::Handler always(std::string bytes);

/// The value of a header in raw request text; nothing if it is not there.
std::optional<std::string> header_of(std::string_view request, std::string_view name);
/// What follows the head.
std::string body_of(std::string_view request);

}  // namespace dynamutex::testing

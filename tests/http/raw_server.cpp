#include "http/raw_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace dynamutex::testing {
namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

SSL_CTX* make_tls(const TlsSetup& setup) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  require(context != nullptr);
  if (setup.version_max != 0) {
    require(SSL_CTX_set_min_proto_version(context, 0) == 1 && SSL_CTX_set_max_proto_version(context, setup.version_max) == 1 &&
            SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0") == 1);
  }
  require(SSL_CTX_use_certificate_chain_file(context, setup.certificate.c_str()) == 1 &&
          SSL_CTX_use_PrivateKey_file(context, setup.key.c_str(), SSL_FILETYPE_PEM) == 1);
  if (!setup.client_ca.empty()) {
    require(SSL_CTX_load_verify_locations(context, setup.client_ca.c_str(), nullptr) == 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

}  // namespace

long Peer::read_some(char* buffer, std::size_t size) {
  if (tls_ != nullptr) return SSL_read(tls_, buffer, static_cast<int>(size));
  return ::recv(socket_, buffer, size, 0);
}

std::optional<std::string> Peer::read_request() {
  std::size_t wanted = std::string::npos;
  for (;;) {
    const auto head_end = unread_.find("\r\n\r\n");
    if (wanted == std::string::npos && head_end != std::string::npos) {
      const auto length = header_of(unread_, "content-length");
      wanted = head_end + 4 + (length ? std::strtoul(length->c_str(), nullptr, 10) : 0);
    }
    if (unread_.size() >= wanted) break;
    char buffer[4096];
    const long count = read_some(&buffer[0], sizeof buffer);
    if (count <= 0) return std::nullopt;
    unread_.append(&buffer[0], static_cast<std::size_t>(count));
  }
  std::string request = unread_.substr(0, wanted);
  unread_.erase(0, wanted);
  server_.note_request(request);
  return request;
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const long count = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                       : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Peer::wait_for_close() {
  char buffer[4096];
  while (read_some(&buffer[0], sizeof buffer) > 0) {}
}

void Peer::reset_on_close() {
  const linger hard{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

RawServer::RawServer(Handler handler, const TlsSetup* tls) : handler_(std::move(handler)) {
  if (tls != nullptr) {
    tls_ = make_tls(*tls);
    ::signal(SIGPIPE, SIG_IGN);  // SSL_write has no MSG_NOSIGNAL.
  }
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  require(listener_ >= 0 && ::bind(listener_, generic, size) == 0 && ::listen(listener_, 64) == 0 &&
          ::getsockname(listener_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

RawServer::~RawServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
  SSL_CTX_free(tls_);
}

void RawServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    ++connections_;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void RawServer::serve(int socket) {
  SSL* tls = nullptr;
  bool ready = true;
  if (tls_ != nullptr) {
    tls = SSL_new(tls_);
    SSL_set_fd(tls, socket);
    ready = SSL_accept(tls) == 1;
  }
  if (ready && tls != nullptr) {
    if (X509* const certificate = SSL_get1_peer_certificate(tls)) {
      char name[256] = "";
      X509_NAME_oneline(X509_get_subject_name(certificate), &name[0], sizeof name);
      X509_free(certificate);
      const std::lock_guard lock(mutex_);
      client_subject_ = &name[0];
    }
  }
  if (ready) {
    Peer peer(*this, socket, tls);
    handler_(peer);
  }
  if (tls != nullptr) SSL_free(tls);
  ERR_clear_error();
  const std::lock_guard lock(mutex_);
  sockets_.erase(std::find(sockets_.begin(), sockets_.end(), socket));
  ::close(socket);
}

void RawServer::note_request(std::string_view request) {
  const std::lock_guard lock(mutex_);
  requests_.emplace_back(request);
}

std::string RawServer::url(std::string_view path, std::string_view host) const {
  return std::string(tls_ != nullptr ? "https://" : "http://").append(host) + ':' + std::to_string(port_) + std::string(path);
}

std::vector<std::string> RawServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int RawServer::open_connections() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(sockets_.size());
}

std::string RawServer::last_client_subject() const {
  const std::lock_guard lock(mutex_);
  return client_subject_;
}

std::string reply(std::string_view body, std::string_view status, std::string_view headers) {
  return std::string("HTTP/1.1 ").append(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

RawServer::Handler always(std::string bytes) {
  return [bytes = std::move(bytes)](Peer& peer) {
    while (peer.read_request() && peer.send(bytes)) {}
  };
}

std::optional<std::string> header_of(std::string_view request, std::string_view name) {
  const std::string head = lower(request.substr(0, request.find("\r\n\r\n") + 2));
  const auto found = head.find("\r\n" + lower(name) + ":");
  if (found == std::string::npos) return std::nullopt;
  const auto start = request.find_first_not_of(' ', found + 3 + name.size());
  return std::string(request.substr(start, request.find("\r\n", start) - start));
}

std::string body_of(std::string_view request) {
  const auto head_end = request.find("\r\n\r\n");
  return head_end == std::string_view::npos ? std::string() : std::string(request.substr(head_end + 4));
}

}  // namespace dynamutex::testing

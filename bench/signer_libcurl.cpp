// libcurl's own signer (CURLOPT_AWS_SIGV4), which can only be run as part of a request: the same request is timed with and
// without signing over one kept connection to this process, and the difference of the two CPU times is the signer.
#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "counted_new.hpp"
#include "request.hpp"

namespace {

constexpr std::string_view reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view body_end = R"("}}})";

/// Answers one connection on the loopback interface, request by request, until it is closed.
class Server {
 public:
  Server() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    ok_ = ::bind(listener_, address, size) == 0 && ::listen(listener_, 1) == 0 && ::getsockname(listener_, address, &size) == 0;
    if (ok_) thread_ = std::thread([this] { serve(); });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)) + "/"; }

 private:
  void serve() {
    const int connection = ::accept(listener_, nullptr, nullptr);
    std::string request;
    char chunk[4096];
    for (;;) {
      const ssize_t count = ::read(connection, chunk, sizeof chunk);
      if (count <= 0) break;
      request.append(chunk, static_cast<std::size_t>(count));
      if (request.find(body_end) == std::string::npos) continue;
      request.clear();
      if (::write(connection, reply.data(), reply.size()) < 0) break;
    }
    ::close(connection);
  }

  int listener_ = -1;
  sockaddr_in address_ = {};
  bool ok_ = false;
  std::thread thread_;
};

std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

void request(benchmark::State& state, bool sign) {
  const Server server;
  const std::string body = bench::put_item_body();
  const std::string keys = std::string(bench::access_key_id) + ":" + std::string(bench::secret_access_key);
  CURL* curl = curl_easy_init();
  curl_slist* headers = nullptr;
  for (const std::string& header : {"Content-Type: " + std::string(bench::content_type),
                                    "X-Amz-Target: " + std::string(bench::target), "Host: " + std::string(bench::host)}) {
    headers = curl_slist_append(headers, header.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_URL, server.url().c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  if (sign) {
    curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, "aws:amz:us-east-1:dynamodb");
    curl_easy_setopt(curl, CURLOPT_USERPWD, keys.c_str());
  }
  const std::size_t before = bench::allocations();
  for (auto _ : state) {
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
      state.SkipWithError(curl_easy_strerror(code));
      break;
    }
  }
  state.counters["allocations"] = static_cast<double>(bench::allocations() - before) / static_cast<double>(state.iterations());
  curl_easy_cleanup(curl);  // closes the connection, which ends the server
  curl_slist_free_all(headers);
}

void unsigned_request(benchmark::State& state) { request(state, false); }
void signed_request(benchmark::State& state) { request(state, true); }
BENCHMARK(unsigned_request)->Name("libcurl/request_unsigned");
BENCHMARK(signed_request)->Name("libcurl/request_signed");

}  // namespace

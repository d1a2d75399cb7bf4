#include <dirent.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "http/certificates.hpp"
#include "http/helpers.hpp"
#include "http/raw_server.hpp"
#include "support/in_child.hpp"

using namespace dynamutex;
using namespace dynamutex::testing;

namespace {

void check_fork(RawServer& server, http::CurlOptions options) {
  Client client(std::move(options));
  const std::string url = server.url();
  REQUIRE(client.post(url).ok());
  CHECK(in_child([&] {
          if (!client.post(url) || !client.post(url)) return 1;
          client.transport.reset();  // Must not close what is the parent's.
          return 0;
        }) == 0);
  CHECK(server.connections() == 2);
  REQUIRE(client.post(url).ok());
  CHECK(server.connections() == 2);
  CHECK(server.requests().size() == 4);
}

}  // namespace

TEST_CASE("a forked child makes its own connection and leaves the parent's alone") {
  RawServer server(always(reply("ok")));
  check_fork(server, Client::plain());
}

TEST_CASE("a forked child leaves the parent's TLS session alone") {
  const Certificates certificates;
  RawServer server(always(reply("ok")), TlsSetup{certificates.localhost.certificate, certificates.localhost.key, "", 0});
  http::CurlOptions options = Client::plain();
  options.ca_bundle = certificates.ca;
  check_fork(server, std::move(options));
}

TEST_CASE("a forked child that only destroys the transport leaves the parent's TLS session alone") {
  const Certificates certificates;
  RawServer server(always(reply("ok")), TlsSetup{certificates.localhost.certificate, certificates.localhost.key, "", 0});
  http::CurlOptions options = Client::plain();
  options.ca_bundle = certificates.ca;
  Client client(std::move(options));
  REQUIRE(client.post(server.url()).ok());
  CHECK(in_child([&] {
          client.transport.reset();
          return 0;
        }) == 0);
  REQUIRE(client.post(server.url()).ok());
  CHECK(server.connections() == 1);
}

TEST_CASE("sockets to the network are closed by exec") {
  RawServer server(always(reply("ok")));
  Client client;
  REQUIRE(client.post(server.url()).ok());
  DIR* const folder = ::opendir("/proc/self/fd");
  REQUIRE(folder != nullptr);
  int seen = 0;
  while (const dirent* const entry = ::readdir(folder)) {
    const int descriptor = std::atoi(entry->d_name);
    int family = 0;
    socklen_t size = sizeof family;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0 || family != AF_INET) continue;
    ++seen;
    CHECK((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
  }
  ::closedir(folder);
  CHECK(seen >= 3);  // Listener, server's end, and ours.
}

TEST_CASE("a child cannot use its parent's Multi, and leaves its connections alone") {
  const Certificates certificates;
  RawServer server(always(reply("ok")), TlsSetup{certificates.localhost.certificate, certificates.localhost.key, "", 0});
  http::CurlOptions options = Client::plain();
  options.ca_bundle = certificates.ca;
  Client client(std::move(options));
  auto multi = client.transport->multi();
  const std::string url = server.url();
  http::Request request;
  request.url = url;
  request.deadline = client.clock.now() + kHang;
  const auto send = [&] {
    multi->start(1, request);
    const auto finished = multi->wait(client.clock.now() + kHang, nullptr);
    return finished && finished->result.ok();
  };
  REQUIRE(send());
  CHECK(in_child([&] {
          multi->start(2, request);
          const auto finished = multi->wait(client.clock.now() + kHang, nullptr);
          if (!finished || finished->result.ok() || finished->result.error().kind != ErrorKind::not_applied) return 1;
          if (multi->wait(client.clock.now() + std::chrono::milliseconds(5), nullptr)) return 2;
          multi.reset();
          return 0;
        }) == 0);
  REQUIRE(send());
  CHECK(server.connections() == 1);
}

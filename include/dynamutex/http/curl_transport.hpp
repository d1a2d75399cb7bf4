#pragma once
// The Transport on libcurl.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/http/transport.hpp"

namespace dynamutex::http {

struct CurlOptions {
  Duration connect_timeout = std::chrono::seconds(3);     ///< For resolving, connecting and the TLS handshake together.
  Duration connection_age_max = std::chrono::minutes(5);  ///< An older connection is not used again.
  std::size_t idle_connections_max = 16;                  ///< Kept open for later calls.
  std::string ca_bundle;                                  ///< PEM file to trust instead of the system's; empty for the system's.
  std::string client_certificate;      ///< PEM file to show to a server that asks (mutual TLS); empty for none.
  std::string client_key;              ///< PEM file of its private key; empty where the certificate's file has it.
  bool allow_plain_http = false;       ///< Also accept "http://" URLs, e.g. of a server on this machine.
  bool proxy_from_environment = true;  ///< Take proxies from the environment; false connects to the host itself, always.
};

/// A Transport with keep-alive on libcurl (7.80 or newer).
///
/// TLS 1.2 or newer, always verified. Follows no redirect, reads no netrc, raises no signal, starts no thread but libcurl's
/// own for resolving a name, and asks the network nothing that the request does not need. `clock` must outlive it.
/// Proxies come from the environment as libcurl reads it. A connection is not used again when it is older than
/// `connection_age_max`, or was idle for 60 s, by `clock`. Sockets and timers are close-on-exec.
///
/// After fork(2) a child may use it: inherited connections are left alone, not shared. (It leaks them: closing would end
/// the parent's TLS sessions.) A call that is under way in the parent does not go on in the child.
///
/// Its Multi keeps a connection for each request that was under way at once, until that was idle for 60 s, whatever
/// `idle_connections_max` says. A Multi made before fork(2) is of no use in the child: what it is given there ends `not_applied`.
///
/// Errors besides Transport's: `invalid` also for a CA bundle, a client certificate or a key that cannot be read.
/// Deadlines: with libcurl before 7.87, a request that ends while the name is being resolved returns only when the
/// system's resolver does (resolv.conf(5), `timeout`).
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Transport> make_curl_transport(const Clock& clock, CurlOptions options = {});

}  // namespace dynamutex::http

#pragma once
// What all calls of a client share.

#include <utility>

#include "dynamo/clock_skew.hpp"
#include "dynamo/request_signer.hpp"
#include "dynamo/retry.hpp"
#include "dynamutex/dynamo/client.hpp"

namespace dynamutex::dynamo {

/// Thread-safe. It stays where it is: `signer` looks into `options`.
struct ClientCore {
  ClientCore(const ClientWorld& outside, ClientOptions given)
      : world(outside), options(std::move(given)), signer(options.endpoint, options.region), server_clock(options.server_clock) {}
  ClientCore(const ClientCore&) = delete;
  ClientCore& operator=(const ClientCore&) = delete;

  const ClientWorld world;
  const ClientOptions options;
  RequestSigner signer;
  ServerClock server_clock;
  ClockSkew skew;
  RetryQuota quota;
};

}  // namespace dynamutex::dynamo

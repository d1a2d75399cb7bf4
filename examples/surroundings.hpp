#pragma once
// What most examples begin with: a client for the region and the endpoint that the environment names, with its keys.

#include <dynamutex/credentials/provider.hpp>
#include <dynamutex/dynamo/client.hpp>
#include <dynamutex/dynamo/place.hpp>
#include <dynamutex/http/curl_transport.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace example {

/// Ends the program with the error's one line.
[[noreturn]] inline void give_up(const dynamutex::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  std::exit(1);
}

/// The value, or the end of the program.
template <class T>
T require(dynamutex::Result<T> result) {
  if (!result) give_up(result.error());
  return *std::move(result);
}

inline dynamutex::dynamo::ClientOptions client_options(const dynamutex::dynamo::Place& place) {
  dynamutex::dynamo::ClientOptions options;
  options.region = place.region;
  options.endpoint = place.endpoint;
  return options;
}

/// The outside world and a client in it. The members are destroyed in the reverse order, so the client goes first.
struct Surroundings {
  std::unique_ptr<dynamutex::Clock> clock = dynamutex::make_system_clock();
  std::unique_ptr<dynamutex::Entropy> entropy = dynamutex::make_system_entropy();
  dynamutex::dynamo::Place place = require(dynamutex::dynamo::resolve_place(dynamutex::credentials::process_environment(), {}));
  std::unique_ptr<dynamutex::http::Transport> transport = dynamutex::http::make_curl_transport(*clock, curl_options(place));
  std::unique_ptr<dynamutex::credentials::Provider> keys =
      dynamutex::credentials::make_environment_provider(dynamutex::credentials::process_environment());
  std::unique_ptr<dynamutex::dynamo::Client> client =
      require(dynamutex::dynamo::Client::create({*transport, *keys, *clock, *entropy}, client_options(place)));

  static dynamutex::http::CurlOptions curl_options(const dynamutex::dynamo::Place& place) {
    dynamutex::http::CurlOptions options;
    options.allow_plain_http = place.endpoint_given;  // For a server on this machine; AWS's endpoints are https.
    return options;
  }
};

}  // namespace example

// Where AWS's tools look for keys, region and endpoint, this program looks too: the environment, ~/.aws, web identity, the container, the
// EC2 instance.
//
//   example_default_credentials TABLE

#include <dynamutex/credentials/default_provider.hpp>
#include <dynamutex/lock/lock_client.hpp>

#include "surroundings.hpp"

using namespace dynamutex;

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: example_default_credentials TABLE\n");
    return 2;
  }
  const auto clock = make_system_clock();
  const auto entropy = make_system_entropy();
  const credentials::Environment environment = credentials::process_environment();
  const auto files = example::require(credentials::load_profile_files(environment));
  const dynamo::Place place = example::require(dynamo::resolve_place(environment, files));

  // Requests to services (STS) are https and may go through a proxy; those to this machine's metadata are neither.
  http::CurlOptions of_services;
  of_services.allow_plain_http = place.endpoint_given;
  http::CurlOptions of_this_machine;
  of_this_machine.allow_plain_http = true;
  of_this_machine.proxy_from_environment = false;
  const auto services = http::make_curl_transport(*clock, of_services);
  const auto this_machine = http::make_curl_transport(*clock, of_this_machine);
  const auto keys = credentials::make_default_provider({clock.get(), services.get(), this_machine.get(), environment});

  const auto client =
      example::require(dynamo::Client::create({*services, *keys, *clock, *entropy}, example::client_options(place)));
  dynamo::ClientTable table(*client, argv[1]);
  lock::LockClient locks(table, *clock, *entropy);
  lock::Lease lease = example::require(locks.acquire("keys-found"));
  std::printf("%s, with keys of the %s\n", lease.still_held() ? "held" : "lost", keys->source().c_str());
  return lease.release() == lock::ReleaseOutcome::released ? 0 : 1;
}

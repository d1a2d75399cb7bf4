// The README's example: one critical section under a lock.

#include <cstdio>

namespace {
void deploy() { std::puts("deploying"); }
}  // namespace

// begin
#include <dynamutex/dynamo/client.hpp>
#include <dynamutex/dynamo/place.hpp>
#include <dynamutex/http/curl_transport.hpp>
#include <dynamutex/lock/with_lock.hpp>

using namespace dynamutex;

int main() {
  const auto clock = make_system_clock();
  const auto entropy = make_system_entropy();
  const auto environment = credentials::process_environment();
  const auto keys = credentials::make_environment_provider(environment);
  const auto place = dynamo::resolve_place(environment, {});  // AWS_REGION=eu-west-1
  if (!place) return 1;
  http::CurlOptions curl;
  curl.allow_plain_http = place->endpoint_given;  // AWS_ENDPOINT_URL_DYNAMODB=http://localhost:8000
  const auto transport = http::make_curl_transport(*clock, curl);
  dynamo::ClientOptions options;
  options.region = place->region;
  options.endpoint = place->endpoint;
  const auto client = dynamo::Client::create({*transport, *keys, *clock, *entropy}, options);
  if (!client) return 1;
  dynamo::ClientTable table(**client, "locks");
  lock::LockClient locks(table, *clock, *entropy);

  const auto section = lock::with_lock(locks, *clock, *entropy, "deploy", {}, [](lock::Lease& lease) {
    if (lease.still_held()) deploy();
  });
  if (!section) std::fprintf(stderr, "%s\n", section.error().message.c_str());
  return section && section->outcome == lock::SectionOutcome::completed ? 0 : 1;
}
// end

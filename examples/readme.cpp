// The README's example: one critical section under a lock.

#include <cstdio>

namespace {
void deploy() { std::puts("deploying"); }
}  // namespace

// begin
#include <dynamutex/dynamo/client.hpp>
#include <dynamutex/dynamo/endpoint.hpp>
#include <dynamutex/http/curl_transport.hpp>
#include <dynamutex/lock/with_lock.hpp>

using namespace dynamutex;

int main() {
  const auto clock = make_system_clock();
  const auto entropy = make_system_entropy();
  const auto transport = http::make_curl_transport(*clock);
  const auto keys = credentials::make_environment_provider(credentials::process_environment());
  dynamo::ClientOptions options;
  options.region = "eu-west-1";
  options.endpoint = *dynamo::regional_endpoint(options.region);
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

// An appliance without AWS keys: it shows the certificate that it was made with to AWS IoT, gets credentials for an hour, and takes
// a lock with them. They are fetched again before they end.

#include <dynamutex/credentials/cached_provider.hpp>
#include <dynamutex/credentials/iot_source.hpp>
#include <dynamutex/lock/with_lock.hpp>

#include "surroundings.hpp"

namespace credentials = dynamutex::credentials;
namespace lock = dynamutex::lock;

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: %s CREDENTIALS-ENDPOINT ROLE-ALIAS CERTIFICATE KEY CA-BUNDLE TABLE\n", argv[0]);
    return 64;
  }
  const auto clock = dynamutex::make_system_clock();
  const auto entropy = dynamutex::make_system_entropy();

  dynamutex::http::CurlOptions device;
  device.client_certificate = argv[3];
  device.client_key = argv[4];
  device.ca_bundle = argv[5];  // For AWS: empty, for the system's.
  const auto shows_certificate = dynamutex::http::make_curl_transport(*clock, device);
  const auto keys =
      credentials::make_cached_provider(*clock, credentials::make_iot_source(*clock, *shows_certificate, {argv[1], argv[2], ""}));

  // DynamoDB needs to see no certificate.
  const auto place = example::require(dynamutex::dynamo::resolve_place(credentials::process_environment(), {}));
  const auto transport = dynamutex::http::make_curl_transport(*clock, example::Surroundings::curl_options(place));
  const auto client =
      example::require(dynamutex::dynamo::Client::create({*transport, *keys, *clock, *entropy}, example::client_options(place)));
  dynamutex::dynamo::ClientTable table(*client, argv[6]);
  lock::LockClient locks(table, *clock, *entropy);
  const auto section =
      lock::with_lock(locks, *clock, *entropy, "firmware", {}, [](lock::Lease& lease) { return lease.still_held(); });
  if (!section) example::give_up(section.error());
  std::printf("the appliance held the lock\n");
  return section->outcome == lock::SectionOutcome::completed ? 0 : 1;
}

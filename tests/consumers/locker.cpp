// A user of the whole: makes a table on the server that argv[1] names, and runs a section under a lock of it. argv[2], if given, is the
// file of the authority to trust.

#include <dynamutex/dynamo/client.hpp>
#include <dynamutex/http/curl_transport.hpp>
#include <dynamutex/lock/with_lock.hpp>
#include <dynamutex/version.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace credentials = dynamutex::credentials;
namespace dynamo = dynamutex::dynamo;
namespace http = dynamutex::http;
namespace lock = dynamutex::lock;

namespace {

int fail(const dynamutex::Error& error) {
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return 1;
}

constexpr char kTable[] = R"({"TableName":"consumers","BillingMode":"PAY_PER_REQUEST",)"
                          R"("AttributeDefinitions":[{"AttributeName":"key","AttributeType":"S"}],)"
                          R"("KeySchema":[{"AttributeName":"key","KeyType":"HASH"}]})";

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 64;
  const auto clock = dynamutex::make_system_clock();
  const auto entropy = dynamutex::make_system_entropy();
  http::CurlOptions curl;
  curl.allow_plain_http = true;
  if (argc > 2) curl.ca_bundle = argv[2];
  const auto transport = http::make_curl_transport(*clock, curl);
  const auto keys =
      credentials::make_static_provider({"AKIDEXAMPLE", dynamutex::Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), {}});
  dynamo::ClientOptions options;
  options.endpoint = argv[1];
  options.region = "us-east-1";
  const auto client = dynamo::Client::create({*transport, *keys, *clock, *entropy}, options);
  if (!client) return fail(client.error());
  const auto made = (*client)->call("CreateTable", kTable, true);
  if (!made && made.error().aws_code != "ResourceInUseException") return fail(made.error());

  dynamo::ClientTable table(**client, "consumers");
  lock::LockClient locks(table, *clock, *entropy);
  const auto section =
      lock::with_lock(locks, *clock, *entropy, "consumer", {}, [](lock::Lease& lease) { return lease.still_held(); });
  if (!section) return fail(section.error());
  if (section->outcome != lock::SectionOutcome::completed || !section->value) return 1;
  std::printf("dynamutex %s held a lock; C++ %ld\n", DYNAMUTEX_VERSION, static_cast<long>(__cplusplus));
  return 0;
}

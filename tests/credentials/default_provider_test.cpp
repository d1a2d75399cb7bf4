#include "dynamutex/credentials/default_provider.hpp"

#include "credentials/helpers.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;

TEST_CASE("where there are no credentials, the error names every source and why it gave nothing") {
  TestWorld test;
  Folder folder;
  test.variables.values = {{"HOME", folder.path()}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  const auto provider = make_default_provider(test.world());
  const auto none = provider->get(test.clock.now() + kHang, nullptr);
  REQUIRE_FALSE(none.ok());
  CHECK(none.error().kind == ErrorKind::denied);
  CHECK(
      none.error().message ==
      "no credentials found (environment: AWS_ACCESS_KEY_ID is not set; shared files: there is no profile 'default'; web identity from "
      "the environment: AWS_WEB_IDENTITY_TOKEN_FILE is not set; container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
      "AWS_CONTAINER_CREDENTIALS_FULL_URI is set; instance metadata: AWS_EC2_METADATA_DISABLED is true)");
}

TEST_CASE("the sources are asked in AWS's order") {
  RawServer agent(
      always(reply(R"({"AccessKeyId":"container","SecretAccessKey":"s","Token":"t","Expiration":"2199-01-01T00:00:00Z"})")));
  TestWorld test;
  Folder folder;
  test.variables.values = {
      {"AWS_ACCESS_KEY_ID", "environment"},
      {"AWS_SECRET_ACCESS_KEY", "s"},
      {"AWS_CONFIG_FILE", folder.write("config", "[default]\naws_access_key_id=profile\naws_secret_access_key=s\n")},
      {"AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.url()}};
  const auto id = [&](const std::string& profile = "") {
    DefaultProviderOptions options;
    options.profile = profile;
    const auto provider = make_default_provider(test.world(), options);
    const auto found = provider->get(test.clock.now() + kHang, nullptr);
    return found ? (*found)->access_key_id + " from " + provider->source() : found.error().message;
  };
  CHECK(id() == "environment from environment");
  CHECK(id("default") == "profile from shared files");  // Asked for by name: the environment's keys are passed over.
  test.variables.values.erase("AWS_ACCESS_KEY_ID");     // Half a pair does not make the search go on to another identity.
  CHECK(id() == "environment: AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not; set both, or neither");
  test.variables.values.erase("AWS_SECRET_ACCESS_KEY");
  CHECK(id() == "profile from shared files");
  test.variables.values.erase("AWS_CONFIG_FILE");
  CHECK(agent.requests().empty());
  CHECK(id() == "container from container");
}

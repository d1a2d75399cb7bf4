#include "dynamutex/credentials/profile_source.hpp"

#include "credentials/helpers.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;

namespace {

/// STS that gives each role its own name as its access key id.
RawServer::Handler sts() {
  return [](Peer& peer) {
    while (const auto request = peer.read_request()) {
      const std::string body = body_of(*request);
      const auto start = body.find("RoleArn=") + 8;
      const std::string role = body.substr(start, body.find('&', start) - start);
      if (!peer.send(reply("<R><Credentials><AccessKeyId>" + role +
                           "</AccessKeyId><SecretAccessKey>hunter2</SecretAccessKey><SessionToken>t"
                           "</SessionToken><Expiration>2026-11-23T15:00:00Z</Expiration></Credentials></R>"))) {
        return;
      }
    }
  };
}

struct ProfileTest {
  explicit ProfileTest(const std::string& config) {
    world.variables.values = {{"AWS_CONFIG_FILE", folder.write("config", config)},
                              {"AWS_SHARED_CREDENTIALS_FILE", folder.path() + "/none"},
                              {"AWS_ENDPOINT_URL_STS", server.url("")},
                              {"AWS_REGION", "us-west-2"}};
  }
  FetchOutcome fetch(const std::string& profile) { return world.fetch(*make_profile_source(world.world(), profile, "")); }
  /// The key id of a request's signature.
  std::string signer(std::size_t request) const {
    const std::string text = header_of(server.requests().at(request), "authorization").value_or("");
    const auto start = text.find("Credential=") + 11;
    return text.substr(start, text.find('/', start) - start);
  }
  RawServer server{sts()};
  Folder folder;
  TestWorld world;
};

}  // namespace

TEST_CASE("a profile's own keys are handed out") {
  ProfileTest test(
      "[default]\naws_access_key_id=a\naws_secret_access_key=b\n[profile x]\naws_access_key_id=c\naws_secret_access_key=d\n"
      "aws_session_token=e\n");
  CHECK(keys_of(test.fetch("")) == "a/b/");
  CHECK(keys_of(test.fetch("x")) == "c/d/e");
  test.world.variables.values["AWS_PROFILE"] = "x";
  CHECK(keys_of(test.fetch("")) == "c/d/e");
  CHECK(test.server.requests().empty());
}

TEST_CASE("a profile's process is run") {
  ProfileTest test(R"([default]
credential_process = printf '{"Version":1,"AccessKeyId":"p","SecretAccessKey":"hunter2"}'
)");
  CHECK(keys_of(test.fetch("")) == "p/hunter2/");
}

TEST_CASE("roles are assumed along a chain of profiles") {
  ProfileTest test(
      "[profile top]\nrole_arn=top\nsource_profile=middle\nexternal_id=ext\n[profile middle]\nrole_arn=middle\nsource_profile=base\n"
      "[profile base]\naws_access_key_id=base\naws_secret_access_key=b\n");
  CHECK(keys_of(test.fetch("top")) == "top/hunter2/t");
  REQUIRE(test.server.requests().size() == 2);
  CHECK(test.signer(0) == "base");
  CHECK(test.signer(1) == "middle");
  CHECK(body_of(test.server.requests().at(0)).find("ExternalId") == std::string::npos);
  CHECK(body_of(test.server.requests().at(1)).find("ExternalId=ext") != std::string::npos);
}

TEST_CASE("a profile may name itself and its own keys as the source of its role") {
  ProfileTest test("[profile a]\nrole_arn=r\nsource_profile=a\naws_access_key_id=own\naws_secret_access_key=b\n");
  CHECK(keys_of(test.fetch("a")) == "r/hunter2/t");
  CHECK(test.signer(0) == "own");
}

TEST_CASE("a loop, or an endless chain, of profiles is an error") {
  ProfileTest test(
      "[profile a]\nrole_arn=r\nsource_profile=b\n[profile b]\nrole_arn=r\nsource_profile=c\n[profile c]\nrole_arn=r\nsource_profile=a\n");
  CHECK(error_of(test.fetch("a")).message.find("leads back to itself") != std::string::npos);
  std::string config;
  for (int i = 0; i < 40; ++i) {
    config += "[profile p" + std::to_string(i) + "]\nrole_arn=r\nsource_profile=p" + std::to_string(i + 1) + "\n";
  }
  CHECK(error_of(ProfileTest(config).fetch("p0")).message.find("too long") != std::string::npos);
  CHECK(test.server.requests().empty());
}

TEST_CASE("a role's source may be the environment") {
  ProfileTest test("[profile a]\nrole_arn=r\ncredential_source=Environment\n");
  CHECK(error_of(test.fetch("a")).message.find("AWS_ACCESS_KEY_ID is not set") != std::string::npos);
  test.world.variables.values["AWS_ACCESS_KEY_ID"] = "env";
  test.world.variables.values["AWS_SECRET_ACCESS_KEY"] = "b";
  CHECK(keys_of(test.fetch("a")) == "r/hunter2/t");
  CHECK(test.signer(0) == "env");
}

TEST_CASE("a role's source may be the container or the instance") {
  ProfileTest test(
      "[profile c]\nrole_arn=r\ncredential_source=EcsContainer\n[profile i]\nrole_arn=r\ncredential_source=Ec2InstanceMetadata\n");
  CHECK(error_of(test.fetch("c")).message.find("AWS_CONTAINER_CREDENTIALS_FULL_URI") != std::string::npos);
  test.world.variables.values["AWS_EC2_METADATA_DISABLED"] = "true";
  CHECK(error_of(test.fetch("i")).message.find("AWS_EC2_METADATA_DISABLED") != std::string::npos);
}

TEST_CASE("a profile's web identity is exchanged") {
  ProfileTest test("");
  test.folder.write("config", "[profile a]\nrole_arn=r\nweb_identity_token_file=" + test.folder.write("token", "jwt") + "\n");
  CHECK(keys_of(test.fetch("a")) == "r/hunter2/t");
  CHECK(body_of(test.server.requests().at(0)).find("WebIdentityToken=jwt") != std::string::npos);
}

TEST_CASE("the profile's region and its endpoint for STS are used where the environment names none") {
  ProfileTest test("");
  test.folder.write(
      "config",
      "[profile a]\nrole_arn=r\ncredential_source=Environment\nregion=eu-central-1\nservices=s\n[services s]\nsts =\n"
      "  endpoint_url = " +
          test.server.url("") + "\n");
  for (const char* name : {"AWS_ENDPOINT_URL_STS", "AWS_REGION"}) test.world.variables.values.erase(name);
  test.world.variables.values["AWS_ACCESS_KEY_ID"] = "env";
  test.world.variables.values["AWS_SECRET_ACCESS_KEY"] = "b";
  CHECK(keys_of(test.fetch("a")) == "r/hunter2/t");
  CHECK(header_of(test.server.requests().at(0), "authorization")->find("/eu-central-1/sts/aws4_request") != std::string::npos);
}

TEST_CASE("a profile that was asked for and is not there is an error, the default one an absence") {
  ProfileTest test("[profile x]\nregion=us-east-1\n");
  CHECK(absence_of(test.fetch("")) == "there is no profile 'default'");
  CHECK(error_of(test.fetch("nope")).message == "profile 'nope': there is no such profile");
  CHECK(absence_of(test.fetch("x")) == "profile 'x' has no credentials in it");
  test.world.variables.values["AWS_PROFILE"] = "nope";
  CHECK(error_of(test.fetch("")).kind == ErrorKind::invalid);
}

TEST_CASE("a profile that is set up wrongly is told so") {
  for (const char* settings : {"role_arn=r", "role_arn=r\nsource_profile=a\ncredential_source=Environment",
                               "role_arn=r\ncredential_source=Moon", "role_arn=r\nsource_profile=gone", "aws_access_key_id=x",
                               "aws_secret_access_key=hunter2", "role_arn=r\ncredential_source=Environment\nmfa_serial=m",
                               "sso_session=s", "role_arn=r\ncredential_source=Environment\nduration_seconds=1h",
                               "role_arn=r\ncredential_source=Environment\nduration_seconds=9999999999"}) {
    CAPTURE(settings);
    ProfileTest test("[profile a]\n" + std::string(settings) + "\n");
    CHECK(error_of(test.fetch("a")).kind == ErrorKind::invalid);
  }
}

TEST_CASE("who signs in by browser is told the command that hands on this very profile's keys") {
  ProfileTest test("[profile a]\nsso_session=s\n");
  CHECK(error_of(test.fetch("a")).message.find("credential_process = aws configure export-credentials --profile a") !=
        std::string::npos);
}

#include "dynamutex/credentials/profile_files.hpp"

#include "credentials/helpers.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;

namespace {

ProfileFiles parsed(std::string_view config, std::string_view credentials = "") {
  auto files = parse_profile_files(config, credentials);
  if (!files) FAIL(files.error().message);
  return *std::move(files);
}

std::string value(const ProfileFiles& files, std::string_view profile, std::string_view name) {
  const Section* const section = files.profile(profile);
  if (section == nullptr) return "(no profile)";
  const std::string* const found = section->find(name);
  return found != nullptr ? *found : "(none)";
}

}  // namespace

TEST_CASE("profiles are read from both files, and the credentials file wins") {
  const auto files =
      parsed("[default]\nregion = eu-west-1\naws_access_key_id=config\n[profile dev]\nregion=us-east-2\n[ignored]\nregion=x\n",
             "[default]\naws_access_key_id = shared\n[dev]\naws_secret_access_key = a=b\n");
  CHECK(value(files, "default", "region") == "eu-west-1");
  CHECK(value(files, "default", "aws_access_key_id") == "shared");
  CHECK(value(files, "dev", "region") == "us-east-2");
  CHECK(value(files, "dev", "aws_secret_access_key") == "a=b");
  CHECK(files.profile("ignored") == nullptr);
}

TEST_CASE("comments, blank lines, other line ends and letters of any case make no difference") {
  const auto files = parsed(
      "\xef\xbb\xbf# comment\r\n\r\n; comment\n[profile  \"two words\"] ; why\r\n  # indented comment\n"
      "Region\t=  eu-west-1 # why\r\nkey = a#b;c\n\n\nempty = # nothing\nlast=x");
  CHECK(value(files, "two words", "region") == "eu-west-1");
  CHECK(value(files, "two words", "key") == "a#b;c");
  CHECK(value(files, "two words", "empty") == "(none)");
  CHECK(value(files, "two words", "last") == "x");
}

TEST_CASE("[profile default] wins over [default], wherever it stands") {
  CHECK(value(parsed("[default]\na=1\nb=1\n[profile default]\na=2\n"), "default", "a") == "2");
  CHECK(value(parsed("[default]\na=1\nb=1\n[profile default]\na=2\n"), "default", "b") == "(none)");
  CHECK(value(parsed("[profile default]\na=2\n[default]\na=1\nb=1\n"), "default", "a") == "2");
  CHECK(value(parsed("[profile default]\na=2\n[default]\na=1\nb=1\n"), "default", "b") == "(none)");
}

TEST_CASE("sections of the same name are merged, and the later value wins") {
  const auto files = parsed("[profile a]\nx=1\ny=1\n[profile b]\nx=9\n[profile a]\ny=2\n");
  CHECK(value(files, "a", "x") == "1");
  CHECK(value(files, "a", "y") == "2");
}

TEST_CASE("indented lines are nested settings, or go on with a value") {
  const auto files = parsed(
      "[services s]\ndynamodb =\n  endpoint_url = http://localhost:8000\n  other = x\ns3 =\n\tendpoint_url = http://s3\n"
      "[profile p]\ncredential_process = run\n  this\n");
  CHECK(files.services.at("s").nested.at("dynamodb").at("endpoint_url") == "http://localhost:8000");
  CHECK(files.services.at("s").nested.at("s3").at("endpoint_url") == "http://s3");
  CHECK(value(files, "p", "credential_process") == "run\nthis");
}

TEST_CASE("a malformed line is told by its number and never by its content") {
  const std::pair<const char*, int> kCases[] = {
      {"hunter2 = x\n", 1},           {"[default]\nhunter2\n", 2},       {"[default\nhunter2=x\n", 1},        {"\n\n[]\n", 3},
      {"[default]\n = hunter2\n", 2}, {"[default]\n  hunter2 = x\n", 2}, {"[profile a]\ns =\n  hunter2\n", 3}};
  for (const auto& one : kCases) {
    const char* const text = one.first;
    const int line = one.second;
    CAPTURE(text);
    const auto files = parse_profile_files(text, "");
    REQUIRE_FALSE(files.ok());
    CHECK(files.error().kind == ErrorKind::invalid);
    CHECK(files.error().message.find("config file is malformed in line " + std::to_string(line) + ":") != std::string::npos);
    CHECK(files.error().message.find("hunter2") == std::string::npos);
  }
  CHECK(parse_profile_files("", "nonsense").error().message.find("credentials file") != std::string::npos);
}

TEST_CASE("files are found by their variables, or at home; missing ones are empty") {
  Folder folder;
  Variables variables;
  std::filesystem::create_directory(folder.path() + "/.aws");
  folder.write(".aws/config", "[default]\nregion = at-home\n");
  CHECK(load_profile_files(variables.lookup()).value().profiles.empty());
  variables.values["HOME"] = folder.path();
  CHECK(value(*load_profile_files(variables.lookup()), "default", "region") == "at-home");
  variables.values["AWS_CONFIG_FILE"] = folder.write("other", "[default]\nregion = elsewhere\n");
  CHECK(value(*load_profile_files(variables.lookup()), "default", "region") == "elsewhere");
  variables.values["AWS_CONFIG_FILE"] = "~/.aws/config";
  CHECK(value(*load_profile_files(variables.lookup()), "default", "region") == "at-home");
  variables.values["AWS_SHARED_CREDENTIALS_FILE"] = folder.write("keys", "[default]\nregion = keys\n");
  CHECK(value(*load_profile_files(variables.lookup()), "default", "region") == "keys");
  variables.values["AWS_CONFIG_FILE"] = folder.path();  // A folder cannot be read.
  CHECK(load_profile_files(variables.lookup()).error().kind == ErrorKind::invalid);
  variables.values["AWS_CONFIG_FILE"] = folder.write("huge", std::string((1U << 20U) + 1, '#'));
  CHECK(load_profile_files(variables.lookup()).error().message.find("longer than 1048576 bytes") != std::string::npos);
}

TEST_CASE("the profile's name comes from the environment") {
  Variables variables;
  CHECK(profile_name(variables.lookup()) == "default");
  variables.values["AWS_DEFAULT_PROFILE"] = "b";
  CHECK(profile_name(variables.lookup()) == "b");
  variables.values["AWS_PROFILE"] = "a";
  CHECK(profile_name(variables.lookup()) == "a");
}

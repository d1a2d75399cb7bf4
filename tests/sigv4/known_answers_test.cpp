// The project's own table of known answers (known_answers.txt says where they are from).
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "dynamutex/sigv4/http_text.hpp"
#include "dynamutex/sigv4/signer.hpp"

namespace {

using namespace dynamutex::sigv4;

struct KnownAnswer {
  std::string name;
  std::map<std::string, std::string> settings;
  std::map<std::string, std::string> sections;

  [[nodiscard]] bool has_flag(const std::string& flag) const {
    const auto flags = settings.find("flags");
    return flags != settings.end() && (" " + flags->second + " ").find(" " + flag + " ") != std::string::npos;
  }
  [[nodiscard]] std::string setting(const std::string& setting_name) const {
    const auto found = settings.find(setting_name);
    return found == settings.end() ? "" : found->second;
  }
};

std::vector<KnownAnswer> read_known_answers() {
  std::ifstream file(DYNAMUTEX_KNOWN_ANSWERS, std::ios::binary);
  REQUIRE(file.good());
  std::vector<KnownAnswer> answers;
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("=== ", 0) == 0) {
      answers.emplace_back().name = line.substr(4);
      section.clear();
    } else if (answers.empty()) {
      continue;  // the comment at the top
    } else if (line.rfind("--- ", 0) == 0) {
      section = line.substr(4);
      answers.back().sections[section] = "";
    } else if (section.empty()) {
      const std::size_t colon = line.find(": ");
      if (colon != std::string::npos) answers.back().settings[line.substr(0, colon)] = line.substr(colon + 2);
    } else {
      answers.back().sections[section] += line + "\n";
    }
  }
  for (KnownAnswer& answer : answers) {
    // The line break before the next marker belongs to the table, and so does the empty line between two cases.
    answer.sections["signature"].resize(64);
    for (auto& [name, text] : answer.sections) {
      if (!text.empty() && text.back() == '\n') text.pop_back();
    }
  }
  return answers;
}

template <class Signed>
void check(const KnownAnswer& answer, const dynamutex::Result<Signed>& result) {
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  CHECK(result->canonical_request == answer.sections.at("canonical request"));
  CHECK(result->string_to_sign == answer.sections.at("string to sign"));
  CHECK(result->signature.view() == answer.sections.at("signature"));
}

}  // namespace

TEST_CASE("every known answer is met at each stage") {
  const auto answers = read_known_answers();
  REQUIRE(answers.size() >= 40);
  for (const KnownAnswer& answer : answers) {
    CAPTURE(answer.name);
    const auto http = HttpText::parse(answer.sections.at("request"));
    REQUIRE_MESSAGE(http.ok(), http.error().message);
    Request request = http->request();
    if (answer.has_flag("unsigned-payload")) request.payload = Payload::not_signed();
    const Credentials credentials{answer.setting("key-id"), dynamutex::Secret(answer.setting("secret")),
                                  dynamutex::Secret(answer.setting("token"))};
    const std::string region = answer.setting("region");
    const std::string service = answer.setting("service");
    const Scope scope{AmzDate::parse(answer.setting("date")).value(), region, service};
    Options options;
    options.normalize_path = !answer.has_flag("keep-path");
    options.double_encode_path = !answer.has_flag("single-encoding");
    options.sign_session_token = !answer.has_flag("token-after");
    options.add_content_sha256 = answer.has_flag("content-sha256");
    SigningKeyCache keys;
    if (answer.setting("form") == "header") {
      check(answer, sign(request, credentials, scope, keys, options));
    } else {
      const std::chrono::seconds life(std::stoi(answer.setting("form")));
      check(answer, presign(request, credentials, scope, life, keys, options));
    }
  }
}

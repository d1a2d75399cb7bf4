// AWS's own cases: every intermediate of both forms, equal to the byte.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "dynamutex/sigv4/http_text.hpp"
#include "dynamutex/sigv4/signer.hpp"

namespace {

using namespace dynamutex::sigv4;
namespace fs = std::filesystem;

constexpr std::size_t case_count = 38;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file.good(), path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> case_folders() {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(DYNAMUTEX_VECTORS) / "sigv4", error)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

/// "2015-08-30T12:36:00Z" as "20150830T123600Z".
AmzDate date_of(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '-' || c == ':'; }), text.end());
  return AmzDate::parse(text).value();
}

struct Case {
  explicit Case(const fs::path& folder_path)
      : folder(folder_path), context(nlohmann::json::parse(read_file(folder / "context.json"))),
        text(read_file(folder / "request.txt")), http(HttpText::parse(text).value()), region(context.at("region")),
        service(context.at("service")), scope{date_of(context.at("timestamp")), region, service} {
    const auto& given = context.at("credentials");
    credentials.access_key_id = given.at("access_key_id");
    credentials.secret_access_key = dynamutex::Secret(given.at("secret_access_key").get<std::string>());
    credentials.session_token = dynamutex::Secret(given.value("token", ""));
    options.normalize_path = context.at("normalize");
    options.sign_session_token = !context.value("omit_session_token", false);
    options.add_content_sha256 = context.at("sign_body");
  }

  [[nodiscard]] std::string expected(const char* name) const { return read_file(folder / name); }

  /// The request's own header lines, each ended.
  [[nodiscard]] std::string header_lines() const {
    const std::size_t begin = text.find('\n') + 1;
    const std::string lines = text.substr(begin, std::min(text.find("\n\n"), text.size()) - begin);
    return lines.empty() || lines.back() == '\n' ? lines : lines + '\n';
  }

  fs::path folder;
  nlohmann::json context;
  std::string text;
  HttpText http;
  std::string region;
  std::string service;
  Scope scope;
  Credentials credentials;
  Options options;
  SigningKeyCache keys;
};

void check_header_form(Case& vector) {
  const auto result = sign(vector.http.request(), vector.credentials, vector.scope, vector.keys, vector.options);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  CHECK(result->canonical_request == vector.expected("header-canonical-request.txt"));
  CHECK(result->string_to_sign == vector.expected("header-string-to-sign.txt"));
  CHECK(result->signature.view() == vector.expected("header-signature.txt"));
  std::string request = vector.text.substr(0, vector.text.find('\n') + 1) + vector.header_lines();
  for (const AddedHeader& header : result->added) request += header.name + ":" + header.value + "\n";
  request += "\n";
  request += vector.http.body();
  CHECK(request == vector.expected("header-signed-request.txt"));
}

void check_query_form(Case& vector) {
  const std::chrono::seconds life(vector.context.at("expiration_in_seconds").get<int>());
  const Request request = vector.http.request();
  const auto result = presign(request, vector.credentials, vector.scope, life, vector.keys, vector.options);
  REQUIRE_MESSAGE(result.ok(), result.error().message);
  CHECK(result->canonical_request == vector.expected("query-canonical-request.txt"));
  CHECK(result->string_to_sign == vector.expected("query-string-to-sign.txt"));
  CHECK(result->signature.view() == vector.expected("query-signature.txt"));
  std::string text(request.method);
  text.append(" ").append(request.path).append("?").append(result->query).append(" HTTP/1.1\n");
  text.append(vector.header_lines()).append("\n").append(vector.http.body());
  CHECK(text == vector.expected("query-signed-request.txt"));
}

}  // namespace

TEST_CASE("every case of AWS's suite is met at each stage, in header and in query form") {
  const auto folders = case_folders();
  if (folders.empty()) {
    REQUIRE_MESSAGE(std::getenv("DYNAMUTEX_NO_SKIPS") == nullptr, "no vectors in " DYNAMUTEX_VECTORS);
    MESSAGE("skipped: no vectors");
    return;
  }
  CHECK(folders.size() == case_count);
  for (const fs::path& folder : folders) {
    CAPTURE(folder.filename().string());
    Case vector(folder);
    check_header_form(vector);
    check_query_form(vector);
  }
}

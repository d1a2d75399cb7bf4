// Signs the cases that sigv4_botocore.py writes, one a line, and answers with every intermediate, one line each.
//
// A case: fields separated by tabs, texts in hexadecimal:
//   form ("header" or the life in seconds)  flags  method  path  query  headers (name:value,…)  payload ("unsigned" or
//   "body:…")  key id  secret  token  region  service  date
// Flags: n normalise, d double encoding, t token signed, s add x-amz-content-sha256; in capitals, off.
// The answer: "ok", canonical request, string to sign, signature; or "error" and the message.
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "dynamutex/sigv4/signer.hpp"

namespace {

using namespace dynamutex::sigv4;

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  if (text.empty() || text.back() == separator) parts.emplace_back();
  return parts;
}

std::string from_hex(const std::string& hex) {
  std::string text;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return text;
}

std::string to_hex(const std::string& text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char c : text) {
    const auto value = static_cast<unsigned char>(c);
    hex += digits[value >> 4U];
    hex += digits[value & 15U];
  }
  return hex;
}

template <class Signed>
std::string answer(const dynamutex::Result<Signed>& result) {
  if (!result) return "error\t" + to_hex(result.error().message);
  return "ok\t" + to_hex(result->canonical_request) + "\t" + to_hex(result->string_to_sign) + "\t" +
         std::string(result->signature.view());
}

std::string answer_case(const std::string& line, SigningKeyCache& keys) {
  const auto fields = split(line, '\t');
  if (fields.size() != 13) return "error\t" + to_hex("a case has 13 fields");
  std::vector<std::string> texts(fields.size());
  for (const std::size_t i : {2U, 3U, 4U, 7U, 8U, 9U, 10U, 11U}) texts[i] = from_hex(fields[i]);

  std::vector<std::pair<std::string, std::string>> owned;
  if (!fields[5].empty()) {
    for (const std::string& header : split(fields[5], ',')) {
      const auto parts = split(header, ':');
      owned.emplace_back(from_hex(parts.at(0)), from_hex(parts.at(1)));
    }
  }
  std::vector<Header> headers;
  for (const auto& [name, value] : owned) headers.push_back({name, value});

  const std::string body = fields[6] == "unsigned" ? "" : from_hex(fields[6].substr(5));
  const Payload payload = fields[6] == "unsigned" ? Payload::not_signed() : Payload::of(body);
  const Request request{texts[2], texts[3], texts[4], headers, payload};
  const Credentials credentials{texts[7], dynamutex::Secret(texts[8]), dynamutex::Secret(texts[9])};
  const auto date = AmzDate::parse(fields[12]);
  if (!date) return "error\t" + to_hex(date.error().message);
  const Scope scope{*date, texts[10], texts[11]};
  const auto on = [&](char flag) { return fields[1].find(flag) != std::string::npos; };
  const Options options{on('n'), on('d'), on('t'), on('s')};

  if (fields[0] == "header") return answer(sign(request, credentials, scope, keys, options));
  return answer(presign(request, credentials, scope, std::chrono::seconds(std::stoll(fields[0])), keys, options));
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  SigningKeyCache keys;
  for (std::string line; std::getline(std::cin, line);) std::cout << answer_case(line, keys) << '\n';
}

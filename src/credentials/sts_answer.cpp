#include "credentials/sts_answer.hpp"

#include <utility>

#include "credentials/iso8601.hpp"
#include "credentials/outcome.hpp"

namespace dynamutex::credentials {
namespace {

/// What is between the only "<name>" and the "</name>" after it.
std::optional<std::string_view> element(std::string_view xml, std::string_view name) {
  std::string tag = "<";
  tag.append(name).push_back('>');
  const auto open = xml.find(tag);
  if (open == std::string_view::npos || xml.find(tag, open + 1) != std::string_view::npos) return std::nullopt;
  const auto start = open + tag.size();
  tag.insert(1, 1, '/');
  const auto end = xml.find(tag, start);
  if (end == std::string_view::npos) return std::nullopt;
  return xml.substr(start, end - start);
}

struct Entity {
  std::string_view name;
  char character;
};
constexpr Entity kEntities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};

}  // namespace

std::optional<std::string> element_text(std::string_view xml, std::string_view name) {
  const auto inside = element(xml, name);
  if (!inside || inside->find('<') != std::string_view::npos) return std::nullopt;
  std::string text;
  text.reserve(inside->size());
  for (std::size_t i = 0; i < inside->size(); ++i) {
    if ((*inside)[i] != '&') {
      text += (*inside)[i];
      continue;
    }
    const std::string_view rest = inside->substr(i);
    const Entity* found = nullptr;
    for (const Entity& entity : kEntities) {
      if (rest.substr(0, entity.name.size()) == entity.name) found = &entity;
    }
    if (found == nullptr) return std::nullopt;
    text += found->character;
    i += found->name.size() - 1;
  }
  return text;
}

Result<Fetched> parse_sts_credentials(std::string& xml) {
  const auto part = element(xml, "Credentials");
  auto id = element_text(part.value_or(""), "AccessKeyId");
  auto key = element_text(part.value_or(""), "SecretAccessKey");
  auto token = element_text(part.value_or(""), "SessionToken");
  const auto end = element_text(part.value_or(""), "Expiration");
  wipe(xml.data(), xml.size());
  const auto expires = parse_iso8601(end.value_or(""));
  const bool complete = id && !id->empty() && key && !key->empty() && token && !token->empty() && expires;
  std::optional<Fetched> fetched;
  if (complete) fetched = make_fetched({*id, Secret(*key), Secret(*token)}, expires);
  if (key) wipe(key->data(), key->size());
  if (token) wipe(token->data(), token->size());
  if (!fetched) return make_error(ErrorKind::not_applied, "the answer of STS holds no complete credentials");
  return *std::move(fetched);
}

Error parse_sts_error(std::string_view xml, int status) {
  const std::string code = printable(element_text(xml, "Code").value_or(""));
  const std::string message = printable(element_text(xml, "Message").value_or(""));
  const bool passing = status >= 500 || code == "Throttling" || code == "ThrottlingException" || code == "IDPCommunicationError";
  Error error =
      make_error(passing ? ErrorKind::not_applied : ErrorKind::denied, "STS answered with status " + std::to_string(status));
  if (!code.empty()) error.message += ", " + code;
  if (!message.empty()) error.message += ": " + message;
  error.aws_code = code;
  error.aws_message = message;
  error.http_status = status;
  error.request_id = printable(element_text(xml, "RequestId").value_or(""));
  return error;
}

}  // namespace dynamutex::credentials

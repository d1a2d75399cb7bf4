#include "dynamutex/dynamo/endpoint.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dynamutex::dynamo {
namespace {

Error invalid(std::string message) {
  Error error;
  error.kind = ErrorKind::invalid;
  error.message = std::move(message);
  return error;
}

bool is_alnum(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// A DNS label (RFC 1123, section 2.1).
bool is_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 63 && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

/// Regions outside AWS's commercial partition, by the start of their names, and their domains.
/// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kPartitions = {{
    {"cn-", "amazonaws.com.cn"},
    {"us-iso-", "c2s.ic.gov"},
    {"us-isob-", "sc2s.sgov.gov"},
    {"us-isof-", "csp.hci.ic.gov"},
    {"eu-isoe-", "cloud.adc-e.uk"},
}};

bool valid_host(std::string_view host) noexcept {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    return host.size() > 2 && host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
  }
  return !host.empty() && host.front() != '.' && std::all_of(host.begin(), host.end(), [](char c) {
    return is_alnum(c) || c == '-' || c == '.' || c == '_';
  });
}

bool valid_port(std::string_view port) noexcept {
  if (port.empty() || port.size() > 5) return false;
  int value = 0;
  for (const char c : port) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  return value >= 1 && value <= 65535;
}

}  // namespace

Result<std::string> regional_endpoint(std::string_view region) {
  if (!is_label(region)) {
    return invalid("'" + std::string(region) + "' is not a region; name one such as eu-west-1 (or 'local')");
  }
  if (region == "local") return std::string("http://localhost:8000");
  std::string_view domain = "amazonaws.com";
  for (const auto& [prefix, partition_domain] : kPartitions) {
    if (region.substr(0, prefix.size()) == prefix) domain = partition_domain;
  }
  return "https://dynamodb." + std::string(region) + "." + std::string(domain);
}

Result<std::string> checked_endpoint(std::string_view url) {
  const auto malformed = [&](const char* what) {
    return invalid("endpoint '" + std::string(url) + "' " + what +
                   "; write it as https://HOST[:PORT] or http://HOST[:PORT]");
  };
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= 0x20 || static_cast<unsigned char>(c) >= 0x7f) {
      return invalid("the endpoint has a character that no URL has; write it as https://HOST[:PORT] or http://HOST[:PORT]");
    }
  }
  std::string_view rest = url;
  // Not repeated in the message: what stands before an '@' may be a password.
  if (rest.find('@') != std::string_view::npos) {
    return invalid("the endpoint has a user name; write it as https://HOST[:PORT] or http://HOST[:PORT]");
  }
  if (rest.substr(0, 8) == "https://") {
    rest.remove_prefix(8);
  } else if (rest.substr(0, 7) == "http://") {
    rest.remove_prefix(7);
  } else {
    return malformed("does not start with https:// or http://");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) return malformed("has a query or a fragment");
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (!valid_host(authority.substr(0, colon))) return malformed("has no valid host");
  if (colon != std::string_view::npos && !valid_port(authority.substr(colon + 1))) return malformed("has no valid port");
  while (url.back() == '/') url.remove_suffix(1);
  return std::string(url);
}

}  // namespace dynamutex::dynamo

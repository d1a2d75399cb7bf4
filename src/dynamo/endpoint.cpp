#include "dynamutex/dynamo/endpoint.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dynamutex::dynamo {
namespace {

Error invalid(std::string message) { return make_error(ErrorKind::invalid, std::move(message)); }

bool is_alnum(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// A DNS label (RFC 1123, section 2.1).
bool is_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 63 && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

/// A group of regions with domains of its own.
/// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
struct Partition {
  std::string_view region_prefix;
  std::string_view domain;
  std::string_view dual_stack_domain;
  std::string_view fips_service = "dynamodb-fips";
};
constexpr Partition kCommercial = {"", "amazonaws.com", "api.aws"};
constexpr std::array<Partition, 7> kPartitions = {{
    {"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    // Every endpoint there is validated; the plain name is the only one.
    {"us-gov-", "amazonaws.com", "api.aws", "dynamodb"},
    {"us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
    {"us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
    {"us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
}};

const Partition& partition_of(std::string_view region) noexcept {
  for (const Partition& partition : kPartitions) {
    if (region.substr(0, partition.region_prefix.size()) == partition.region_prefix) return partition;
  }
  return kCommercial;
}

bool valid_host(std::string_view host) noexcept {
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    return host.size() > 2 && host.find_first_not_of("0123456789abcdefABCDEF:.", 1) == host.size() - 1;
  }
  return !host.empty() && host.front() != '.' &&
         std::all_of(host.begin(), host.end(), [](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; });
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

Result<std::string> regional_endpoint(std::string_view region, EndpointVariant variant) {
  if (!is_label(region)) {
    return invalid("'" + std::string(region) + "' is not a region; name one such as eu-west-1 (or 'local')");
  }
  if (region == "local") return std::string("http://localhost:8000");
  const Partition& partition = partition_of(region);
  std::string url = "https://";
  // The dual-stack domains know the FIPS name everywhere.
  const bool dual_stack_fips = variant.fips && variant.dual_stack;
  url += dual_stack_fips ? "dynamodb-fips" : variant.fips ? partition.fips_service : "dynamodb";
  url.append(".").append(region).append(".");
  url += variant.dual_stack ? partition.dual_stack_domain : partition.domain;
  return url;
}

Result<std::string> resolve_endpoint(const std::optional<std::string>& configured, std::string_view region,
                                     EndpointVariant variant) {
  auto regional = regional_endpoint(region, variant);
  if (!regional || !configured) return regional;
  auto endpoint = checked_endpoint(*configured);
  if (!endpoint) return endpoint;
  if (variant.fips || variant.dual_stack) {
    return invalid("a configured endpoint and a FIPS or dual-stack endpoint exclude each other: leave one of them out");
  }
  if (*endpoint == *regional_endpoint(region, {false, true})) {
    return invalid("endpoint '" + *endpoint + "' is the region's dual-stack endpoint: ask for dual-stack instead of naming it");
  }
  return endpoint;
}

Result<std::string> checked_endpoint(std::string_view url) {
  const auto malformed = [&](const char* what) {
    return invalid("endpoint '" + std::string(url) + "' " + what + "; write it as https://HOST[:PORT] or http://HOST[:PORT]");
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

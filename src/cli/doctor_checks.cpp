#include "cli/doctor_checks.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "cli/console.hpp"
#include "cli/duration.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"

namespace dynamutex::cli {
namespace {

/// Beyond it something sets this clock wrongly, or nothing does; short of where signatures are refused.
constexpr Duration kOffsetMax = std::chrono::seconds(60);

double in_ms(Duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

std::string decimal(double value, const char* unit) {
  const auto tenths = static_cast<long long>(value * 10 + (value < 0 ? -0.5 : 0.5));
  return std::to_string(tenths / 10) + "." + std::to_string(std::abs(tenths % 10)) + " " + unit;
}

std::string answer_of(const Error& error) {
  if (error.aws_code.empty()) return error.message;
  return error.aws_message.empty() ? error.aws_code : error.aws_code + ": " + error.aws_message;
}

bool is_permission(const Error& error) { return error.aws_code == "AccessDeniedException" || error.aws_code == "AccessDenied"; }

/// Refused for the key or its signature, before anything was looked at.
bool is_signature(const Error& error) { return error.kind == ErrorKind::denied && !is_permission(error); }

std::string mend_signature(const std::string& code) {
  if (code == "ExpiredTokenException" || code == "ExpiredToken") {
    return "get new credentials: the session token has expired";
  }
  if (code == "UnrecognizedClientException" || code == "InvalidClientTokenId" || code == "MissingAuthenticationToken") {
    return "check that the access key exists and is active, and that a temporary key comes with its session token";
  }
  if (code == "RequestTimeTooSkewed" || code == "RequestExpired" || code == "RequestInTheFuture") {
    return "set this machine's clock";
  }
  return "check the secret access key (AWS_SECRET_ACCESS_KEY, or the profile's)";
}

Check check_status(const std::string& table, const TableDescription& description) {
  if (description.usable()) return good("table", quote(table) + " is " + description.status);
  return fail("table", quote(table) + " cannot be used: its status is " + description.status,
              "wait until it is ACTIVE (dynamutex init waits for it)", exit_code::configuration);
}

Check check_schema(const std::string& table, const TableDescription& description, const lock::KeySchema& schema) {
  const std::string difference = schema_difference(table, description, schema);
  if (difference.empty()) {
    const std::string sort_key = schema.sort_key.empty() ? "" : ", sort key " + quote(schema.sort_key);
    return good("key schema", "key " + quote(schema.key) + sort_key);
  }
  const auto split = difference.rfind("; ");
  return fail("key schema", difference.substr(0, split), difference.substr(split + 2), exit_code::configuration);
}

Check check_billing(const TableDescription& description) {
  if (description.on_demand) return good("billing", "on demand");
  return good("billing", "provisioned: " + std::to_string(description.read_units) + " read and " +
                             std::to_string(description.write_units) +
                             " write units a second; an acquisition and its release take 2 writes");
}

Check check_replicas(const TableDescription& description) {
  std::string regions;
  for (const std::string& region : description.replicas) regions += (regions.empty() ? "" : ", ") + region;
  if (regions.empty()) return good("replicas", "none");
  return warn("replicas", "a global table, with replicas in " + regions + ": replicas do not exclude each other",
              "let all holders use this region's endpoint, or another table");
}

std::vector<Check> skip_table(const std::string& reason) {
  return {skip("table", reason), skip("key schema", reason), skip("billing", reason), skip("replicas", reason)};
}

}  // namespace

bool is_local_endpoint(const std::string& endpoint) {
  const auto start = endpoint.find("://") + 3;
  const std::string host = endpoint.substr(start, endpoint.find('/', start) - start);
  const auto is = [&](const char* name) {
    const std::string prefix = name;
    return host == prefix || host.rfind(prefix + ":", 0) == 0;
  };
  return is("localhost") || is("[::1]") || host.rfind("127.", 0) == 0;
}

Check check_endpoint(const std::string& endpoint) {
  if (endpoint.rfind("http://", 0) == 0 && !is_local_endpoint(endpoint)) {
    return warn("endpoint", endpoint + " is plain HTTP: others can read and change what is sent", "use https");
  }
  return good("endpoint", endpoint);
}

Check check_round_trip(const std::optional<Error>& reply, const std::vector<Duration>& samples) {
  if (reply && reply->http_status == 0) {
    return fail("round trip", reply->message, "check region, endpoint, name resolution, proxy and firewall",
                exit_code_for(*reply));
  }
  if (samples.empty()) return skip("round trip", "the service answers, but not in a way to be measured");
  std::vector<Duration> sorted = samples;
  std::sort(sorted.begin(), sorted.end());
  return good("round trip", decimal(in_ms(sorted[sorted.size() / 2]), "ms") + " (median of " + std::to_string(sorted.size()) +
                                ", slowest " + decimal(in_ms(sorted.back()), "ms") + ")");
}

Check check_signature(const std::optional<Error>& reply) {
  if (!reply || !is_signature(*reply)) return good("signature", "accepted by the service");
  return fail("signature", "the service refuses the credentials (" + answer_of(*reply) + ")", mend_signature(reply->aws_code),
              exit_code_for(*reply));
}

Check check_clock(const std::optional<dynamo::ServerTimeBounds>& server, WallTime local) {
  if (!server) {
    return warn("clock", "replies have no usable Date: dead holders are noticed only after watching them for a whole lease",
                "look for a proxy that takes the Date away, or that answers from a cache");
  }
  const Duration low = server->earliest.time_since_epoch() - local.time_since_epoch();
  const Duration high = server->latest.time_since_epoch() - local.time_since_epoch();
  const std::string bound = " (±" + decimal(in_ms(server->width() / 2) / 1000, "s") + ")";
  if (low <= Duration::zero() && high >= Duration::zero()) return good("clock", "agrees with the service's" + bound);
  const Duration middle = std::chrono::abs(low + (high - low) / 2);
  const std::string size = middle < std::chrono::hours(2) ? decimal(in_ms(middle) / 1000, "s") : human_duration(middle);
  const std::string text = size + (low < Duration::zero() ? " ahead of" : " behind") + " the service's" + bound;
  if (std::min(std::chrono::abs(low), std::chrono::abs(high)) <= kOffsetMax) {
    return good("clock", text);
  }
  return warn("clock", text + ": locks are right all the same, but signatures may have to be made twice",
              "set this machine's clock (timedatectl set-ntp true, or chronyc makestep)");
}

std::vector<Check> check_table(const Settings& settings, const Result<TableDescription>& description,
                               const std::optional<Error>& seen) {
  const std::string& table = settings.table;
  const lock::KeySchema& schema = settings.schema;
  if (description) {
    return {check_status(table, *description), check_schema(table, *description, schema), check_billing(*description),
            check_replicas(*description)};
  }
  const Error& error = description.error();
  if (error.kind == ErrorKind::not_found || (seen && seen->kind == ErrorKind::not_found)) {
    std::vector<Check> checks = skip_table(kTableFirst);
    checks[0] = fail("table", quote(table) + " does not exist in " + settings.region, "create it: " + settings.init_command,
                     exit_code::configuration);
    return checks;
  }
  std::vector<Check> checks = skip_table("DescribeTable: " + answer_of(error) + " (run does not need it)");
  if (!seen) {
    checks[0] = good("table", quote(table) + " answers");
    checks[1] = good("key schema", "key " + quote(schema.key) + " is accepted");
  } else if (seen->kind == ErrorKind::invalid) {
    checks[1] = fail("key schema", "the table refuses a key " + quote(schema.key) + " (" + answer_of(*seen) + ")",
                     "give --key-name, and --sort-key-name where it has one, or another --table", exit_code::configuration);
  }
  return checks;
}

Check check_ttl(const Settings& settings, const Result<std::string>& reply) {
  if (!reply) return skip("ttl", "DescribeTimeToLive: " + answer_of(reply.error()) + " (run does not need it)");
  const TtlDescription ttl = parse_ttl_description(*reply);
  if (ttl.on && ttl.attribute == kTtlAttribute) return good("ttl", "on, on the attribute " + quote(kTtlAttribute));
  const std::string harm = ": records of dead holders stay in the table";
  if (!ttl.on) return warn("ttl", "off" + harm, "turn it on: " + settings.init_command);
  return warn(
      "ttl", "on another attribute, " + quote(ttl.attribute) + harm,
      "turn it off there, and on for " + quote(kTtlAttribute) + " (aws dynamodb update-time-to-live), or run dynamutex prune");
}

Check check_permission(const Permission& permission, const std::optional<Error>& refusal) {
  const std::string purpose = std::string("for ") + permission.purpose;
  if (!refusal) return good(permission.action, "allowed, " + purpose);
  if (!is_permission(*refusal)) return skip(permission.action, answer_of(*refusal));
  const std::string mend = std::string("allow dynamodb:") + permission.action + " on the table in the IAM policy";
  const std::string message = "not allowed, " + purpose;
  return permission.run_needs_it ? fail(permission.action, message, mend, exit_code_for(*refusal))
                                 : warn(permission.action, message, mend);
}

Check check_write(const Permission& permission, const Result<dynamo::WriteOutcome>& outcome) {
  if (!outcome) return check_permission(permission, outcome.error());
  if (outcome->status == dynamo::WriteOutcome::Status::condition_failed) return check_permission(permission, std::nullopt);
  return fail(permission.action, "the server wrote although a condition forbade it: it cannot keep locks",
              "use DynamoDB, or a server that keeps conditions", exit_code::configuration);
}

}  // namespace dynamutex::cli

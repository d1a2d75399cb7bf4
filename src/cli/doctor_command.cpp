#include "cli/doctor_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/doctor_checks.hpp"
#include "cli/doctor_report.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/table_description.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

constexpr auto kCredentialsTimeout = std::chrono::seconds(30);
constexpr auto kCallTimeout = std::chrono::seconds(10);
constexpr auto kIdentityTimeout = std::chrono::seconds(3);
constexpr int kSamples = 5;
constexpr std::size_t kKeyCharactersShown = 4;

using Names = std::vector<const char*>;
const Names kOfTable = {"table", "key schema", "billing", "replicas"};
const Names kInTable = {"ttl", "GetItem", "PutItem", "DeleteItem", "UpdateItem", "Scan"};

/// Its record is asked for, and never written.
constexpr const char* kProbeName = "dynamutex-doctor";

/// No item meets it, whether it is there or not.
dynamo::Expression impossible(const lock::KeySchema& schema) {
  return {"attribute_exists(#k) AND attribute_not_exists(#k)", {{"#k", schema.key}}, {}};
}

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error());
}

class Doctor {
 public:
  Doctor(World& world, const lock::LockName& probe)
      : world_(world), schema_(world.settings().schema), key_(lock::encode_key(probe, schema_)) {
    report_.table = world.settings().table;
    report_.region = world.settings().region;
    report_.endpoint = world.settings().endpoint;
  }

  DoctorReport examine() && {
    const auto credentials = world_.credentials().provider().get(world_.clock().now() + kCredentialsTimeout, nullptr);
    report_.add(check_credentials(credentials));
    if (!credentials) {
      report_.add(good("region", report_.region));
      report_.add(check_endpoint(report_.endpoint));
      return skip_rest("there are no credentials", {"identity", "round trip", "signature", "clock"});
    }
    const auto seen = ask();
    measure(seen);
    const auto bounds = world_.client().server_clock().bounds(world_.clock().now());
    const Check clock = check_clock(bounds, world_.clock().wall_now());
    report_.add(check_identity(!bounds || clock.status == CheckStatus::ok));
    report_.add(good("region", report_.region));
    report_.add(check_endpoint(report_.endpoint));
    report_.add(check_round_trip(seen, samples_));
    if (seen && seen->http_status == 0) return skip_rest("the service is not reached", {"signature", "clock"});
    report_.add(check_signature(seen));
    report_.add(clock);
    if (bounds) {
      const Duration local = world_.clock().wall_now().time_since_epoch();
      const auto in_ms = [&](dynamo::ServerTime time) {
        return std::chrono::duration<double, std::milli>(time.time_since_epoch() - local).count();
      };
      report_.clock_offset_ms = Span{in_ms(bounds->earliest), in_ms(bounds->latest)};
    }
    if (exit_code_of(report_) != 0) return skip_rest("the credentials are refused", {});
    examine_table(seen);
    return std::move(report_);
  }

 private:
  [[nodiscard]] dynamo::CallOptions soon() { return {world_.clock().now() + kCallTimeout, nullptr}; }

  /// Asks for the probe's item: why that failed, if it did.
  std::optional<Error> ask() { return error_of(world_.client().get_item(report_.table, {key_, true}, soon())); }

  void measure(const std::optional<Error>& first) {
    if (first && first->http_status == 0) return;
    for (int i = 0; i < kSamples; ++i) {
      const MonotonicTime sent = world_.clock().now();
      const auto failed = ask();
      if (!failed || failed->attempts <= 1) samples_.push_back(world_.clock().now() - sent);
    }
    if (samples_.empty()) return;
    std::sort(samples_.begin(), samples_.end());
    const auto in_ms = [](Duration span) { return std::chrono::duration<double, std::milli>(span).count(); };
    report_.round_trip_ms = Span{in_ms(samples_[samples_.size() / 2]), in_ms(samples_.back())};
  }

  Check check_credentials(const Result<credentials::SharedCredentials>& found) {
    if (!found) return fail("credentials", found.error().message, "", exit_code_for(found.error()));
    const std::string& id = (*found)->access_key_id;
    const std::string end = id.substr(id.size() - std::min(id.size(), kKeyCharactersShown));
    return good("credentials", world_.credentials().provider().source() + ", access key …" + end);
  }

  Check check_identity(bool clock_is_right) {
    if (is_local_endpoint(report_.endpoint) && !world_.credentials().has_own_sts()) {
      return skip("identity", "a local endpoint has no STS");
    }
    if (!clock_is_right) return skip("identity", "STS would refuse a signature of this clock");
    const auto identity = world_.credentials().identity(world_.clock().now() + kIdentityTimeout);
    if (identity) return good("identity", identity->arn + " in account " + identity->account);
    if (identity.error().kind != ErrorKind::denied) {
      return skip("identity", "STS does not answer: " + identity.error().message);
    }
    return warn("identity", identity.error().message, "check the credentials");
  }

  void examine_table(const std::optional<Error>& seen) {
    const auto description = describe_table(world_, soon().deadline);
    const auto table = check_table(world_.settings(), description, seen);
    report_.checks.insert(report_.checks.end(), table.begin(), table.end());
    if (exit_code_of(report_) != 0) {
      skip_all(kTableFirst, kInTable);
      return;
    }
    const std::string request = table_request(report_.table);
    report_.add(check_ttl(world_.settings(), world_.client().call("DescribeTimeToLive", request, true, soon())));
    examine_permissions(seen);
  }

  void examine_permissions(const std::optional<Error>& seen) {
    const dynamo::Expression never = impossible(schema_);
    dynamo::Client& client = world_.client();
    const std::string& table = report_.table;
    report_.add(check_permission({"GetItem", "run and show", true}, seen));
    report_.add(check_write({"PutItem", "run", true}, client.put_item(table, {key_, never}, soon())));
    report_.add(check_write({"DeleteItem", "run", true}, client.delete_item(table, {key_, never}, soon())));
    const dynamo::AttributeValue value(std::string("probe"));
    dynamo::Expression update{"SET #p = :p", {{"#p", "data"}, {"#k", schema_.key}}, {{":p", value}}};
    const auto updated = client.update_item(table, {key_, std::move(update), never.text}, soon());
    report_.add(check_write({"UpdateItem", "run --fence", false}, updated));
    dynamo::Scan one;
    one.page_items_max = 1;
    report_.add(check_permission({"Scan", "list and prune", false}, error_of(client.scan(table, one, soon()))));
  }

  void skip_all(const char* reason, const Names& names) {
    for (const char* const name : names) report_.add(skip(name, reason));
  }

  DoctorReport skip_rest(const char* reason, const Names& names) {
    for (const Names* const each : {&names, &kOfTable, &kInTable}) skip_all(reason, *each);
    return std::move(report_);
  }

  World& world_;
  const lock::KeySchema& schema_;
  const dynamo::Item key_;
  std::vector<Duration> samples_;
  DoctorReport report_;
};

int tell(const DoctorReport& report, bool as_json, const Console& console) {
  const bool printed = print(as_json ? to_json(report) : to_text(report, use_color(console.color(), STDOUT_FILENO)));
  return printed ? exit_code_of(report) : exit_code::unavailable;
}

}  // namespace

const OptionTable& doctor_options() {
  static const OptionTable options = {
      {Flag::sort_key, 0, "sort-key", "VALUE", "the lock's sort key, in a table that has one"},
  };
  return options;
}

int doctor_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (line.operands.size() > 1) return console.fail("doctor takes one lock's name at most", exit_code::usage);
  const auto world = make_world(line.globals, console);
  if (!world) {
    DoctorReport report;
    report.add(fail("configuration", world.error().message, "", exit_code::configuration));
    return tell(report, line.globals.json, console);
  }
  const lock::KeySchema& schema = (*world)->settings().schema;
  std::optional<std::string> sort_key;
  for (const GivenFlag& given : line.flags) sort_key = given.value;
  if (!sort_key && !schema.sort_key.empty()) sort_key = kProbeName;
  const auto name = make_lock_name(line.operands.empty() ? kProbeName : line.operands[0], sort_key, schema);
  if (!name) return console.fail(name.error().message, exit_code::usage);
  return tell(Doctor(**world, *name).examine(), line.globals.json, console);
}

}  // namespace dynamutex::cli

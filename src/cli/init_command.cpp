#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/table_description.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

using nlohmann::ordered_json;

constexpr auto kCallTimeout = std::chrono::seconds(15);
// AWS gives no bound; its own tools wait for 500 s.
constexpr auto kActiveTimeout = std::chrono::minutes(8);
constexpr Duration kPauseMin = std::chrono::milliseconds(100);
constexpr Duration kPauseMax = std::chrono::seconds(5);

class Init {
 public:
  Init(World& world, const Console& console) : world_(world), console_(console), table_(world.settings().table) {}

  int operator()() {
    auto created = create_unless_there();
    if (!created) return fail(created.error());
    auto description = wait_until_usable();
    if (!description) return fail(description.error());
    const std::string difference = schema_difference(table_, *description, world_.settings().schema);
    if (!difference.empty()) return fail(invalid(difference));
    turn_on_ttl();
    const std::string place = world_.settings().region + " (" + world_.settings().endpoint + ")";
    return say(*created, place);
  }

 private:
  [[nodiscard]] dynamo::CallOptions soon() { return {world_.clock().now() + kCallTimeout, nullptr}; }

  /// True where it was created now. Looked for first: who may not create tables may still check one.
  Result<bool> create_unless_there() {
    auto description = describe_table(world_, soon().deadline);
    if (description) return false;
    if (description.error().kind != ErrorKind::not_found) return std::move(description).error();
    auto reply = world_.client().call("CreateTable", create_table_request(table_, world_.settings().schema), true, soon());
    if (reply) return true;
    // Somebody else was faster, or an earlier attempt of ours lost its reply.
    if (reply.error().aws_code == "ResourceInUseException") return false;
    return std::move(reply).error();
  }

  Result<TableDescription> wait_until_usable() {
    const MonotonicTime deadline = world_.clock().now() + kActiveTimeout;
    for (Duration pause = kPauseMin;; pause = std::min(pause * 2, kPauseMax)) {
      auto description = describe_table(world_, soon().deadline);
      // Just created, a table may not be known everywhere at once.
      const bool unknown_yet = !description && description.error().kind == ErrorKind::not_found;
      if (!description && !unknown_yet) return description;
      if (description && description->usable()) return description;
      if (description && description->status != "CREATING") {
        return invalid("table " + quote(table_) + " cannot be used: its status is " + printable(description->status));
      }
      const MonotonicTime next = world_.clock().now() + pause;
      if (next >= deadline) return late();
      world_.clock().wait_until(next, nullptr);
    }
  }

  [[nodiscard]] Error late() const {
    Error error;
    error.kind = ErrorKind::timed_out;
    error.message = "table " + quote(table_) + " is not ACTIVE after 8 minutes; run dynamutex init again later";
    return error;
  }

  /// Without it locks still work, and records of dead holders stay: so its failure is told and no more.
  void turn_on_ttl() {
    if (auto reply = world_.client().call("DescribeTimeToLive", table_request(table_), true, soon())) {
      const TtlDescription ttl = parse_ttl_description(*reply);
      if (ttl.on && ttl.attribute == kTtlAttribute) return;
      if (ttl.on) {
        note("its TTL is on another attribute, " + quote(ttl.attribute));
        return;
      }
    }
    const auto reply = world_.client().call("UpdateTimeToLive", turn_on_ttl_request(table_, kTtlAttribute), true, soon());
    if (!reply) note("TTL could not be turned on: " + reply.error().message);
  }

  void note(const std::string& what) {
    console_.error("note: " + what + "; locks work without it, but records of dead holders stay in the table");
  }

  int fail(const Error& error) { return console_.fail(word_error(error, world_.settings()), exit_code_for(error)); }

  int say(bool created, const std::string& place) {
    if (!world_.settings().json) {
      const char* const what = created ? " was created in " : " is there already, in ";
      return done(print("table " + quote(table_) + what + place + "\n"));
    }
    const ordered_json result = {
        {"table", table_}, {"created", created}, {"region", world_.settings().region}, {"endpoint", world_.settings().endpoint}};
    return done(print(result.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"));
  }

  static int done(bool printed) { return printed ? exit_code::success : exit_code::unavailable; }

  World& world_;
  const Console& console_;
  const std::string& table_;
};

}  // namespace

int init_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (!line.operands.empty()) {
    return console.fail("init takes no argument; the table's name is given with --table", exit_code::usage);
  }
  const OpenedWorld opened = open_world(line.globals, console);
  return opened.world ? Init(*opened.world, console)() : opened.exit_code;
}

}  // namespace dynamutex::cli

#include "cli/run_arguments.hpp"

#include <charconv>
#include <cstddef>
#include <utility>

#include "cli/console.hpp"
#include "cli/duration.hpp"
#include "cli/errors.hpp"
#include "dynamutex/lock/lock_client.hpp"

namespace dynamutex::cli {
namespace {

constexpr std::size_t kOwnerMax = 2048;
constexpr std::size_t kDataMax = std::size_t{256} << 10U;  // An item holds 400 KB, names and key included.

Result<void> read_time(const char* flag, const std::string& text, Duration& into) {
  auto parsed = parse_duration(text);
  if (!parsed) return invalid(std::string(flag) + ": " + parsed.error().message);
  into = *parsed;
  return {};
}

Result<void> read_exit_code(const std::string& text, int& into) {
  int value = -1;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || rest != text.data() + text.size() || value < 0 || value > 255) {
    return invalid("--conflict-exit-code: " + quote(text) + " is no exit code; give 0 to 255");
  }
  into = value;
  return {};
}

Result<void> read_lease(const std::string& text, Duration& into) {
  if (auto read = read_time("--lease", text, into); !read) return read;
  if (into < lock::kLeaseMin) return invalid("--lease: " + quote(text) + " is too short; give at least 1s");
  if (into > lock::kLeaseMax) return invalid("--lease: " + quote(text) + " is too long; give at most 8784h");
  return {};
}

Result<void> read_timeout(const std::string& text, Duration& into) {
  if (auto read = read_time("--timeout", text, into); !read) return read;
  if (into == Duration::zero()) into = Duration::max();  // as timeout(1)
  return {};
}

Result<void> read_compat(const std::string& text, lock::Compat& into) {
  if (text != "java" && text != "go") return invalid("--compat: " + quote(text) + " is neither java nor go");
  into = text == "go" ? lock::Compat::go : lock::Compat::java;
  return {};
}

Result<void> read_flag(const GivenFlag& given, RunArguments& arguments) {
  switch (given.flag) {
    case Flag::nonblock: arguments.wait = Duration::zero(); return {};
    case Flag::wait: return read_time("--wait", given.value, arguments.wait);
    case Flag::conflict_exit_code: return read_exit_code(given.value, arguments.busy_code);
    case Flag::lease: return read_lease(given.value, arguments.lease);
    case Flag::timeout: return read_timeout(given.value, arguments.timeout);
    case Flag::kill_after: return read_time("--kill-after", given.value, arguments.kill_after);
    case Flag::no_renew: arguments.renew = false; return {};
    case Flag::fence: arguments.fenced = true; return {};
    case Flag::data: arguments.data = given.value; return {};
    case Flag::owner: arguments.owner = given.value; return {};
    case Flag::sort_key: arguments.sort_key = given.value; return {};
    case Flag::compat: return read_compat(given.value, arguments.compat);
    default: return {};
  }
}

}  // namespace

const OptionTable& run_options() {
  static const OptionTable options = {
      {Flag::nonblock, 'n', "nonblock", nullptr, "do not wait: exit 75 if someone else holds the lock"},
      {Flag::wait, 'w', "wait", "TIME", "wait no longer than this for the lock (default: for ever)"},
      {Flag::conflict_exit_code, 'E', "conflict-exit-code", "N", "exit code for a busy lock instead of 75"},
      {Flag::lease, 0, "lease", "TIME", "how long the lock outlives a holder that dies (default: 20s)"},
      {Flag::timeout, 0, "timeout", "TIME", "end the command after this time and exit 124"},
      {Flag::kill_after, 'k', "kill-after", "TIME", "after TERM, wait this long before KILL (default: 5s)"},
      {Flag::no_renew, 0, "no-renew", nullptr, "do not renew: the command has to end within the lease"},
      {Flag::fence, 0, "fence", nullptr, "give the command a token that grows: DYNAMUTEX_FENCING_TOKEN"},
      {Flag::data, 0, "data", "TEXT", "a note for those who look at the lock"},
      {Flag::owner, 0, "owner", "TEXT", "who holds it (default: HOST:PID:RANDOM)"},
      {Flag::sort_key, 0, "sort-key", "VALUE", "the lock's sort key, in a table that has one"},
      {Flag::compat, 0, "compat", "CLIENT", "write the lease as this client of the table reads it: java (default) or go"},
  };
  return options;
}

Result<RunArguments> read_run_arguments(const CommandLine& line) {
  RunArguments arguments;
  for (const GivenFlag& given : line.flags) {
    if (auto read = read_flag(given, arguments); !read) return std::move(read).error();
    if (given.flag == Flag::owner && given.value.empty()) return invalid("--owner: an owner needs a name");
  }
  if (arguments.owner.size() > kOwnerMax || !is_utf8(arguments.owner)) {
    return invalid("--owner: give UTF-8 text of at most 2048 bytes");
  }
  if (arguments.data && arguments.data->size() > kDataMax) return invalid("--data: give at most 256 KiB");
  if (line.operands.empty()) return invalid("run: which lock? usage: dynamutex run NAME [flags] -- COMMAND…");
  if (line.operands.size() < 2 || line.operands[1].empty()) {
    return invalid("run: no command to run; usage: dynamutex run NAME [flags] -- COMMAND…");
  }
  arguments.name = line.operands[0];
  arguments.command.assign(line.operands.begin() + 1, line.operands.end());
  return arguments;
}

}  // namespace dynamutex::cli

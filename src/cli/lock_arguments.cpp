#include "cli/lock_arguments.hpp"

#include <charconv>
#include <cstddef>
#include <utility>

#include "cli/console.hpp"
#include "cli/duration.hpp"
#include "cli/errors.hpp"
#include "cli/utf8.hpp"
#include "dynamutex/lock/lock_client.hpp"

namespace dynamutex::cli {
namespace {

constexpr std::size_t kOwnerMax = 2048;
constexpr std::size_t kDataMax = std::size_t{256} << 10U;  // An item holds 400 KB, names and key included.

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

Result<void> read_compat(const std::string& text, lock::Compat& into) {
  if (text != "java" && text != "go") return invalid("--compat: " + quote(text) + " is neither java nor go");
  into = text == "go" ? lock::Compat::go : lock::Compat::java;
  return {};
}

Result<void> read_poll_max(const std::string& text, Duration& into) {
  if (auto read = read_time("--poll-max", text, into); !read) return read;
  if (into >= lock::LockClientOptions().poll_min) return {};
  return invalid("--poll-max: " + quote(text) + " is too short; give at least 50ms");
}

Result<void> read_owner(const std::string& text, std::string& into) {
  if (text.empty()) return invalid("--owner: an owner needs a name");
  if (text.size() > kOwnerMax || !is_utf8(text)) return invalid("--owner: give UTF-8 text of at most 2048 bytes");
  into = text;
  return {};
}

Result<void> read_data(const std::string& text, std::optional<std::string>& into) {
  if (text.size() > kDataMax) return invalid("--data: give at most 256 KiB");
  into = text;
  return {};
}

}  // namespace

OptionTable with_lock_options(const OptionTable& more) {
  OptionTable options = {
      {Flag::nonblock, 'n', "nonblock", nullptr, "do not wait: exit 75 if someone else holds the lock"},
      {Flag::wait, 'w', "wait", "TIME", "wait no longer than this for the lock (default: for ever)"},
      {Flag::conflict_exit_code, 'E', "conflict-exit-code", "N", "exit code for a busy lock instead of 75"},
      {Flag::lease, 0, "lease", "TIME", "how long the lock outlives a holder that dies (default: 20s)"},
      {Flag::fence, 0, "fence", nullptr, "with a token that grows from holder to holder; all users of the lock must fence"},
      {Flag::data, 0, "data", "TEXT", "a note for those who look at the lock"},
      {Flag::owner, 0, "owner", "TEXT", "who holds it (default: HOST:PID:RANDOM)"},
      {Flag::sort_key, 0, "sort-key", "VALUE", "the lock's sort key, in a table that has one"},
      {Flag::compat, 0, "compat", "CLIENT", "write the lease as this client of the table reads it: java (default) or go"},
      {Flag::poll_max, 0, "poll-max", "TIME",
       "look no more often than this while waiting long: more where thousands wait (default: 1s)"},
  };
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

Result<void> read_time(const char* flag, const std::string& text, Duration& into) {
  auto parsed = parse_duration(text);
  if (!parsed) return invalid(std::string(flag) + ": " + parsed.error().message);
  into = *parsed;
  return {};
}

Result<void> read_lock_flag(const GivenFlag& given, LockArguments& arguments) {
  switch (given.flag) {
    case Flag::nonblock: arguments.wait = Duration::zero(); return {};
    case Flag::wait: return read_time("--wait", given.value, arguments.wait);
    case Flag::conflict_exit_code: return read_exit_code(given.value, arguments.busy_code);
    case Flag::lease: return read_lease(given.value, arguments.lease);
    case Flag::fence: arguments.fenced = true; return {};
    case Flag::data: return read_data(given.value, arguments.data);
    case Flag::owner: return read_owner(given.value, arguments.owner);
    case Flag::sort_key: arguments.sort_key = given.value; return {};
    case Flag::compat: return read_compat(given.value, arguments.compat);
    case Flag::poll_max: return read_poll_max(given.value, arguments.poll_max);
    default: return {};
  }
}

}  // namespace dynamutex::cli

#include "cli/run_arguments.hpp"

#include <utility>

#include "cli/errors.hpp"

namespace dynamutex::cli {
namespace {

Result<void> read_timeout(const std::string& text, Duration& into) {
  if (auto read = read_time("--timeout", text, into); !read) return read;
  if (into == Duration::zero()) into = Duration::max();  // as timeout(1)
  return {};
}

Result<void> read_flag(const GivenFlag& given, RunArguments& arguments) {
  switch (given.flag) {
    case Flag::timeout: return read_timeout(given.value, arguments.timeout);
    case Flag::kill_after: return read_time("--kill-after", given.value, arguments.kill_after);
    case Flag::no_renew: arguments.renew = false; return {};
    case Flag::forever: arguments.forever = true; return {};
    default: return read_lock_flag(given, arguments.lock);
  }
}

}  // namespace

const OptionTable& run_options() {
  static const OptionTable options = with_lock_options({
      {Flag::timeout, 0, "timeout", "TIME", "end the command after this time and exit 124"},
      {Flag::kill_after, 'k', "kill-after", "TIME", "after TERM, wait this long before KILL (default: 5s)"},
      {Flag::no_renew, 0, "no-renew", nullptr, "do not renew: the command has to end within the lease"},
      {Flag::forever, 0, "forever", nullptr, "after a loss, wait for the lock and run the command again: a leader"},
  });
  return options;
}

Result<RunArguments> read_run_arguments(const CommandLine& line) {
  RunArguments arguments;
  for (const GivenFlag& given : line.flags) {
    if (auto read = read_flag(given, arguments); !read) return std::move(read).error();
  }
  if (arguments.forever && arguments.lock.wait != Duration::max()) {
    return invalid("--forever waits for the lock each time anew: leave out --nonblock and --wait");
  }
  if (line.operands.empty()) return invalid("run: which lock? usage: dynamutex run NAME [flags] -- COMMAND…");
  if (line.operands.size() < 2 || line.operands[1].empty()) {
    return invalid("run: no command to run; usage: dynamutex run NAME [flags] -- COMMAND…");
  }
  arguments.lock.name = line.operands[0];
  arguments.command.assign(line.operands.begin() + 1, line.operands.end());
  return arguments;
}

}  // namespace dynamutex::cli

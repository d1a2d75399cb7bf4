#include "cli/acquire_command.hpp"

#include <optional>
#include <string>
#include <utility>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/handle.hpp"
#include "cli/handle_file.hpp"
#include "cli/handle_session.hpp"
#include "cli/lock_arguments.hpp"
#include "cli/lock_taking.hpp"
#include "cli/run_report.hpp"
#include "cli/signals.hpp"
#include "cli/table_description.hpp"

namespace dynamutex::cli {
namespace {

struct AcquireArguments {
  LockArguments lock;
  std::string path;
};

Result<AcquireArguments> read_acquire_arguments(const CommandLine& line) {
  AcquireArguments arguments;
  std::optional<std::string> flag;
  for (const GivenFlag& given : line.flags) {
    if (given.flag == Flag::handle) flag = given.value;
    if (auto read = read_lock_flag(given, arguments.lock); !read) return std::move(read).error();
  }
  if (line.operands.size() != 1) return invalid("acquire: which lock? usage: dynamutex acquire NAME --handle FILE [flags]");
  arguments.lock.name = line.operands[0];
  auto path = handle_path("acquire", flag);
  if (!path) return std::move(path).error();
  arguments.path = *std::move(path);
  return arguments;
}

/// Opens the file, which must not hold a handle yet: with it, its lock could not be released any more.
Result<HandleFile> open_fresh(const std::string& path, Clock& clock, const Cancellation* cancellation) {
  auto file = HandleFile::open(path, HandleFile::IfMissing::create, clock, cancellation);
  if (!file) return file;
  const auto text = file->read();
  if (!text) return text.error();
  if (text->empty()) return file;
  const auto old = parse_handle(*text);
  if (!old) return invalid("handle " + quote(path) + ": " + old.error().message + "; remove it or choose another file");
  return invalid("handle " + quote(path) + ": holds lock " + quote(old->lease.name.key) +
                 " already; release it first (dynamutex release --handle " + path + "), or choose another file");
}

class Acquire {
 public:
  Acquire(const AcquireArguments& arguments, const lock::LockName& name, World& world, Signals& signals, const Console& console)
      : arguments_(arguments), name_(name), world_(world), signals_(signals), console_(console) {}

  int operator()() {
    {
      // Whether it can be written is to be known before the lock is taken. It is not kept locked while we wait: whoever
      // holds the lock now may have to release it with this very file.
      const auto file = open_fresh(arguments_.path, world_.clock(), &signals_.ending());
      if (!file) return refuse(file.error());
      created_ = file->created();
    }
    Taken taken = take_lock(world_, name_, arguments_.lock, signals_, console_);
    if (taken.error) console_.error(explain(world_, *taken.error));
    if (!taken.lease) {
      discard();
      return taken.exit_code;
    }
    return store(*std::move(taken.lease));
  }

 private:
  int refuse(const Error& error) {
    if (signals_.ending().cancelled()) return exit_code::signalled_base + signals_.take_ending().value_or(SIGTERM);
    return console_.fail(error.message, handle_exit_code(error));
  }

  int store(lock::Lease lease) {
    auto file = open_fresh(arguments_.path, world_.clock(), &signals_.ending());
    Result<void> stored =
        file ? file->store(to_json(make_handle(lease.handle(boot_id()), world_.settings(), arguments_.lock.compat)))
             : Result<void>(file.error());
    if (!stored) {
      release_lock(lease, console_);
      if (file) discard();
      return refuse(stored.error());
    }
    const Duration left = lease.remaining();
    const lock::LeaseHandle handle = lease.detach(boot_id());
    if (world_.settings().json) return finish(describe_lease(handle, left, arguments_.path));
    return finish(handle.fencing_token ? std::to_string(handle.fencing_token->value) + "\n" : "");
  }

  static int finish(const std::string& text) { return text.empty() || print(text) ? exit_code::success : exit_code::unavailable; }

  /// Takes away the empty file, if it is ours and still empty.
  void discard() {
    if (!created_) return;
    const auto file = HandleFile::open(arguments_.path, HandleFile::IfMissing::refuse, world_.clock(), nullptr);
    if (!file) return;
    const auto text = file->read();
    if (text && text->empty()) static_cast<void>(file->remove());
  }

  const AcquireArguments& arguments_;
  const lock::LockName& name_;
  World& world_;
  Signals& signals_;
  const Console& console_;
  bool created_ = false;
};

}  // namespace

const OptionTable& acquire_options() {
  static const OptionTable options = with_lock_options({handle_option()});
  return options;
}

int acquire_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  const auto arguments = read_acquire_arguments(line);
  if (!arguments) return console.fail(arguments.error().message, exit_code::usage);
  const OpenedWorld opened =
      open_world(line.globals, console, {arguments->lock.owner, arguments->lock.compat, arguments->lock.poll_max});
  if (!opened.world) return opened.exit_code;
  const auto name = make_lock_name(arguments->lock.name, arguments->lock.sort_key, opened.world->settings().schema);
  if (!name) return console.fail(name.error().message, exit_code::usage);
  Signals signals;
  return Acquire(*arguments, *name, *opened.world, signals, console)();
}

}  // namespace dynamutex::cli

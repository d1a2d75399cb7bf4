#include "cli/handle_session.hpp"

#include <cstdlib>
#include <utility>

#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"

namespace dynamutex::cli {
namespace {

Result<Handle> read_handle(const HandleFile& file, const std::string& path) {
  const auto text = file.read();
  if (!text) return text.error();
  if (text->empty()) return invalid("handle " + quote(path) + ": is empty: no lock was acquired with it");
  auto handle = parse_handle(*text);
  if (!handle) return invalid("handle " + quote(path) + ": " + handle.error().message);
  return handle;
}

/// `[NAME]`, which only makes sure that it is the right handle.
Result<void> check_name(const CommandLine& line, const Handle& handle) {
  const std::string command = line.command->name;
  if (line.operands.size() > 1)
    return invalid(command + ": one lock at a time; usage: dynamutex " + command + " [NAME] --handle FILE");
  const lock::LockName& name = handle.lease.name;
  if (!line.operands.empty() && line.operands[0] != name.key) {
    return invalid(command + ": the handle is for lock " + quote(name.key) + ", not for " + quote(line.operands[0]));
  }
  return {};
}

}  // namespace

Result<std::string> handle_path(const std::string& command, const std::optional<std::string>& flag) {
  if (flag && !flag->empty()) return *flag;
  const char* const variable = ::getenv("DYNAMUTEX_HANDLE");
  if (!flag && variable != nullptr && *variable != '\0') return std::string(variable);
  return invalid(command + ": which handle? give --handle FILE, or set DYNAMUTEX_HANDLE; one file for each lock and script");
}

Option handle_option() {
  return {Flag::handle, 0, "handle", "FILE",
          "the file that carries the lease from acquire to renew and release (DYNAMUTEX_HANDLE)"};
}

int handle_exit_code(const Error& error) {
  switch (error.kind) {
    case ErrorKind::contended: return exit_code::busy;
    case ErrorKind::denied: return exit_code::configuration;
    default: return exit_code::usage;
  }
}

Result<void> HandleSession::store(const lock::LeaseHandle& lease) {
  Handle changed = handle;
  changed.lease = lease;
  return file.store(to_json(changed));
}

OpenedSession open_session(const CommandLine& line, Signals& signals, const Console& console) {
  const auto fail = [&](const Error& error) {
    return OpenedSession{std::nullopt, console.fail(error.message, handle_exit_code(error))};
  };
  std::optional<std::string> flag;
  for (const GivenFlag& given : line.flags) flag = given.value;
  const auto path = handle_path(line.command->name, flag);
  if (!path) return fail(path.error());
  const auto clock = make_system_clock();
  auto file = HandleFile::open(*path, HandleFile::IfMissing::refuse, *clock, &signals.ending());
  if (!file && signals.ending().cancelled())
    return {std::nullopt, exit_code::signalled_base + signals.take_ending().value_or(SIGTERM)};
  if (!file) return fail(file.error());
  auto handle = read_handle(*file, *path);
  if (!handle) return fail(handle.error());
  if (const auto checked = check_name(line, *handle); !checked) return fail(checked.error());
  const auto flags = flags_for(*handle, line.globals);
  if (!flags) return fail(flags.error());
  OpenedWorld opened = open_world(*flags, console, {handle->lease.owner, handle->compat});
  if (!opened.world) return {std::nullopt, opened.exit_code};
  return {HandleSession{*path, *std::move(file), *std::move(handle), std::move(opened.world)}, exit_code::success};
}

}  // namespace dynamutex::cli

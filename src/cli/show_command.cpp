#include "cli/show_command.hpp"

#include <optional>
#include <string>
#include <utility>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/lock_view.hpp"
#include "cli/table_description.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

int show(World& world, const lock::LockName& name, const Console& console) {
  const auto record = world.locks().inspect(name);
  if (!record) return console.fail(explain(world, record.error()), exit_code_for(record.error()));
  const auto bounds = world.locks().server_clock().bounds(world.clock().now());
  const LockView view = view_lock(name, *record, bounds);
  return print(world.settings().json ? to_json(view) : to_text(view)) ? exit_code::success : exit_code::unavailable;
}

}  // namespace

const OptionTable& show_options() {
  static const OptionTable options = {
      {Flag::sort_key, 0, "sort-key", "VALUE", "the lock's sort key, in a table that has one"},
  };
  return options;
}

int show_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (line.operands.size() != 1) return console.fail("show: which lock? usage: dynamutex show NAME", exit_code::usage);
  std::optional<std::string> sort_key;
  for (const GivenFlag& given : line.flags) sort_key = given.value;
  const OpenedWorld opened = open_world(line.globals, console);
  if (!opened.world) return opened.exit_code;
  const auto name = make_lock_name(line.operands[0], sort_key, opened.world->settings().schema);
  if (!name) return console.fail(name.error().message, exit_code::usage);
  return show(*opened.world, *name, console);
}

}  // namespace dynamutex::cli

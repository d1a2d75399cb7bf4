#include "cli/break_command.hpp"

#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/lock_view.hpp"
#include "cli/table_description.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

class Break {
 public:
  Break(World& world, const lock::LockName& name, bool sure, const Console& console)
      : world_(world), name_(name), sure_(sure), console_(console) {}

  /// Shows, asks and breaks; where a person was asked for too long, shows and asks again.
  int operator()() {
    for (;;) {
      const auto record = world_.locks().inspect(name_);
      if (!record) return fail(record.error());
      const auto bounds = world_.locks().server_clock().bounds(world_.clock().now());
      const LockView view = view_lock(name_, *record, bounds);
      if (!print(world_.settings().json ? to_json(view) : to_text(view))) return exit_code::unavailable;
      if (view.state == LockState::free) return exit_code::success;
      if (!sure_ && !ask("break it? Its holder may act until it notices.")) return exit_code::busy;
      const auto outcome = world_.locks().break_lock(**record);
      if (!outcome) return fail(outcome.error());
      if (*outcome == lock::BreakOutcome::broken) return exit_code::success;
      console_.error("the lock " + quote(name_.key) + " changed meanwhile (renewed, released or taken): nothing was done");
      if (sure_) return exit_code::busy;
    }
  }

 private:
  int fail(const Error& error) { return console_.fail(explain(world_, error), exit_code_for(error)); }

  World& world_;
  const lock::LockName& name_;
  const bool sure_;
  const Console& console_;
};

}  // namespace

const OptionTable& break_options() {
  static const OptionTable options = {
      {Flag::yes, 'y', "yes", nullptr, "do not ask"},
      {Flag::sort_key, 0, "sort-key", "VALUE", "the lock's sort key, in a table that has one"},
  };
  return options;
}

int break_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (line.operands.size() != 1) return console.fail("break: which lock? usage: dynamutex break NAME", exit_code::usage);
  bool sure = false;
  std::optional<std::string> sort_key;
  for (const GivenFlag& given : line.flags) {
    if (given.flag == Flag::yes) sure = true;
    if (given.flag == Flag::sort_key) sort_key = given.value;
  }
  if (!sure && !can_ask()) return console.fail("break: there is no terminal to ask on; give --yes", exit_code::usage);
  const OpenedWorld opened = open_world(line.globals, console);
  if (!opened.world) return opened.exit_code;
  const auto name = make_lock_name(line.operands[0], sort_key, opened.world->settings().schema);
  if (!name) return console.fail(name.error().message, exit_code::usage);
  return Break(*opened.world, *name, sure, console)();
}

}  // namespace dynamutex::cli

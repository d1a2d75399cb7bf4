#include <algorithm>
#include <vector>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/lock_view.hpp"
#include "cli/table_description.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

int list(World& world, const Console& console) {
  auto records = world.locks().list();
  if (!records) return console.fail(explain(world, records.error()), exit_code_for(records.error()));
  std::sort(records->begin(), records->end(),
            [](const lock::Record& a, const lock::Record& b) { return a.name < b.name; });
  const auto bounds = world.locks().server_clock().bounds(world.clock().now());
  std::vector<LockView> views;
  for (const lock::Record& record : *records) views.push_back(view_lock(record.name, record, bounds));
  return print(world.settings().json ? to_json(views) : to_table(views)) ? exit_code::success : exit_code::unavailable;
}

}  // namespace

int list_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (!line.operands.empty()) {
    return console.fail("list takes no argument; dynamutex show NAME shows one lock", exit_code::usage);
  }
  const OpenedWorld opened = open_world(line.globals, console);
  return opened.world ? list(*opened.world, console) : opened.exit_code;
}

}  // namespace dynamutex::cli

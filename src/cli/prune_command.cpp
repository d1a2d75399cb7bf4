#include <nlohmann/json.hpp>

#include <string>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/table_description.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

std::string describe(const lock::PruneReport& report, bool as_json) {
  if (as_json) {
    const nlohmann::ordered_json result = {{"seen", report.seen}, {"removed", report.pruned}, {"raced", report.raced}};
    return result.dump() + "\n";
  }
  return std::to_string(report.seen) + " seen, " + std::to_string(report.pruned) + " removed, " +
         std::to_string(report.raced) + " changed meanwhile\n";
}

int prune(World& world, const Console& console) {
  const auto report = world.locks().prune();
  if (!report) return console.fail(explain(world, report.error()), exit_code_for(report.error()));
  return print(describe(*report, world.settings().json)) ? exit_code::success : exit_code::unavailable;
}

}  // namespace

int prune_command(const CommandLine& line) {
  const Console console(line.globals.verbose);
  if (!line.operands.empty()) {
    return console.fail("prune takes no argument: it looks at all locks of the table", exit_code::usage);
  }
  const OpenedWorld opened = open_world(line.globals, console);
  return opened.world ? prune(*opened.world, console) : opened.exit_code;
}

}  // namespace dynamutex::cli

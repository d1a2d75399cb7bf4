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
    const nlohmann::ordered_json result = {
        {"seen", report.seen}, {"removed", report.pruned}, {"raced", report.raced}, {"complete", !report.stopped}};
    return result.dump() + "\n";
  }
  return std::to_string(report.seen) + " seen, " + std::to_string(report.pruned) + " removed, " + std::to_string(report.raced) +
         " changed meanwhile\n";
}

int prune(World& world, const Console& console) {
  const lock::PruneReport report = world.locks().prune();
  const bool looked = !report.stopped || report.seen > 0;
  if (looked && !print(describe(report, world.settings().json))) return exit_code::unavailable;
  if (!report.stopped) return exit_code::success;
  const std::string where = looked ? "prune stopped before the end of the table; run it again: " : "";
  return console.fail(where + explain(world, *report.stopped), exit_code_for(*report.stopped));
}

}  // namespace

int prune_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (!line.operands.empty()) {
    return console.fail("prune takes no argument: it looks at all locks of the table", exit_code::usage);
  }
  const OpenedWorld opened = open_world(line.globals, console);
  return opened.world ? prune(*opened.world, console) : opened.exit_code;
}

}  // namespace dynamutex::cli

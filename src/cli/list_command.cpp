#include "cli/list_command.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/lock_view.hpp"
#include "cli/table_description.hpp"
#include "cli/watch.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

class Listing final : public Watched {
 public:
  explicit Listing(World& world) : world_(world) {}

  Result<void> look(const Cancellation* cancellation) override {
    auto records = world_.locks().list(cancellation);
    if (!records) return std::move(records).error();
    records_ = *std::move(records);
    std::sort(records_.begin(), records_.end(), [](const lock::Record& a, const lock::Record& b) { return a.name < b.name; });
    return {};
  }

  std::string as_text(const TextPlace& place) const override { return to_table(views(), place); }
  std::string as_json_line() const override { return to_json_line(views()); }
  [[nodiscard]] std::string as_json() const { return to_json(views()); }

 private:
  [[nodiscard]] std::vector<LockView> views() const {
    const auto bounds = world_.locks().server_clock().bounds(world_.clock().now());
    std::vector<LockView> result;
    for (const lock::Record& record : records_) result.push_back(view_lock(record.name, record, bounds));
    return result;
  }

  World& world_;
  std::vector<lock::Record> records_;
};

int list_once(Listing& listing, World& world, const Console& console) {
  if (const auto looked = listing.look(nullptr); !looked) {
    return console.fail(explain(world, looked.error()), exit_code_for(looked.error()));
  }
  const bool printed = print(world.settings().json ? listing.as_json() : listing.as_text(output_place(console.color())));
  return printed ? exit_code::success : exit_code::unavailable;
}

}  // namespace

const OptionTable& list_options() {
  static const OptionTable options = {watch_option()};
  return options;
}

int list_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (!line.operands.empty()) {
    return console.fail("list takes no argument; dynamutex show NAME shows one lock", exit_code::usage);
  }
  std::optional<Duration> interval;
  for (const GivenFlag& given : line.flags) {
    const auto read = read_watch(given);
    if (!read) return console.fail(read.error().message, exit_code::usage);
    interval = *read;
  }
  const OpenedWorld opened = open_world(line.globals, console);
  if (!opened.world) return opened.exit_code;
  Listing listing(*opened.world);
  return interval ? watch(listing, *interval, *opened.world, console) : list_once(listing, *opened.world, console);
}

}  // namespace dynamutex::cli

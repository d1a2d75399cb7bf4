#include "cli/show_command.hpp"

#include <optional>
#include <string>
#include <utility>

#include "cli/commands.hpp"
#include "cli/errors.hpp"
#include "cli/exit_codes.hpp"
#include "cli/lock_view.hpp"
#include "cli/table_description.hpp"
#include "cli/watch.hpp"
#include "cli/world.hpp"

namespace dynamutex::cli {
namespace {

class Showing final : public Watched {
 public:
  Showing(World& world, const lock::LockName& name) : world_(world), name_(name) {}

  Result<void> look(const Cancellation* cancellation) override {
    auto record = world_.locks().inspect(name_, cancellation);
    if (!record) return std::move(record).error();
    record_ = *std::move(record);
    return {};
  }

  std::string as_text(const TextPlace& place) const override { return to_text(view(), place); }
  std::string as_json_line() const override { return to_json(view()); }

 private:
  [[nodiscard]] LockView view() const {
    return view_lock(name_, record_, world_.locks().server_clock().bounds(world_.clock().now()));
  }

  World& world_;
  const lock::LockName& name_;
  std::optional<lock::Record> record_;
};

int show_once(Showing& showing, World& world, const Console& console) {
  if (const auto looked = showing.look(nullptr); !looked) {
    return console.fail(explain(world, looked.error()), exit_code_for(looked.error()));
  }
  const TextPlace place{output_place(console.color()).colored};
  return print(world.settings().json ? showing.as_json_line() : showing.as_text(place)) ? exit_code::success
                                                                                        : exit_code::unavailable;
}

}  // namespace

const OptionTable& show_options() {
  static const OptionTable options = {
      watch_option(),
      {Flag::sort_key, 0, "sort-key", "VALUE", "the lock's sort key, in a table that has one"},
  };
  return options;
}

int show_command(const CommandLine& line) {
  const Console console(line.globals.verbose, line.globals.color);
  if (line.operands.size() != 1) return console.fail("show: which lock? usage: dynamutex show NAME", exit_code::usage);
  std::optional<std::string> sort_key;
  std::optional<Duration> interval;
  for (const GivenFlag& given : line.flags) {
    if (given.flag == Flag::sort_key) sort_key = given.value;
    if (given.flag != Flag::watch) continue;
    const auto read = read_watch(given);
    if (!read) return console.fail(read.error().message, exit_code::usage);
    interval = *read;
  }
  const OpenedWorld opened = open_world(line.globals, console);
  if (!opened.world) return opened.exit_code;
  const auto name = make_lock_name(line.operands[0], sort_key, opened.world->settings().schema);
  if (!name) return console.fail(name.error().message, exit_code::usage);
  Showing showing(*opened.world, *name);
  return interval ? watch(showing, *interval, *opened.world, console) : show_once(showing, *opened.world, console);
}

}  // namespace dynamutex::cli
